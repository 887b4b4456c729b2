import type { GuestStateData } from '../../debug-adapter/custom-protocol';

/** A stretch of guest physical memory. */
export interface Region {
  readonly kind: 'slot' | 'device slot' | 'window' | 'hole';
  readonly start: bigint;
  readonly end: bigint;
  readonly label: string;
}

/** Everything from address zero to the last thing that is known, with no gap and nothing twice. */
export function mapRegions({
  slots,
  deviceWindows,
}: Pick<GuestStateData, 'slots' | 'deviceWindows'>): readonly Region[] {
  const known: Region[] = [
    ...slots.map(({ slot, guestPhysicalAddress, size, areas, flagNames }): Region => {
      const isDevice = areas.some(({ flagNames: flags }) => flags.includes('VM_PFNMAP'));
      const flags = flagNames.map(({ name }) => ` ${name}`).join('');
      return {
        ...stretch(guestPhysicalAddress, size),
        kind: isDevice ? 'device slot' : 'slot',
        label: `slot ${slot}${isDevice ? ', passed-through device' : ''}${flags}`,
      };
    }),
    ...deviceWindows.map(({ guestPhysicalAddress, size }): Region => ({
      ...stretch(guestPhysicalAddress, size),
      kind: 'window',
      label: 'MMIO: mapped by the guest, no memory (key 31)',
    })),
  ];
  const sorted = [...known].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const regions: Region[] = [];
  let end = 0n;
  for (const region of sorted) {
    if (region.end <= end) continue;
    if (region.start > end) regions.push({ kind: 'hole', start: end, end: region.start, label: 'nothing' });
    regions.push(region.start < end ? { ...region, start: end } : region);
    end = region.end;
  }
  return regions;
}
const stretch = (start: string, size: string) => ({ start: BigInt(start), end: BigInt(start) + BigInt(size) });

/** Heights in `total` units: a page and a terabyte must both be seen, so that each doubling adds the same. */
export function regionHeights(regions: readonly Region[], total: number): readonly number[] {
  const weights = regions.map(
    ({ kind, start, end }) => Math.max(1, (end - start).toString(2).length - 8) * (kind === 'hole' ? 0.5 : 1),
  );
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((one) => (one / sum) * total);
}

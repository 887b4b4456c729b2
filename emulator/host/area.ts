/** What the host's kernel manages memory in; a Linux for servers has 64 KiB pages on Power. */
export const HOST_PAGE_SIZE = 0x10000;
const HUGE_PAGE_SIZE = 0x100_0000;

export const areaKinds = ['anonymous', 'hugetlb', 'rma', 'device', 'shared-file', 'private-file'] as const;
/**
 * `anonymous`; `hugetlb`, of pages of 16 MiB; `rma`, a contiguous stretch that KVM_ALLOCATE_RMA gave; `device`,
 * remap_pfn_range() over registers: VM_IO and VM_PFNMAP, present from the start, cache-inhibited; a file's pages,
 * `shared-file`, or copies of those that are written to, `private-file`.
 */
export type AreaKind = (typeof areaKinds)[number];

/** Linux: struct vm_area_struct. */
export interface Area {
  readonly start: bigint;
  readonly end: bigint;
  readonly kind: AreaKind;
  readonly pageSize: number;
  readonly name: string;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Host real address of the first byte, for kinds whose frames are fixed. */
  readonly frames: bigint | undefined;
  /** Where the area begins in its file, for kinds that have one. Linux: vm_pgoff. */
  readonly fileOffset: bigint;
}

export const pageSizeOf = (kind: AreaKind): number => (kind === 'hugetlb' ? HUGE_PAGE_SIZE : HOST_PAGE_SIZE);

/** The part of an area that lies in a range, or undefined. */
export function partOf(area: Area, start: bigint, end: bigint): Area | undefined {
  const from = area.start > start ? area.start : start;
  const to = area.end < end ? area.end : end;
  if (from >= to) return undefined;
  const moved = from - area.start;
  const frames = area.frames === undefined ? undefined : area.frames + moved;
  return { ...area, start: from, end: to, frames, fileOffset: area.fileOffset + moved };
}

/** The names that Linux gives an area's flags. */
export function areaFlagNames(area: Area): readonly string[] {
  const names = [area.readable && 'VM_READ', area.writable && 'VM_WRITE'];
  if (area.kind === 'device') names.push('VM_IO', 'VM_PFNMAP');
  if (area.kind === 'hugetlb') names.push('VM_HUGETLB');
  if (area.kind === 'shared-file') names.push('VM_SHARED');
  return names.filter((name) => name !== false);
}

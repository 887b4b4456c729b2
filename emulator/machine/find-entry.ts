import { isPresent } from '../kvm/entry-rules';
import type { Kvm } from '../kvm/kvm';
import { ENTRIES_IN_GROUP, hpteFirst } from '../mmu/hashed-page-table-entry';
import { virtualPageOf } from '../mmu/hashed-page-table';
import { hptePageShifts } from '../mmu/page-size';

const baseShifts = [12n, 16n, 24n] as const;
const segmentShifts = [28n, 40n] as const;

/** The entry whose page holds a virtual address, in one of the groups that an address of any segment size may hash to. */
export function findEntry({ table, reverseMap }: Kvm, virtualAddress: bigint): number | undefined {
  const mask = BigInt(table.groupCount - 1);
  for (const segmentShift of segmentShifts)
    for (const baseShift of baseShifts) {
      const vsid = virtualAddress >> segmentShift;
      const mixed = segmentShift === 40n ? vsid ^ (vsid << 25n) : vsid;
      const offset = virtualAddress & ((1n << segmentShift) - 1n);
      const hash = (mixed ^ (offset >> baseShift)) & mask;
      for (const group of [hash, ~hash & mask])
        for (let slot = 0; slot < ENTRIES_IN_GROUP; slot++) {
          const index = Number(group) * ENTRIES_IN_GROUP + slot;
          const first = table.first(index);
          if (!isPresent(first) || isSecondary(first) !== (group !== hash)) continue;
          const guestSecond = reverseMap.guestSecond(index);
          const shifts = hptePageShifts(first, guestSecond);
          if (BigInt(shifts.base) !== baseShift) continue;
          const page = virtualPageOf(first, guestSecond, Number(group), table.groupCount);
          const size = 1n << BigInt(shifts.actual);
          if (BigInt(page.segmentShift) === segmentShift && (page.virtualAddress & -size) === (virtualAddress & -size))
            return index;
        }
    }
  return undefined;
}
const isSecondary = (first: bigint): boolean => hpteFirst.decode(first).secondaryHash;

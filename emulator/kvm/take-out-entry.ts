import { hpteSecond } from '../mmu/hashed-page-table-entry';
import { guestPage, REFERENCED_AND_CHANGED } from './entry-rules';
import { usableSlot, type Kvm } from './kvm';

/** The guest's second doubleword with what the hardware has noted since. Linux: guest_rpte | (R and C of the entry). */
export const guestViewOf = (kvm: Kvm, index: number): bigint =>
  kvm.reverseMap.guestSecond(index) | (kvm.table.second(index) & REFERENCED_AND_CHANGED);

/** Keeps R and C of an entry that goes away, and takes it out of its page's chain. Linux: remove_revmap_chain(). */
export function leaveReverseMap(kvm: Kvm, index: number, first: bigint): void {
  const page = guestPage(first, kvm.reverseMap.guestSecond(index));
  if (!page || !usableSlot(kvm, page.address)) return;
  const noted = kvm.table.second(index) & REFERENCED_AND_CHANGED;
  kvm.reverseMap.harvest(page.address >> 12n, noted);
  kvm.reverseMap.remove(page.address >> 12n, index);
}
export const withoutModified = (second: bigint): bigint => second & ~hpteSecond.mask.modified;

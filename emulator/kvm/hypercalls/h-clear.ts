import { hpteFirst, hpteSecond } from '../../mmu/hashed-page-table-entry';
import { noteModification, slotPageOf } from '../change-entry';
import { REFERENCED_AND_CHANGED } from '../entry-rules';
import type { Kvm } from '../kvm';
import { markDirty } from '../memory-slots';
import { findEntry } from './find-entry';
import { hypercall, status, type HypercallResult } from './hypercall';

const { referenced: REFERENCED, changed: CHANGED } = hpteSecond.mask;

/**
 * Clears R or C in both views of an entry. Returns the guest's doubleword as it was, with what the hardware had noted.
 * Linux: kvmppc_h_clear_ref(), kvmppc_h_clear_mod().
 */
function clear(kvm: Kvm, pteIndex: bigint, bit: bigint): HypercallResult {
  const found = findEntry(kvm, 0n, pteIndex, 0n);
  if ('status' in found) return found;
  const { index } = found;
  const guestSecond = kvm.reverseMap.guestSecond(index);
  if ((guestSecond & bit) !== 0n) {
    kvm.reverseMap.setGuestSecond(index, guestSecond & ~bit);
    noteModification(kvm, index);
  }
  const first = kvm.table.first(index);
  if ((first & hpteFirst.mask.valid) === 0n) return { status: status.success, results: [guestSecond] };
  const second = kvm.table.second(index);
  if ((second & bit) !== 0n) {
    // The hardware must look the page up again to set the bit again.
    kvm.table.setSecond(index, second & ~bit);
    kvm.invalidateTranslations();
    const page = slotPageOf(kvm, first, guestSecond);
    // The host still wants to know that the page was used.
    if (page && bit === REFERENCED) kvm.reverseMap.harvest(page.notes, REFERENCED);
    if (page && bit === CHANGED) markDirty(page.slot, page.address, page.size);
  }
  return { status: status.success, results: [guestSecond | (second & REFERENCED_AND_CHANGED)] };
}

export const hClearModified = hypercall({
  name: 'H_CLEAR_MOD',
  number: 0x10,
  parameters: ['flags', 'pteIndex'],
  run: (kvm, { pteIndex }) => clear(kvm, pteIndex, CHANGED),
});
export const hClearReferenced = hypercall({
  name: 'H_CLEAR_REF',
  number: 0x14,
  parameters: ['flags', 'pteIndex'],
  run: (kvm, { pteIndex }) => clear(kvm, pteIndex, REFERENCED),
});

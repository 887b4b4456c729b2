/** KVM_GET_DIRTY_LOG. Linux: kvm_vm_ioctl_get_dirty_log_hv(), kvmppc_hv_get_dirty_log_hpt(). */
import { hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { noteModification, notesOf } from './change-entry';
import { guestPage } from './entry-rules';
import { HOST_PAGE_SIZE } from '../host/area';
import type { Kvm } from './kvm';
import { markDirty, pagesOf, type MemorySlot } from './memory-slots';

const CHANGED = hpteSecond.mask.changed;
const VALID = hpteFirst.mask.valid;

export type DirtyLog =
  | { readonly kind: 'bitmap'; readonly bitmap: Uint8Array }
  | { readonly kind: 'refused'; readonly errno: 'EINVAL' | 'ENOENT' };

/** Takes C out of the valid entries of a page and puts it into the guest's view. Linux: kvm_test_clear_dirty_npages(). */
function harvestChanged(kvm: Kvm, slot: MemorySlot, address: bigint): void {
  for (const index of kvm.reverseMap.entriesOf(notesOf(slot, address))) {
    const second = kvm.table.second(index);
    const first = kvm.table.first(index);
    if ((second & CHANGED) === 0n || (first & VALID) === 0n) continue;
    kvm.table.setSecond(index, second & ~CHANGED);
    kvm.invalidateTranslations();
    const guestSecond = kvm.reverseMap.guestSecond(index);
    if ((guestSecond & CHANGED) === 0n) {
      kvm.reverseMap.setGuestSecond(index, guestSecond | CHANGED);
      noteModification(kvm, index);
    }
    const page = guestPage(first, guestSecond);
    if (page) markDirty(slot, page.address, page.size);
  }
}

/** The pages of a slot that have been written to since the last time: a bit each, least significant first. */
export function getDirtyLog(kvm: Kvm, number: number): DirtyLog {
  if (number < 0 || number >= kvm.behavior.slots) return { kind: 'refused', errno: 'EINVAL' };
  const slot = kvm.slots.find((one) => one.number === number);
  if (!slot?.notes.dirtyBitmap) return { kind: 'refused', errno: 'ENOENT' };
  for (let page = 0; page < pagesOf(slot); page++)
    harvestChanged(kvm, slot, slot.baseAddress + BigInt(page) * BigInt(HOST_PAGE_SIZE));
  const bitmap = slot.notes.dirtyBitmap;
  slot.notes.dirtyBitmap = new Uint8Array(bitmap.length);
  return { kind: 'bitmap', bitmap };
}

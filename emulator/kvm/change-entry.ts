/** What several hypercalls and notifiers do to an entry, with the notes beside it. */
import { hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { guestPage, hasReservedKey, isEmulatedMmio, KEY, REFERENCED_AND_CHANGED } from './entry-rules';
import type { Kvm } from './kvm';
import { markDirty, pageInSlot, slotAt, type MemorySlot } from './memory-slots';
import type { PageNotes } from './reverse-map';

const { valid: VALID, absent: ABSENT } = hpteFirst.mask;
const { changed: CHANGED, modified: MODIFIED } = hpteSecond.mask;

export const withoutModified = (second: bigint): bigint => second & ~MODIFIED;
/** The guest's second doubleword with what the hardware has noted since. Linux: guest_rpte | (R and C of the entry). */
export const guestViewOf = (kvm: Kvm, index: number): bigint =>
  kvm.reverseMap.guestSecond(index) | (kvm.table.second(index) & REFERENCED_AND_CHANGED);
/** An absent entry is a valid one to its guest. */
export const firstAsGuestSees = (first: bigint): bigint =>
  (first & ABSENT) === 0n ? first : (first & ~ABSENT) | VALID;

/** Linux: note_hpte_modification(): somebody reads the table as a stream and wants what changed since. */
export function noteModification(kvm: Kvm, index: number): void {
  if (kvm.streamReaders > 0) kvm.reverseMap.setGuestSecond(index, kvm.reverseMap.guestSecond(index) | MODIFIED);
}

export interface SlotPage {
  readonly slot: MemorySlot;
  readonly notes: PageNotes;
  /** Guest physical address of the entry's page. */
  readonly address: bigint;
  /** Bytes of the entry's page. */
  readonly size: bigint;
}
export const notesOf = (slot: MemorySlot, address: bigint): PageNotes => ({
  words: slot.notes.reverseMap,
  page: pageInSlot(slot, address),
});
/** Where the notes of an entry's page are: the chain of its first byte. Linux: revmap_for_hpte(). */
export function slotPageOf(kvm: Kvm, first: bigint, guestSecond: bigint): SlotPage | undefined {
  const page = guestPage(first, guestSecond);
  const slot = page && slotAt(kvm.slots, page.address);
  return slot && { slot, notes: notesOf(slot, page.address), ...page };
}

/** Makes a valid entry absent, after which the hardware notes no more R and C in it. Linux: kvmppc_invalidate_hpte(). */
export function invalidate(kvm: Kvm, index: number): void {
  kvm.table.setFirst(index, (kvm.table.first(index) & ~VALID) | ABSENT);
  kvm.invalidateTranslations();
}

/** Linux: remove_revmap_chain(), once the entry is invalid. */
function leaveChain(kvm: Kvm, index: number, first: bigint): void {
  const second = kvm.table.second(index);
  const noted = second & REFERENCED_AND_CHANGED;
  const guestSecond = kvm.reverseMap.guestSecond(index) | noted;
  kvm.reverseMap.setGuestSecond(index, guestSecond);
  // A valid entry with key 31 (the patch of 2011) has no memory and is in no chain, even if a slot has come since.
  if (kvm.behavior.emulatedEntry === 'valid' && hasReservedKey(second)) return;
  const page = slotPageOf(kvm, first, guestSecond);
  if (!page) return;
  kvm.reverseMap.remove(page.notes, index);
  kvm.reverseMap.harvest(page.notes, noted);
  if ((noted & CHANGED) !== 0n) markDirty(page.slot, page.address, page.size);
}

/** Empties an entry. Returns it as its guest saw it. Linux: the common part of H_REMOVE and H_BULK_REMOVE. */
export function takeOut(kvm: Kvm, index: number): { readonly first: bigint; readonly second: bigint } {
  const first = kvm.table.first(index);
  const mmio = isEmulatedMmio(first, kvm.table.second(index));
  if ((first & VALID) !== 0n) {
    invalidate(kvm, index);
    leaveChain(kvm, index, first);
  }
  const second = withoutModified(kvm.reverseMap.guestSecond(index));
  noteModification(kvm, index);
  kvm.table.setFirst(index, 0n);
  if (mmio) kvm.mmioUpdate++;
  return { first: firstAsGuestSees(first), second };
}

/** Takes a valid entry from its page: absent, R and C kept. Linux: kvmppc_unmap_hpte(). */
export function unmapEntry(kvm: Kvm, index: number, { slot, notes, address, size }: SlotPage): void {
  kvm.reverseMap.remove(notes, index);
  invalidate(kvm, index);
  const second = kvm.table.second(index);
  kvm.table.setSecond(index, second & ~KEY);
  const noted = second & REFERENCED_AND_CHANGED;
  kvm.reverseMap.harvest(notes, noted);
  if ((noted & CHANGED) !== 0n) markDirty(slot, address, size);
  const guestSecond = kvm.reverseMap.guestSecond(index);
  if ((noted & ~guestSecond) === 0n) return;
  kvm.reverseMap.setGuestSecond(index, guestSecond | noted);
  noteModification(kvm, index);
}

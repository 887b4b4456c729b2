/** KVM's answers to the host's memory management (Linux: kvm_unmap_gfn_range_hv(), kvm_age_gfn_hv() and their kin). */
import { HOST_PAGE_SIZE } from '../host/area';
import type { MmuNotifier } from '../host/mmu-notifier';
import { hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { noteModification, notesOf, unmapEntry } from './change-entry';
import { guestPage } from './entry-rules';
import type { Kvm } from './kvm';
import type { MemorySlot } from './memory-slots';
import type { PageNotes } from './reverse-map';

const PAGE = BigInt(HOST_PAGE_SIZE);
const VALID = hpteFirst.mask.valid;
const REFERENCED = hpteSecond.mask.referenced;

/** A page of a slot, by its guest physical address. */
interface GuestPage {
  readonly slot: MemorySlot;
  readonly address: bigint;
  readonly notes: PageNotes;
}

/** The pages of all slots behind a range of the host's addresses that KVM has notes about. Linux: kvm_handle_hva_range(). */
function pagesBehind(kvm: Kvm, start: bigint, end: bigint): readonly GuestPage[] {
  return kvm.slots.flatMap((slot) => {
    const first = start > slot.hostVirtualAddress ? start - slot.hostVirtualAddress : 0n;
    const last = end - slot.hostVirtualAddress < slot.size ? end - slot.hostVirtualAddress : slot.size;
    if (first >= last) return [];
    const [from, to] = [Number(first / PAGE), Number((last + PAGE - 1n) / PAGE)];
    return [...slot.notes.reverseMap.keys()]
      .filter((page) => page >= from && page < to)
      .map((page) => {
        const address = slot.baseAddress + BigInt(page) * PAGE;
        return { slot, address, notes: notesOf(slot, address) };
      });
  });
}

/** Takes every entry of a page away from it. Linux: kvm_unmap_rmapp(). */
export function unmapPage(kvm: Kvm, { slot, notes }: Pick<GuestPage, 'slot' | 'notes'>): void {
  for (let index = kvm.reverseMap.head(notes); index !== undefined; index = kvm.reverseMap.head(notes)) {
    const page = guestPage(kvm.table.first(index), kvm.reverseMap.guestSecond(index));
    if (!page) throw new Error(`entry ${String(index)} is in a chain and has no page`);
    unmapEntry(kvm, index, { slot, notes, ...page });
  }
}

/** Whether the page has been used. Linux: kvm_age_rmapp(). */
function agePage(kvm: Kvm, { notes }: GuestPage): boolean {
  const harvested = (kvm.reverseMap.harvested(notes) & REFERENCED) !== 0n;
  kvm.reverseMap.forget(notes, REFERENCED);
  const used = kvm.reverseMap
    .entriesOf(notes)
    .filter((index) => (kvm.table.first(index) & VALID) !== 0n && (kvm.table.second(index) & REFERENCED) !== 0n);
  for (const index of used) {
    kvm.table.setSecond(index, kvm.table.second(index) & ~REFERENCED);
    kvm.invalidateTranslations();
    // The guest still finds its own R set.
    kvm.reverseMap.setGuestSecond(index, kvm.reverseMap.guestSecond(index) | REFERENCED);
    noteModification(kvm, index);
  }
  return harvested || used.length > 0;
}
/** Linux: kvm_test_age_rmapp(). */
const isYoung = (kvm: Kvm, { notes }: GuestPage): boolean =>
  (kvm.reverseMap.harvested(notes) & REFERENCED) !== 0n ||
  kvm.reverseMap.entriesOf(notes).some((index) => (kvm.table.second(index) & REFERENCED) !== 0n);

export const notifierOf = (kvm: Kvm): MmuNotifier => ({
  invalidateRangeStart: (start, end) => {
    kvm.notifier.inProgress++;
    for (const page of pagesBehind(kvm, start, end)) unmapPage(kvm, page);
  },
  invalidateRangeEnd: () => {
    kvm.notifier.sequence++;
    kvm.notifier.inProgress--;
  },
  changePte: (address) => {
    for (const page of pagesBehind(kvm, address, address + 1n)) unmapPage(kvm, page);
  },
  clearFlushYoung: (start, end) =>
    pagesBehind(kvm, start, end)
      .map((page) => agePage(kvm, page))
      .includes(true),
  testYoung: (address) => pagesBehind(kvm, address, address + 1n).some((page) => isYoung(kvm, page)),
});

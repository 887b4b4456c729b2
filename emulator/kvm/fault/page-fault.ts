/** Linux: kvmppc_book3s_hv_page_fault(). */
import { hpteFirst } from '../../mmu/hashed-page-table-entry';
import {
  cacheFlagsAgree,
  canBeWritten,
  guestPage,
  madeReadOnly,
  MEMORY_COHERENCE,
  REFERENCED_AND_CHANGED,
  WIMG,
  withHostPage,
} from '../entry-rules';
import { notesOf } from '../change-entry';
import { placeInHostPage } from '../host-page-of-entry';
import { hostAddressOf, usableSlot, type Kvm } from '../kvm';
import type { MemorySlot } from '../memory-slots';
import type { PageNotes } from '../reverse-map';
import { backToGuest, type FaultingEntry, type HostStage, type Next, type StorageTrap } from './stage';

const failed = (why: string): Next => ({ at: 'failed', why });

/** Finds the page's memory and makes the entry valid, or hands the access on to emulation. */
export function handlePageFault(kvm: Kvm, stage: HostStage & { at: 'page-fault' }): Next {
  const { trap, entry, instruction } = stage;
  if (!unchanged(kvm, entry)) return backToGuest;
  const page = guestPage(entry.first, entry.guestSecond);
  if (!page) return failed('the HPTE has a reserved page size');
  const guestPhysicalAddress = page.address | (trap.effectiveAddress & (page.size - 1n));
  const slot = usableSlot(kvm, guestPhysicalAddress);
  if (!slot) return { at: 'emulate-mmio', trap, entry, guestPhysicalAddress, instruction };
  if (page.address < slot.baseAddress) return failed('the page begins before its memory slot');
  return mapIn(kvm, trap, entry, slot, page);
}

function unchanged(kvm: Kvm, entry: FaultingEntry): boolean {
  return (
    kvm.table.first(entry.index) === entry.first &&
    kvm.table.second(entry.index) === entry.second &&
    kvm.reverseMap.guestSecond(entry.index) === entry.guestSecond
  );
}

function mapIn(
  kvm: Kvm,
  trap: StorageTrap,
  entry: FaultingEntry,
  slot: MemorySlot,
  page: { address: bigint; size: bigint },
): Next {
  const got = kvm.process.userPage(hostAddressOf(slot, page.address), trap.access === 'store');
  if (got.kind === 'fault') return failed(`get_user_pages: ${got.why}`);
  if (BigInt(got.page.pageSize) < page.size) return failed('the host’s page is smaller than the guest’s');
  const placed = placeInHostPage(slot, got.page, page.address, page.size);
  let second = withHostPage(entry.guestSecond, placed.hostRealAddress, placed.maskSize);
  if (!cacheFlagsAgree(second, got.page.cacheInhibited)) {
    if (got.page.cacheInhibited) return failed('the guest asks for cacheable access to a device');
    second = (second & ~WIMG) | MEMORY_COHERENCE;
  }
  if (canBeWritten(second) && !got.page.writable) second = madeReadOnly(second);
  install(kvm, entry, notesOf(slot, page.address), second);
  return backToGuest;
}

/** Steps 11 to 13 of the function: the reverse map, then the entry, its first doubleword last. */
function install(kvm: Kvm, { index, first }: FaultingEntry, page: PageNotes, second: bigint): void {
  let installed = second & (kvm.reverseMap.harvested(page) | ~REFERENCED_AND_CHANGED);
  if ((first & hpteFirst.mask.valid) === 0n) kvm.reverseMap.add(page, index);
  else {
    kvm.table.setFirst(index, (first & ~hpteFirst.mask.valid) | hpteFirst.mask.absent);
    kvm.invalidateTranslations();
    installed |= kvm.table.second(index) & REFERENCED_AND_CHANGED;
  }
  kvm.table.setSecond(index, installed);
  kvm.table.setFirst(index, (first & ~hpteFirst.mask.absent) | hpteFirst.mask.valid);
}

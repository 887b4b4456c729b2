/**
 * Linux: kvmppc_book3s_hv_page_fault(), in two stages: getting the host's page, which may take its time, and putting it
 * into the table. What changes in between, KVM must notice.
 */
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
import { invalidate, notesOf } from '../change-entry';
import { placeInHostPage } from '../host-page-of-entry';
import type { HostPage } from '../../host/address-space';
import { hostAddressOf, usableSlot, type Kvm } from '../kvm';
import type { MemorySlot } from '../memory-slots';
import { backToGuest, type FaultingEntry, type HostStage, type InsertEntryStage, type Next } from './stage';

const failed = (why: string): Next => ({ at: 'failed', why });

/** Finds the page's memory, or hands the access on to emulation. */
export function handlePageFault(kvm: Kvm, stage: HostStage & { at: 'page-fault' }): Next {
  const { trap, entry, instruction } = stage;
  if (!unchanged(kvm, entry)) return backToGuest;
  const page = guestPage(entry.first, entry.guestSecond);
  if (!page) return failed('the HPTE has a reserved page size');
  const guestPhysicalAddress = page.address | (trap.effectiveAddress & (page.size - 1n));
  const slot = usableSlot(kvm, guestPhysicalAddress);
  if (!slot) return { at: 'emulate-mmio', trap, entry, guestPhysicalAddress, instruction };
  if (page.address < slot.baseAddress) return failed('the page begins before its memory slot');
  return getPage(kvm, stage, slot, page);
}

const unchanged = (kvm: Kvm, entry: FaultingEntry): boolean =>
  kvm.table.first(entry.index) === entry.first &&
  kvm.table.second(entry.index) === entry.second &&
  kvm.reverseMap.guestSecond(entry.index) === entry.guestSecond;

type Got = { readonly kind: 'page'; readonly page: HostPage } | { readonly kind: 'failed'; readonly why: string };

/** get_user_pages(), or what the area itself says where it maps no struct pages. */
function hostPageAt(kvm: Kvm, hostAddress: bigint, size: bigint, write: boolean): Got {
  const got = kvm.process.userPage(hostAddress, write);
  switch (got.kind) {
    case 'fault':
      return { kind: 'failed', why: `get_user_pages: ${got.why}` };
    case 'pfn-mapped':
      // Nothing is smaller than the guest's page in an area that holds all of it.
      if (hostAddress + size > got.area.end) return { kind: 'failed', why: 'the device’s area ends within the page' };
      return { kind: 'page', page: got.page };
    case 'page':
      if (BigInt(got.page.pageSize) < size)
        return { kind: 'failed', why: 'the host’s page is smaller than the guest’s' };
      return got;
  }
}

function getPage(
  kvm: Kvm,
  { trap, entry }: HostStage & { at: 'page-fault' },
  slot: MemorySlot,
  page: { address: bigint; size: bigint },
): Next {
  // Read first: whatever is invalidated from now on, the page that is got included, shows.
  const { sequence } = kvm.notifier;
  const got = hostPageAt(kvm, hostAddressOf(slot, page.address), page.size, trap.access === 'store');
  if (got.kind === 'failed') return failed(got.why);
  const placed = placeInHostPage(slot, got.page, page.address, page.size);
  let second = withHostPage(entry.guestSecond, placed.hostRealAddress, placed.maskSize);
  if (!cacheFlagsAgree(second, got.page.cacheInhibited)) {
    if (got.page.cacheInhibited) return failed('the guest asks for cacheable access to a device');
    second = (second & ~WIMG) | MEMORY_COHERENCE;
  }
  if (canBeWritten(second) && !got.page.writable) second = madeReadOnly(second);
  return { at: 'insert-entry', trap, entry, pageAddress: page.address, second, sequence };
}

/** Steps 10 to 13 of the function: the reverse map, then the entry, its first doubleword last. */
export function insertEntry(kvm: Kvm, { entry, pageAddress, second, sequence }: InsertEntryStage): Next {
  if (!unchanged(kvm, entry)) return backToGuest;
  // Linux: mmu_notifier_retry(). What was got may not be the guest's any more.
  if (kvm.notifier.inProgress > 0 || kvm.notifier.sequence !== sequence) return backToGuest;
  const slot = usableSlot(kvm, pageAddress);
  if (!slot) return backToGuest;
  const { index, first } = entry;
  const notes = notesOf(slot, pageAddress);
  let installed = second & (kvm.reverseMap.harvested(notes) | ~REFERENCED_AND_CHANGED);
  if ((first & hpteFirst.mask.valid) === 0n) kvm.reverseMap.add(notes, index);
  else {
    invalidate(kvm, index);
    installed |= kvm.table.second(index) & REFERENCED_AND_CHANGED;
  }
  kvm.table.setSecond(index, installed);
  kvm.table.setFirst(index, (first & ~hpteFirst.mask.absent) | hpteFirst.mask.valid);
  return backToGuest;
}

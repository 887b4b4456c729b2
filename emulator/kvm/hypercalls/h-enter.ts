import { ENTRIES_IN_GROUP, hpteFirst, hpteSecond } from '../../mmu/hashed-page-table-entry';
import {
  cacheFlagsAgree,
  canBeWritten,
  guestPage,
  hasReservedKey,
  isPresent,
  KEY,
  madeReadOnly,
  MEMORY_COHERENCE,
  REFERENCED_AND_CHANGED,
  SOFTWARE_STATE,
  WIMG,
  withHostPage,
} from '../entry-rules';
import { hostPageBehind, placeInHostPage } from '../host-page-of-entry';
import { noteModification, notesOf } from '../change-entry';
import { usableSlot, type Kvm } from '../kvm';
import type { MemorySlot } from '../memory-slots';
import type { PageNotes } from '../reverse-map';
import { flag, hypercall, status, type HypercallResult } from './hypercall';

/** How an entry will stand in the real table. */
type RealEntry =
  | { readonly kind: 'present'; readonly second: bigint; readonly notes: PageNotes }
  | { readonly kind: 'absent'; readonly second: bigint }
  /** Before key 31 was kept out of the hardware's sight: valid, and refused by its key. */
  | { readonly kind: 'valid with key 31'; readonly second: bigint }
  | { readonly kind: 'refused'; readonly status: bigint };

const refused = { kind: 'refused', status: status.parameter } as const;

function entryWithoutMemory(kvm: Kvm, guestSecond: bigint): RealEntry {
  const second = guestSecond | KEY;
  return kvm.behavior.emulatedEntry === 'valid' ? { kind: 'valid with key 31', second } : { kind: 'absent', second };
}

function entryInSlot(
  kvm: Kvm,
  slot: MemorySlot,
  guestSecond: bigint,
  page: { address: bigint; size: bigint },
): RealEntry {
  // The slot must begin and end on the page's size, or a page would hold a stranger's memory.
  if (((slot.baseAddress | slot.size) & (page.size - 1n)) !== 0n) return refused;
  const hostPage = hostPageBehind(kvm, slot, page.address);
  if (hostPage === undefined) return { kind: 'absent', second: guestSecond & ~KEY };
  if (BigInt(hostPage.pageSize) < page.size) return refused;
  const placed = placeInHostPage(slot, hostPage, page.address, page.size);
  let second = withHostPage(guestSecond, placed.hostRealAddress, placed.maskSize);
  if (!hostPage.writable && canBeWritten(second)) second = madeReadOnly(second);
  if (!cacheFlagsAgree(second, hostPage.cacheInhibited)) {
    if (hostPage.cacheInhibited) return refused;
    second = (second & ~WIMG) | MEMORY_COHERENCE;
  }
  // An invalidation is under way: what was just looked up may be gone already.
  if (kvm.notifier.inProgress > 0) return { kind: 'absent', second: second & ~KEY };
  return { kind: 'present', second, notes: notesOf(slot, page.address) };
}

/** The first free place in the group, or the one that was asked for. */
function freeIndex(kvm: Kvm, flags: bigint, index: number): number | undefined {
  const start = (flags & flag.exact) !== 0n ? index : index & ~(ENTRIES_IN_GROUP - 1);
  const count = (flags & flag.exact) !== 0n ? 1 : ENTRIES_IN_GROUP;
  return Array.from({ length: count }, (_, i) => start + i).find((at) => !isPresent(kvm.table.first(at)));
}

/** Linux: kvmppc_do_h_enter(). The checks stand in the order in which KVM makes them. */
export function enter(kvm: Kvm, flags: bigint, pteIndex: bigint, guestFirst: bigint, second: bigint): HypercallResult {
  if (kvm.behavior.refusesReservedSegmentSize && (guestFirst & (1n << 63n)) !== 0n) return { status: status.parameter };
  const first = guestFirst & ~SOFTWARE_STATE;
  const guestSecond = second & ~hpteSecond.mask.modified;
  const page = guestPage(first, guestSecond);
  if (!page) return { status: status.parameter };
  if (kvm.behavior.refusesReservedKey && hasReservedKey(guestSecond)) return { status: status.parameter };
  const slot = usableSlot(kvm, page.address);
  const real = slot ? entryInSlot(kvm, slot, guestSecond, page) : entryWithoutMemory(kvm, guestSecond);
  if (real.kind === 'refused') return { status: real.status };
  if (pteIndex >= BigInt(kvm.table.entryCount)) return { status: status.parameter };
  const index = freeIndex(kvm, flags, Number(pteIndex));
  if (index === undefined) return { status: status.ptegFull };

  kvm.reverseMap.setGuestSecond(index, guestSecond);
  noteModification(kvm, index);
  if (real.kind === 'present') {
    // The hardware notes R and C afresh, unless the page's earlier entries have shown them.
    const recorded = kvm.reverseMap.harvested(real.notes);
    kvm.reverseMap.add(real.notes, index);
    kvm.table.setSecond(index, real.second & (recorded | ~REFERENCED_AND_CHANGED));
  } else kvm.table.setSecond(index, real.second);
  kvm.table.setFirst(index, first | (real.kind === 'absent' ? hpteFirst.mask.absent : hpteFirst.mask.valid));
  return { status: status.success, results: [BigInt(index)] };
}

export const hEnter = hypercall({
  name: 'H_ENTER',
  number: 0x08,
  parameters: ['flags', 'pteIndex', 'first', 'second'],
  run: (kvm, { flags, pteIndex, first, second }) => enter(kvm, flags, pteIndex, first, second),
});

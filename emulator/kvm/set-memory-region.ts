/** KVM_SET_USER_MEMORY_REGION: user space gives guest physical memory. Linux: __kvm_set_memory_region(). */
import { HOST_PAGE_SIZE } from '../host/address-space';
import type { Kvm } from './kvm';
import { noNotes, pagesOf, userSlotFlags, type MemoryRegion } from './memory-slots';

/** Slots are made of the host's pages. */
const PAGE = BigInt(HOST_PAGE_SIZE);
/** Linux: KVM_MEM_MAX_NR_PAGES. */
const MOST_PAGES = (1n << 31n) - 1n;
/** Slots that v6.1 has for user space: SHRT_MAX. */
const SLOTS = 32767;

export interface RegionError {
  readonly errno: 'EINVAL' | 'EEXIST';
  /** One clause that names what is wrong. */
  readonly why: string;
}

const invalid = (why: string): RegionError => ({ errno: 'EINVAL', why });

/** The checks in the order of v6.1. READONLY is refused: Power's KVM does not have it. */
function refusal(slots: readonly MemoryRegion[], slot: MemoryRegion): RegionError | undefined {
  if ((slot.flags & ~userSlotFlags.LOG_DIRTY_PAGES) !== 0n) return invalid('the flags are not ones that may be set');
  if ((slot.size & (PAGE - 1n)) !== 0n || slot.size === 0n) return invalid('the size is not a number of whole pages');
  if ((slot.baseAddress & (PAGE - 1n)) !== 0n) return invalid('the guest physical address is not at a page');
  if (slot.number < 0 || slot.number >= SLOTS) return invalid('there is no such slot number');
  if (slot.baseAddress + slot.size > 1n << 64n) return invalid('the slot wraps round the end of memory');
  if (slot.size / PAGE > MOST_PAGES) return invalid('the slot has more pages than one may have');
  if (slots.some(({ number }) => number === slot.number)) return invalid('the slot exists already');
  const overlapped = slots.find(
    (other) => slot.baseAddress < other.baseAddress + other.size && other.baseAddress < slot.baseAddress + slot.size,
  );
  return overlapped && { errno: 'EEXIST', why: `it overlaps slot ${String(overlapped.number)}` };
}

/** Creates a slot. `flags` are user space's; KVM's own are added by the behaviour in force. */
export function createSlot(kvm: Kvm, slot: MemoryRegion): RegionError | undefined {
  const error = refusal(kvm.slots, slot);
  if (error) return error;
  const notes = noNotes();
  if ((slot.flags & userSlotFlags.LOG_DIRTY_PAGES) !== 0n)
    notes.dirtyBitmap = new Uint8Array(Math.ceil(pagesOf(slot) / 64) * 8);
  const prepared = { ...slot, notes, flags: slot.flags | preparedFlags(kvm, slot) };
  kvm.slots = [...kvm.slots, prepared].sort((a, b) => a.number - b.number);
  return undefined;
}

/**
 * What the patch of 2011 does when a slot is made: it looks at the one area that lies there now, takes it for memory or
 * for a device, and gets all of the memory at once.
 */
function preparedFlags(kvm: Kvm, slot: MemoryRegion): bigint {
  if (kvm.behavior.memory === 'on demand') return 0n;
  const area = kvm.process.areaAt(slot.hostVirtualAddress);
  if (area?.kind === 'device') return kvm.behavior.internalFlags['KVM_MEMSLOT_IO'] ?? 0n;
  const end = slot.hostVirtualAddress + slot.size;
  for (let at = slot.hostVirtualAddress; area && at < end; at += BigInt(area.pageSize)) kvm.process.userPage(at, true);
  return 0n;
}

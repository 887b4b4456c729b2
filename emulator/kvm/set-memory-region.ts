/**
 * KVM_SET_USER_MEMORY_REGION: user space gives guest physical memory, moves it, changes its flags and takes it away.
 * Linux: __kvm_set_memory_region(). In two halves, since a slot that goes away is INVALID in between for as long as
 * vCPUs may still be using it.
 */
import { HOST_PAGE_SIZE } from '../host/area';
import { LOG_DIRTY_PAGES, type Behavior } from './behavior';
import { notesOf } from './change-entry';
import type { Kvm } from './kvm';
import { noNotes, pagesOf, type MemoryRegion, type MemorySlot, type RegionError } from './memory-slots';
import { unmapPage } from './mmu-notifier';
import { prepareSlot } from './prepare-slot';

/** Slots are made of the host's pages. */
const PAGE = BigInt(HOST_PAGE_SIZE);
/** Linux: KVM_MEM_MAX_NR_PAGES. */
const MOST_PAGES = (1n << 31n) - 1n;

/** Linux: enum kvm_mr_change, and that nothing changes. */
export type RegionChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'create'; readonly region: MemoryRegion }
  | { readonly kind: 'delete'; readonly old: MemorySlot }
  | { readonly kind: 'move' | 'flags-only'; readonly old: MemorySlot; readonly region: MemoryRegion };
type Judged = RegionChange | { readonly kind: 'refused'; readonly error: RegionError };

const refused = (why: string, errno: RegionError['errno'] = 'EINVAL'): Judged => ({
  kind: 'refused',
  error: { errno, why },
});

/** What is wrong with a region whatever else there is, in the order of v6.1. READONLY is refused: Power has it not. */
function malformed({ checksFlags, slots }: Behavior, region: MemoryRegion): string | undefined {
  if (checksFlags && (region.flags & ~LOG_DIRTY_PAGES) !== 0n) return 'the flags are not ones that may be set';
  if ((region.size & (PAGE - 1n)) !== 0n) return 'the size is not a number of whole pages';
  if ((region.baseAddress & (PAGE - 1n)) !== 0n) return 'the guest physical address is not at a page';
  if ((region.hostVirtualAddress & (PAGE - 1n)) !== 0n) return 'the host virtual address is not at a page';
  if (region.number < 0 || region.number >= slots) return 'there is no such slot number';
  if (region.baseAddress + region.size > 1n << 64n) return 'the slot wraps round the end of memory';
  if (region.size / PAGE > MOST_PAGES) return 'the slot has more pages than one may have';
  return undefined;
}

const overlaps = (one: MemoryRegion, other: MemoryRegion): boolean =>
  one.baseAddress < other.baseAddress + other.size && other.baseAddress < one.baseAddress + one.size;

/** What a region asks for, as KVM finds out. */
function judge(kvm: Kvm, region: MemoryRegion): Judged {
  const why = malformed(kvm.behavior, region);
  if (why !== undefined) return refused(why);
  const old = kvm.slots.find(({ number }) => number === region.number);
  if (region.size === 0n) return old ? { kind: 'delete', old } : refused('there is no such slot to delete');
  if (old && old.size !== region.size) return refused('the size of a slot cannot change');
  if (old && old.hostVirtualAddress !== region.hostVirtualAddress)
    return refused('the host virtual address of a slot cannot change');
  const moves = old !== undefined && old.baseAddress !== region.baseAddress;
  if (old && !moves) {
    return (old.flags & LOG_DIRTY_PAGES) === (region.flags & LOG_DIRTY_PAGES)
      ? { kind: 'none' }
      : { kind: 'flags-only', old, region };
  }
  const other = kvm.slots.find((one) => one !== old && overlaps(one, region));
  if (other) return refused(`it overlaps slot ${String(other.number)}`, 'EEXIST');
  return old ? { kind: 'move', old, region } : { kind: 'create', region };
}

const replace = (kvm: Kvm, number: number, slot: MemorySlot | undefined): void => {
  const others = kvm.slots.filter((one) => one.number !== number);
  kvm.slots = [...others, ...(slot ? [slot] : [])].sort((a, b) => a.number - b.number);
};

/**
 * The first half: finds what a region asks for. A slot that is to be deleted or moved is INVALID from now on, and no
 * entry maps it any more.
 */
export function beginRegionChange(kvm: Kvm, region: MemoryRegion): Judged {
  const change = judge(kvm, region);
  if (change.kind !== 'delete' && change.kind !== 'move') return change;
  const { old } = change;
  replace(kvm, old.number, { ...old, flags: old.flags | kvm.behavior.internalFlags.INVALID });
  // Linux: kvm_arch_flush_shadow_memslot().
  for (const page of old.notes.reverseMap.keys())
    unmapPage(kvm, { slot: old, notes: notesOf(old, old.baseAddress + BigInt(page) * PAGE) });
  return change;
}

function withDirtyLog(slot: MemorySlot): MemorySlot {
  const logs = (slot.flags & LOG_DIRTY_PAGES) !== 0n;
  if (!logs) slot.notes.dirtyBitmap = undefined;
  else slot.notes.dirtyBitmap ??= new Uint8Array(Math.ceil(pagesOf(slot) / 64) * 8);
  return slot;
}

/** The second half: prepares and commits. An error leaves the old slot in force. */
export function finishRegionChange(kvm: Kvm, change: RegionChange): RegionError | undefined {
  switch (change.kind) {
    case 'none':
      return undefined;
    case 'delete':
      replace(kvm, change.old.number, undefined);
      return undefined;
    case 'create':
    case 'move':
    case 'flags-only': {
      const notes = change.kind === 'create' ? noNotes() : change.old.notes;
      const prepared = prepareSlot(kvm, { ...change.region, notes }, change.kind);
      if ('errno' in prepared) {
        if (change.kind !== 'create') replace(kvm, change.old.number, change.old);
        return prepared;
      }
      replace(kvm, prepared.number, withDirtyLog(prepared));
      // What was a page without memory may have some now. Linux: kvmppc_core_commit_memory_region_hv().
      kvm.mmioUpdate++;
      return undefined;
    }
  }
}

export function setMemoryRegion(kvm: Kvm, region: MemoryRegion): RegionError | undefined {
  const change = beginRegionChange(kvm, region);
  return change.kind === 'refused' ? change.error : finishRegionChange(kvm, change);
}

/** The hook before a slot comes into force. Linux: kvmppc_core_prepare_memory_region(). */
import type { AddressSpace } from '../host/address-space';
import { HOST_PAGE_SIZE, type Area } from '../host/area';
import type { Kvm } from './kvm';
import { memslotIo } from './behavior';
import { pagesOf, type MemorySlot, type RegionError } from './memory-slots';

/** Since v3.4 nothing about the memory behind a slot is asked before it is used. */
export function prepareSlot(
  kvm: Kvm,
  slot: MemorySlot,
  change: 'create' | 'move' | 'flags-only',
): MemorySlot | RegionError {
  if (kvm.behavior.memory === 'on demand') return slot;
  if (change !== 'create') return { ...slot, flags: slot.flags | (slot.notes.pinned?.io === true ? memslotIo : 0n) };
  return pinWhole(kvm.process, slot);
}

/**
 * What the patch of 2011 did: it looked at the one area that lies at the slot's first byte, took the whole slot for what
 * that is, memory or a device, asked there and then for both rights, and got every page for good.
 */
function pinWhole(process: AddressSpace, slot: MemorySlot): MemorySlot | RegionError {
  const area = process.areaAt(slot.hostVirtualAddress);
  if (!area) return { errno: 'EINVAL', why: 'nothing is mapped at the host virtual address' };
  if (!area.readable || !area.writable)
    return { errno: 'EINVAL', why: 'the host may not both read and write what is mapped there' };
  const device = area.kind === 'device';
  // The flag stands in user space's own word, so user space may have said it too.
  const io = device || (slot.flags & memslotIo) !== 0n;
  const frames = device ? framesAfter(area, slot) : memoryFrames(process, slot);
  if (!frames) return { errno: 'EFAULT', why: 'not every page of it is memory' };
  slot.notes.pinned = { io, pageSize: area.pageSize, frames };
  return { ...slot, flags: slot.flags | (io ? memslotIo : 0n) };
}

const pageAddresses = (slot: MemorySlot): readonly bigint[] =>
  Array.from({ length: pagesOf(slot) }, (_, page) => slot.hostVirtualAddress + BigInt(page * HOST_PAGE_SIZE));

/** Real addresses counted on from the area's first, wherever the area ends. */
const framesAfter = (area: Area, slot: MemorySlot): readonly bigint[] =>
  pageAddresses(slot).map((address) => (area.frames ?? 0n) + (address - area.start));

function memoryFrames(process: AddressSpace, slot: MemorySlot): readonly bigint[] | undefined {
  const frames: bigint[] = [];
  for (const address of pageAddresses(slot)) {
    const got = process.userPage(address, true);
    if (got.kind !== 'page') return undefined;
    const { realAddress, pageSize } = got.page;
    process.pin(realAddress);
    frames.push(realAddress + (address & BigInt(pageSize - 1)));
  }
  return frames;
}

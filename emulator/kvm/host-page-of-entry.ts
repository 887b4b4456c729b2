import { type HostPage } from '../host/address-space';
import { HOST_PAGE_SIZE } from '../host/area';
import { hostAddressOf, type Kvm } from './kvm';
import { pageInSlot, type MemorySlot } from './memory-slots';

/** Where the host has the page of an entry, and in how large a page of its own. */
export interface PlacedPage {
  readonly hostRealAddress: bigint;
  /** What the entry's address bits are masked to: its own page, or the host's base page if that is larger. */
  readonly maskSize: bigint;
}

/** The part of a host page that lies behind a guest page, which may be smaller than it. */
export function placeInHostPage(slot: MemorySlot, page: HostPage, guestAddress: bigint, pageSize: bigint): PlacedPage {
  const maskSize = pageSize < HOST_PAGE_SIZE ? BigInt(HOST_PAGE_SIZE) : pageSize;
  const hostVirtual = hostAddressOf(slot, guestAddress) & -maskSize;
  return { hostRealAddress: page.realAddress + (hostVirtual & BigInt(page.pageSize - 1)), maskSize };
}

/** What the host has behind a guest physical address now; undefined: nothing yet. Linux: a lookup of the Linux PTE. */
export function hostPageBehind(kvm: Kvm, slot: MemorySlot, address: bigint): HostPage | undefined {
  const { pinned } = slot.notes;
  if (!pinned) return kvm.process.presentPage(hostAddressOf(slot, address));
  const frame = pinned.frames[pageInSlot(slot, address)];
  if (frame === undefined) return undefined;
  const { pageSize, io } = pinned;
  return { realAddress: frame & -BigInt(pageSize), pageSize, writable: true, cacheInhibited: io };
}

import { HOST_PAGE_SIZE, type HostPage } from '../host/address-space';
import { hostAddressOf } from './kvm';
import type { MemorySlot } from './memory-slots';

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

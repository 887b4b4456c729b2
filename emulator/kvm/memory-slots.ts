/** Guest physical memory as user space gave it to KVM (Linux: struct kvm_memory_slot). */
import { HOST_PAGE_SIZE } from '../host/area';
import type { Behavior } from './behavior';

/** Linux: struct kvm_userspace_memory_region. */
export interface MemoryRegion {
  readonly number: number;
  /** Guest physical address of the first byte. */
  readonly baseAddress: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Address in the host process. */
  readonly hostVirtualAddress: bigint;
  readonly flags: bigint;
}

/** What KVM keeps about a slot's pages, by number of the host's page in the slot. */
export interface SlotNotes {
  /** One word a page; see reverse-map.ts. Pages that never had an entry are not listed. */
  readonly reverseMap: Map<number, bigint>;
  /** A bit a page, least significant first; undefined: not logging. Linux: dirty_bitmap. */
  dirtyBitmap: Uint8Array | undefined;
  /** What the patch of 2011 got when the slot was made; undefined since. */
  pinned: PinnedPages | undefined;
}
export interface PinnedPages {
  /** The slot was taken for a device's registers. */
  readonly io: boolean;
  /** Of the area at the slot's first byte. */
  readonly pageSize: number;
  /** Host real address of each of the slot's pages. */
  readonly frames: readonly bigint[];
}
export interface MemorySlot extends MemoryRegion {
  /** Shared by all that stand for the slot while it is moved or its flags change. */
  readonly notes: SlotNotes;
}

/** Why KVM_SET_USER_MEMORY_REGION failed. */
export interface RegionError {
  readonly errno: 'EINVAL' | 'EEXIST' | 'EFAULT';
  /** One clause that names what is wrong. */
  readonly why: string;
}

export interface SlotFlagView {
  readonly name: string;
  /** Set by KVM, not by user space. */
  readonly internal: boolean;
}
/** A stretch of the host process's address space behind a slot. */
export interface SlotAreaView {
  readonly start: bigint;
  readonly end: bigint;
  /** "anonymous", "device" and so on; see host/address-space.ts. */
  readonly kind: string;
  readonly pageSize: number;
  readonly name: string;
  /** VM_READ, VM_WRITE, VM_PFNMAP … */
  readonly flagNames: readonly string[];
}
export interface MemorySlotView extends MemoryRegion {
  readonly flagNames: readonly SlotFlagView[];
  readonly areas: readonly SlotAreaView[];
}

/** The slot that holds a guest physical address. Linux: gfn_to_memslot(), which leaves INVALID slots to its caller. */
export const slotAt = <S extends MemoryRegion>(slots: readonly S[], address: bigint): S | undefined =>
  slots.find(({ baseAddress, size }) => address >= baseAddress && address < baseAddress + size);

/** Number of the host's page in its slot. Linux: gfn - base_gfn. */
export const pageInSlot = ({ baseAddress }: MemoryRegion, address: bigint): number =>
  Number((address - baseAddress) / BigInt(HOST_PAGE_SIZE));
export const pagesOf = ({ size }: MemoryRegion): number => Number(size / BigInt(HOST_PAGE_SIZE));

export const noNotes = (): SlotNotes => ({ reverseMap: new Map(), dirtyBitmap: undefined, pinned: undefined });

/** Marks the host's pages behind a guest page as written to. Linux: kvmppc_update_dirty_map(). */
export function markDirty(slot: MemorySlot, address: bigint, bytes: bigint): void {
  const { dirtyBitmap } = slot.notes;
  if (!dirtyBitmap) return;
  const first = pageInSlot(slot, address);
  const pages = Math.max(1, Number(bytes / BigInt(HOST_PAGE_SIZE)));
  for (let page = first; page < first + pages; page++)
    dirtyBitmap[page >> 3] = (dirtyBitmap[page >> 3] ?? 0) | (1 << (page & 7));
}

/** Names of the flags in a slot's word, KVM's own marked. */
export function slotFlagNames(
  flags: bigint,
  { userFlags, internalFlags }: Pick<Behavior, 'userFlags' | 'internalFlags'>,
): readonly SlotFlagView[] {
  const named = (record: Readonly<Record<string, bigint>>, internal: boolean) =>
    Object.entries(record)
      .filter(([, bit]) => (flags & bit) !== 0n)
      .map(([name]) => ({ name, internal }));
  return [...named(userFlags, false), ...named(internalFlags, true)];
}

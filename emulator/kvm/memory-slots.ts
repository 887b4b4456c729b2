/** Guest physical memory as user space gave it to KVM (Linux: struct kvm_memory_slot). */

/** What user space may set (include/uapi/linux/kvm.h). */
export const userSlotFlags = { LOG_DIRTY_PAGES: 1n << 0n, READONLY: 1n << 1n } as const;
/** KVM's own, which user space can neither see nor set: bits 16 and up (include/linux/kvm_host.h). */
export const internalSlotFlags = { INVALID: 1n << 16n } as const;
/** The bit that the patch of 2011 took for itself in the same word as the user's flags. */
export const memslotIo = 1n << 31n;

export interface MemorySlot {
  readonly number: number;
  /** Guest physical address of the first byte. */
  readonly baseAddress: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Address in the host process. */
  readonly hostVirtualAddress: bigint;
  readonly flags: bigint;
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
export interface MemorySlotView extends MemorySlot {
  readonly flagNames: readonly SlotFlagView[];
  readonly areas: readonly SlotAreaView[];
}

/** The slot that holds a guest physical address. Linux: gfn_to_memslot(), which leaves INVALID slots to its caller. */
export const slotAt = (slots: readonly MemorySlot[], address: bigint): MemorySlot | undefined =>
  slots.find(({ baseAddress, size }) => address >= baseAddress && address < baseAddress + size);

/** Names of the flags in a slot's word, KVM's own marked. `names` are the internal flags of the behaviour in force. */
export function slotFlagNames(flags: bigint, internal: Readonly<Record<string, bigint>>): readonly SlotFlagView[] {
  const named = (record: Readonly<Record<string, bigint>>, isInternal: boolean) =>
    Object.entries(record)
      .filter(([, bit]) => (flags & bit) !== 0n)
      .map(([name]) => ({ name, internal: isInternal }));
  return [...named(userSlotFlags, false), ...named(internal, true)];
}

import type { Registers } from '../cpu/registers';
import type { AddressSpace } from '../host/address-space';
import type { HashedPageTable } from '../mmu/hashed-page-table';
import type { Access } from '../mmu/storage-fault';
import type { Behavior } from './behavior';
import type { MemorySlot } from './memory-slots';
import { slotAt } from './memory-slots';
import type { ReverseMap } from './reverse-map';

/** What a search of the table for the hypervisor's sake found. */
export type HostSearch =
  | { readonly kind: 'segment-miss' }
  | { readonly kind: 'no-entry'; readonly vsidWord: bigint }
  | { readonly kind: 'entry'; readonly vsidWord: bigint; readonly index: number };

/** What the mmu notifiers have told KVM (Linux: mmu_notifier_seq and mmu_notifier_count). */
export interface NotifierState {
  /** Invalidations that have ended. */
  sequence: number;
  /** Invalidations that have begun and not ended. */
  inProgress: number;
}

export interface RealMemory {
  /** The bytes themselves, not a copy. */
  bytes(hostRealAddress: bigint, length: number): Uint8Array;
  /** Somebody has written to that page: instructions decoded from it are no longer true. */
  written(hostRealAddress: bigint): void;
}

/** One virtual machine as KVM keeps it. Linux: struct kvm and kvm_arch. */
export interface Kvm {
  readonly behavior: Behavior;
  /** Replaced when the guest resizes it. */
  table: HashedPageTable;
  reverseMap: ReverseMap;
  readonly process: AddressSpace;
  slots: readonly MemorySlot[];
  /** Counts what may have changed the translation of a page without memory. Linux: mmio_update. */
  mmioUpdate: number;
  /** Open readers of the table's stream, which want changes noted. Linux: hpte_mod_interest. */
  streamReaders: number;
  readonly notifier: NotifierState;

  /** slbfee. and the search of both groups for a valid or absent entry. Linux: kvmppc_hv_find_lock_hpte(). */
  search(registers: Registers, effectiveAddress: bigint, access: Access): HostSearch;
  /** tlbie: no vCPU remembers a translation any more. */
  invalidateTranslations(): void;
  /** The host's real memory, where KVM itself reads and writes. */
  readonly realMemory: RealMemory;
  /** The instruction at an address, as the guest's own translation reaches it; undefined if it does not. */
  readInstruction(registers: Registers, address: bigint): number | undefined;
}

/** The slot that holds a guest physical address, unless KVM is taking it away. */
export function usableSlot(kvm: Kvm, address: bigint): MemorySlot | undefined {
  const slot = slotAt(kvm.slots, address);
  return slot !== undefined && (slot.flags & kvm.behavior.internalFlags.INVALID) === 0n ? slot : undefined;
}
export const hostAddressOf = (slot: MemorySlot, address: bigint): bigint =>
  slot.hostVirtualAddress + (address - slot.baseAddress);

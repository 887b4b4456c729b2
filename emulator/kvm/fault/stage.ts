/**
 * An access that has left the guest is held by one level at a time. Each stage is plain data; each function beside this
 * file takes one and says which is next. So a debugger can stop between any two, and a checkpoint can hold them.
 */
import type { GuestInterrupt } from '../../cpu/interrupts';
import type { Access } from '../../mmu/storage-fault';

/** What the hardware left for the hypervisor: HDSISR or HSRR1, HDAR, HSRR0. */
export interface StorageTrap {
  readonly access: Access;
  readonly effectiveAddress: bigint;
  readonly status: bigint;
  readonly instructionAddress: bigint;
}

/** An entry as KVM saw it when the fault came in. Linux: vcpu->arch.pgfault_hpte, pgfault_index. */
export interface FaultingEntry {
  readonly index: number;
  readonly first: bigint;
  readonly second: bigint;
  readonly guestSecond: bigint;
}

/** KVM_EXIT_MMIO. Bytes are in the order in which the guest's instruction sees memory. */
export interface MmioExitStage {
  readonly at: 'mmio-exit';
  readonly trap: StorageTrap;
  readonly entry: FaultingEntry;
  readonly guestPhysicalAddress: bigint;
  readonly length: 1 | 2 | 4 | 8;
  readonly isWrite: boolean;
  readonly data: Uint8Array | undefined;
  readonly instruction: number;
  /** The base register as it was before an update form changed it, so that the access can be tried again. */
  readonly baseBefore: { readonly register: number; readonly value: bigint } | undefined;
  /** What the next KVM_RUN does with a load's bytes. Linux: kvmppc_complete_mmio_load(). */
  readonly completion: LoadCompletion | undefined;
}
export interface LoadCompletion {
  readonly target: number;
  readonly signExtended: boolean;
  readonly byteReversed: boolean;
}

/** The host's page has been got, and is not in the table yet. */
export interface InsertEntryStage {
  readonly at: 'insert-entry';
  readonly trap: StorageTrap;
  readonly entry: FaultingEntry;
  /** Guest physical address of the entry's page. */
  readonly pageAddress: bigint;
  /** The real second doubleword to be. */
  readonly second: bigint;
  /** Of the notifiers, when the page was asked for. */
  readonly sequence: number;
}

export type HostStage =
  | { readonly at: 'storage-trap'; readonly trap: StorageTrap }
  | {
      readonly at: 'page-fault';
      readonly trap: StorageTrap;
      readonly entry: FaultingEntry;
      /** The entry has key 31: no memory will be found for it. */
      readonly emulated: boolean;
      /** Fetched in real mode before anything could change; undefined: not yet, or it could not be. */
      readonly instruction: number | undefined;
    }
  | {
      readonly at: 'emulate-mmio';
      readonly trap: StorageTrap;
      readonly entry: FaultingEntry;
      readonly guestPhysicalAddress: bigint;
      readonly instruction: number | undefined;
    }
  | InsertEntryStage
  | MmioExitStage;

/** Where an access goes from a stage. */
export type Next =
  | HostStage
  /** Back to the guest, which tries its instruction again or goes on after it. */
  | { readonly at: 'guest' }
  | { readonly at: 'interrupt'; readonly interrupt: GuestInterrupt; readonly trap: StorageTrap }
  /** KVM_RUN itself fails with EFAULT: user space gave KVM memory that it does not have. */
  | { readonly at: 'failed'; readonly why: string };

export const backToGuest = { at: 'guest' } as const;

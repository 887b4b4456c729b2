/** What can be done to a guest from outside while it runs, by the host's kernel or by user space, and when. */
import type { AreaKind } from '../host/area';

/** Guest physical memory, whole host pages of it. */
export interface GuestRange {
  readonly guestPhysicalAddress: bigint;
  readonly size: bigint;
}
/** What the host's memory management and its system calls do with a range; see host/memory-management.ts. */
export const rangeActions = ['swap-out', 'migrate', 'merge', 'fork', 'munmap', 'age', 'test-young'] as const;

export type HostAction =
  | ({ readonly kind: (typeof rangeActions)[number] } & GuestRange)
  | ({ readonly kind: 'mprotect'; readonly readable: boolean; readonly writable: boolean } & GuestRange)
  /** In place of what is mapped there. */
  | ({ readonly kind: 'mmap'; readonly vma: AreaKind } & GuestRange)
  /** What another processor, a device's DMA or user space writes. */
  | { readonly kind: 'write-memory'; readonly guestPhysicalAddress: bigint; readonly bytes: Uint8Array }
  /** KVM_SET_USER_MEMORY_REGION; a slot that is new has `vma` behind it. A size of 0 deletes. */
  | ({
      readonly kind: 'set-memory-region';
      readonly slot: number;
      readonly flags: bigint;
      readonly vma: AreaKind | 'none';
    } & GuestRange)
  | { readonly kind: 'get-dirty-log'; readonly slot: number };

/** What an action came to: what it did, or the error that the system call would have returned. */
export interface ActionResult {
  readonly done: boolean;
  /** One clause, such as "2 pages". */
  readonly text: string;
}
/** Where an access has to be held for an event to happen. */
export const stagesToWaitFor = ['storage-trap', 'page-fault', 'insert-entry', 'emulate-mmio', 'mmio-exit'] as const;
export type StageToWaitFor = (typeof stagesToWaitFor)[number];

export interface HostEventConfiguration {
  /** Instructions that all vCPUs have begun. */
  readonly at: number;
  /** From then on, as soon as a vCPU's access is there. */
  readonly stage: StageToWaitFor | undefined;
  /** Instructions between its two halves, in which KVM may not use what changes. */
  readonly lasting: number;
  readonly action: HostAction;
}
/** Host events drawn from a seed, on the guest's own memory. */
export interface RandomHostEvents {
  readonly seed: number;
  /** Instructions from one to the next, on the average. */
  readonly every: number;
}

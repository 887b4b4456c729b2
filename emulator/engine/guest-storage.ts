import type { StorageFault } from '../mmu/storage-fault';
import type { Bytes } from '../operations/instruction-operations';

/** The outcome of an access that cannot be done; thrown inside an engine only, and returned from it as a value. */
export class AccessRefused {
  readonly fault: StorageFault;
  constructor(fault: StorageFault) {
    this.fault = fault;
  }
}

/**
 * What an engine needs of storage: effective addresses in, bytes in the guest's present byte order out. An access that
 * cannot be done throws AccessRefused before anything is written.
 */
export interface GuestStorage {
  fetch(address: bigint): number;
  load(address: bigint, bytes: Bytes): bigint;
  store(address: bigint, bytes: Bytes, value: bigint): void;
  probe(address: bigint, length: number, access: 'load' | 'store'): void;
  /** The real address behind an effective one, for reservations. */
  realAddress(address: bigint, access: 'load' | 'store'): bigint;
  /** MSR[HV, PR, IR, DR, LE] may have changed, and nothing else: other translations are in force. */
  contextChanged(): void;
  /** Drops what has been remembered of translations. */
  translationChanged(): void;
}

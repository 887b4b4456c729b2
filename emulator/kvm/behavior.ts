/** Whose code the guest meets (design §5). The differences between the versions stand here and nowhere else. */
import { internalSlotFlags, memslotIo } from './memory-slots';

export interface Behavior {
  readonly name: string;
  /** Flags that KVM sets in a slot's word by itself. */
  readonly internalFlags: Readonly<Record<string, bigint>>;
  /** H_ENTER refuses an entry with B = 1x (H_PARAMETER). */
  readonly refusesReservedSegmentSize: boolean;
  /** H_ENTER and H_PROTECT refuse a guest that asks for key 31 (H_PARAMETER). */
  readonly refusesReservedKey: boolean;
  /**
   * How a page without memory stands in the table: valid with key 31, so that the hardware reports a key fault; or
   * absent with key 31, so that it reports no entry and KVM finds the key.
   */
  readonly emulatedEntry: 'valid' | 'absent';
  /** When the guest's memory is got: all of it as the slot is made, or page by page when it is touched. */
  readonly memory: 'pinned' | 'on demand';
  /** The AMR bits that a guest cannot reach. Key 31 must refuse every access where an entry with it is valid. */
  readonly guestAmr: bigint;
  readonly amor: bigint;
  /** What tells a store from a load: the instruction, checked against DSISR, or DSISR alone. */
  readonly directionBy: 'instruction' | 'DSISR';
  /** Hypercalls that KVM came to answer later, by name. */
  readonly lacksHypercalls: readonly string[];
  /** What an instruction that cannot be emulated becomes. */
  readonly emulationFailure: 'program interrupt' | 'data storage interrupt';
}

const everyKey = (1n << 64n) - 1n;
const reservedKeyBits = 3n;

const rfc2011: Behavior = {
  name: 'rfc-2011',
  internalFlags: { ...internalSlotFlags, KVM_MEMSLOT_IO: memslotIo },
  refusesReservedSegmentSize: false,
  refusesReservedKey: true,
  emulatedEntry: 'valid',
  memory: 'pinned',
  guestAmr: reservedKeyBits,
  amor: everyKey & ~reservedKeyBits,
  directionBy: 'DSISR',
  lacksHypercalls: ['H_CLEAR_REF', 'H_CLEAR_MOD'],
  emulationFailure: 'program interrupt',
};
const v3_4: Behavior = {
  name: 'v3.4',
  internalFlags: internalSlotFlags,
  refusesReservedSegmentSize: false,
  refusesReservedKey: false,
  emulatedEntry: 'absent',
  memory: 'on demand',
  guestAmr: 0n,
  amor: everyKey,
  directionBy: 'instruction',
  lacksHypercalls: ['H_CLEAR_REF', 'H_CLEAR_MOD'],
  emulationFailure: 'program interrupt',
};
const v6_1: Behavior = {
  ...v3_4,
  name: 'v6.1',
  lacksHypercalls: [],
  refusesReservedSegmentSize: true,
  emulationFailure: 'data storage interrupt',
};

export const behaviors = { 'rfc-2011': rfc2011, 'v3.4': v3_4, 'v6.1': v6_1 } as const;

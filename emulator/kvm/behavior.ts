/** Whose code the guest meets (design §5). The differences between the versions stand here and nowhere else. */

/** What user space may set (include/uapi/linux/kvm.h). Power's KVM has no READONLY and refuses it. */
export const LOG_DIRTY_PAGES = 1n << 0n;
/** The bit that the patch of 2011 took for itself in the same word as the user's flags. */
export const memslotIo = 1n << 31n;

export interface Behavior {
  readonly name: string;
  /** Flags of a slot's word that user space may set, by name. */
  readonly userFlags: Readonly<Record<string, bigint>>;
  /** Flags that KVM sets in the same word by itself. */
  readonly internalFlags: Readonly<Record<string, bigint>> & { readonly INVALID: bigint };
  /** KVM_SET_USER_MEMORY_REGION refuses flags that are not user space's. Before v3.7 it took whatever it was given. */
  readonly checksFlags: boolean;
  /** H_ENTER refuses an entry with B = 1x (H_PARAMETER). */
  readonly refusesReservedSegmentSize: boolean;
  /** H_ENTER and H_PROTECT refuse a guest that asks for key 31 (H_PARAMETER). */
  readonly refusesReservedKey: boolean;
  /**
   * How a page without memory stands in the table: valid with key 31, so that the hardware reports a key fault; or
   * absent with key 31, so that it reports no entry and KVM finds the key.
   */
  readonly emulatedEntry: 'valid' | 'absent';
  /** When the guest's memory is got: all of it as the slot is made, for good; or page by page as it is touched, for as
   * long as the mmu notifiers leave it. */
  readonly memory: 'pinned' | 'on demand';
  /** How many slots user space may have. */
  readonly slots: number;
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
  userFlags: { LOG_DIRTY_PAGES },
  internalFlags: { INVALID: 1n << 1n, KVM_MEMSLOT_IO: memslotIo },
  checksFlags: false,
  refusesReservedSegmentSize: false,
  refusesReservedKey: true,
  emulatedEntry: 'valid',
  memory: 'pinned',
  slots: 32,
  guestAmr: reservedKeyBits,
  amor: everyKey & ~reservedKeyBits,
  directionBy: 'DSISR',
  lacksHypercalls: ['H_CLEAR_REF', 'H_CLEAR_MOD'],
  emulationFailure: 'program interrupt',
};
const v3_4: Behavior = {
  name: 'v3.4',
  userFlags: { LOG_DIRTY_PAGES },
  internalFlags: { INVALID: 1n << 1n },
  checksFlags: false,
  refusesReservedSegmentSize: false,
  refusesReservedKey: false,
  emulatedEntry: 'absent',
  memory: 'on demand',
  slots: 32,
  guestAmr: 0n,
  amor: everyKey,
  directionBy: 'instruction',
  lacksHypercalls: ['H_CLEAR_REF', 'H_CLEAR_MOD'],
  emulationFailure: 'program interrupt',
};
const v6_1: Behavior = {
  ...v3_4,
  name: 'v6.1',
  userFlags: { LOG_DIRTY_PAGES, READONLY: 1n << 1n },
  // Bits 16 and up, which user space can neither see nor set (include/linux/kvm_host.h).
  internalFlags: { INVALID: 1n << 16n },
  checksFlags: true,
  slots: 32767,
  lacksHypercalls: [],
  refusesReservedSegmentSize: true,
  emulationFailure: 'data storage interrupt',
};

export const behaviors = { 'rfc-2011': rfc2011, 'v3.4': v3_4, 'v6.1': v6_1 } as const;

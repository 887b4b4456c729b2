import type { Flag, Special } from '../state/special-names';
import type { Arithmetic, Sorts } from './arithmetic';
import type { FloatingPointOperations } from './floating-point-operations';
import type { Operand } from './operand';
import type { VectorOperations } from './vector-operations';

export type Bytes = 1 | 2 | 4 | 8;
export type AccessKind = 'load' | 'store';
/** What the MSR can switch off, so that an instruction of it is refused. */
export type Facility = 'fp' | 'vector' | 'vsx';

/**
 * What an instruction's meaning may ask for. A meaning asks first for all that can fail (load, store, trap, privilege)
 * and writes afterwards, so that a failing instruction has written nothing: isa/effects.ts finds those
 * that do not.
 */
export interface Operations<S extends Sorts, V = S['value'], C = S['condition']>
  extends Arithmetic<S, V, C>, FloatingPointOperations<S, V, C>, VectorOperations<S, V> {
  // Registers
  gpr(register: Operand<'gpr' | 'gprOrZero'>): V;
  setGpr(register: Operand<'gpr'>, value: V): void;
  gprNumbered(number: V): V;
  setGprNumbered(number: V, value: V): void;
  special(name: Special): V;
  setSpecial(name: Special, value: V): void;
  flag(name: Flag): C;
  setFlag(name: Flag, condition: C): void;
  crBit(bit: Operand<'crBit'>): C;
  setCrBit(bit: Operand<'crBit'>, condition: C): void;
  /** A CR field as a number of four bits, its first bit the most significant. */
  crField(field: Operand<'crField'>): V;
  setCrField(
    field: Operand<'crField'> | 'cr0' | 'cr1' | 'cr6',
    bits: readonly [less: C, greater: C, equal: C, summary: C],
  ): void;
  /** All 32 bits of the CR. */
  cr(): V;
  /** Replaces the CR bits under `mask`. */
  setCr(value: V, mask: V): void;

  // Values
  operand(operand: Operand<'small' | 'immediate'>): V;
  currentAddress(): V;
  multiply(a: V, b: V): V;
  multiplyHighSigned(a: V, b: V): V;
  multiplyHighUnsigned(a: V, b: V): V;
  /** The caller has excluded a zero divisor and the one quotient that overflows. */
  divideSigned(a: V, b: V): V;
  divideUnsigned(a: V, b: V): V;
  shiftRightSigned(a: V, amount: V): V;
  rotateLeft(a: V, amount: V): V;
  signExtend(a: V, bits: 8 | 16 | 32): V;
  countLeadingZeros(a: V): V;
  lessSigned(a: V, b: V): C;
  /** The number as results are judged by: all of it or, in 32-bit mode (MSR[SF] = 0), its last 32 bits, extended. */
  inMode(a: V, extension: 'signed' | 'unsigned'): V;
  /** What no engine has an instruction for: a pure function of 64-bit numbers to 64-bit numbers. */
  evaluate<Result extends string>(
    compute: (...inputs: bigint[]) => Readonly<Record<Result, bigint>>,
    ...inputs: readonly V[]
  ): Readonly<Record<Result, V>>;
  /** Ticks of the timebase since the machine started, before an offset that software wrote. */
  timeBase(): V;

  // Memory
  load(address: V, bytes: Bytes): V;
  store(address: V, bytes: Bytes, value: V): void;
  /** Fails now if an access to `length` (at least 1) bytes here would fail; covers the accesses that follow. */
  probe(address: V, length: V, access: AccessKind): void;
  repeat(times: V, body: (index: V) => void): void;
  /** A load that leaves a reservation on its granule (Book II 1.7.4). */
  loadAndReserve(address: V, bytes: Bytes): V;
  /** Stores if the reservation still stands, clears it, and says whether it stored. */
  storeConditional(address: V, bytes: Bytes, value: V): C;

  // Control. A jump is the last thing a meaning asks for.
  jump(address: V, when?: C): void;
  /** A jump relative to the current address; kept apart because an engine can resolve it early. */
  jumpRelative(displacement: Operand<'immediate'>, when?: C): void;
  /**
   * Continues at `address` under a new MSR, and so perhaps in another mode and with another translation. With
   * `exception` a floating-point exception that has been waiting there for its MSR bits is taken first.
   */
  returnFromInterrupt(address: V, msr: V, exception: C): void;
  systemCall(level: number): void;
  trap(when: C): void;
  /** An access that this processor refuses for its alignment, or in this byte order. */
  alignmentInterrupt(when: C, address: V, access: AccessKind): void;
  illegal(when: C): void;
  /** The program has lowered its priority: other threads of the processor may run in its place for a while. */
  giveWay(): void;
  /** The program interrupt that the manual calls TM Bad Thing: a change of transaction state that is not allowed. */
  transactionMisuse(): void;
  /** An interrupt by FSCR or HFSCR, whose first byte will name the facility by `cause`. */
  facilityUnavailable(when: C, hypervisor: boolean, cause: number): void;
  /** The facility's unavailable interrupt unless the MSR has it on: the first thing that a meaning asks for. */
  requireFacility(facility: Facility): void;
  /** A program interrupt of the privileged kind unless the MSR allows it; with a condition, only where that holds. */
  requirePrivilege(level: 'privileged' | 'hypervisor', when?: C): void;

  // Storage control
  slbEntry(index: V): { readonly esid: V; readonly vsid: V };
  setSlbEntry(index: V, esid: V, vsid: V): void;
  /** How an effective address becomes a real one may have changed: engines drop what they have remembered of it. */
  translationChanged(): void;
  /** The instruction bytes in the block at this address may have changed: engines drop what they have decoded. */
  instructionsChanged(address: V): void;
}

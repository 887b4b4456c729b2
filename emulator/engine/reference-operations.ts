import type { Registers } from '../cpu/registers';
import { bigintArithmetic } from '../operations/bigint-arithmetic';
import type { FieldName } from '../isa/fields';
import type { Instruction, IsaVersion } from '../isa/instruction';
import { MSR } from '../isa/machine-state-register';
import type { AccessKind, Facility, Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { unsigned64 } from '../word/unsigned';
import type { GuestStorage } from './guest-storage';
import { referenceFloatingPoint } from './reference-floating-point';
import type { ReferenceSorts } from './reference-sorts';
import { referenceVectors } from './reference-vector';
import { AlignmentRefused, FacilityUnavailable, FacilityWithheld, Refused } from './refusals';

export interface ReferenceOptions {
  readonly isa: IsaVersion;
  /** Ticks of the timebase since the machine started. */
  timeBase(): bigint;
  /** The instruction gives way to other threads. */
  giveWay?(): void;
  /** icbi named this block: whoever keeps decoded instructions drops them. */
  instructionsChanged?(effectiveAddress: bigint): void;
}

/** A word with its operands where operations find them without searching. */
export interface DecodedWord {
  readonly instruction: Instruction;
  /** By an operand's slot. */
  readonly numbers: readonly number[];
  readonly immediate: bigint;
}

export function decodedWord(instruction: Instruction, word: number): DecodedWord {
  const values = instruction.decode(word);
  const numbers: number[] = [];
  let immediate = 0n;
  for (const { name, kind, slot } of instruction.operands) {
    const value = values[name as FieldName] ?? 0;
    if (kind === 'immediate') immediate = unsigned64(BigInt(value));
    else numbers[slot] = value;
  }
  return { instruction, numbers, immediate };
}

/** What the instruction under way is and where it leads; the engine's own, gone when the step ends. */
export interface CurrentStep {
  decoded: DecodedWord | undefined;
  address: bigint;
  next: bigint;
  /** 32-bit mode: of addresses and results only the last 32 bits count (Book I 1.10.3, 3.3.8). */
  narrow: boolean;
  systemCallLevel: number | undefined;
  exceptionWaits: boolean;
}

const facilityBits: Readonly<Record<Facility, bigint>> = { fp: MSR.FP, vector: MSR.VEC, vsx: MSR.VSX };

/** A reservation covers a whole cache block. */
const RESERVATION_GRANULE = 128n;
const NO_RESERVATION = (1n << 64n) - 1n;
const LOW_WORD = 0xffff_ffffn;

/** The vocabulary on bigints, over the registers and storage of one vCPU. */
export function referenceOperations(
  registers: Registers,
  storage: GuestStorage,
  options: ReferenceOptions,
  current: CurrentStep,
): Operations<ReferenceSorts> {
  const number = (operand: { readonly slot: number }) => current.decoded?.numbers[operand.slot] ?? 0;
  const valueOf = (operand: Operand<'small' | 'immediate'>) =>
    operand.kind === 'immediate' ? (current.decoded?.immediate ?? 0n) : BigInt(number(operand));
  const setCrField = (field: number, bits: readonly boolean[]) => {
    for (let bit = 0; bit < 4; bit++) registers.setCrBit(field * 4 + bit, bits[bit] === true);
  };
  const goTo = (address: bigint) => {
    registers.setSpecial('cfar', current.address);
    current.next = unsigned64(address);
  };
  const effective = (address: bigint) => (current.narrow ? address & LOW_WORD : address);
  const granuleOf = (address: bigint, access: AccessKind) =>
    storage.realAddress(address, access) & -RESERVATION_GRANULE;

  return {
    ...bigintArithmetic,
    ...referenceVectors(registers, number),
    ...referenceFloatingPoint(registers, number),

    gpr(register) {
      const n = number(register);
      return n === 0 && register.kind === 'gprOrZero' ? 0n : registers.gpr(n);
    },
    setGpr: (register, value) => registers.setGpr(number(register), value),
    gprNumbered: (n) => registers.gpr(Number(n)),
    setGprNumbered: (n, value) => registers.setGpr(Number(n), value),
    special: (name) => registers.special(name),
    setSpecial: (name, value) => registers.setSpecial(name, value),
    flag: (name) => registers.flag(name),
    setFlag: (name, on) => registers.setFlag(name, on),
    crBit: (bit) => registers.crBit(number(bit)),
    setCrBit: (bit, on) => registers.setCrBit(number(bit), on),
    crField(field) {
      const first = number(field) * 4;
      let bits = 0;
      for (let bit = 0; bit < 4; bit++) bits = bits * 2 + (registers.crBit(first + bit) ? 1 : 0);
      return BigInt(bits);
    },
    setCrField: (field, bits) => setCrField(typeof field === 'string' ? Number(field.slice(2)) : number(field), bits),
    cr: () => BigInt(registers.cr),
    setCr(value, mask) {
      const word = BigInt(registers.cr);
      registers.cr = Number((word & ~mask) | (value & mask & 0xffff_ffffn));
    },

    operand: valueOf,
    inMode(value, extension) {
      if (!current.narrow) return value;
      return extension === 'signed' ? bigintArithmetic.signExtend(value, 32) : value & LOW_WORD;
    },
    evaluate: (compute, ...inputs) => compute(...inputs),
    currentAddress: () => current.address,
    timeBase: () => options.timeBase(),

    load: (address, bytes) => storage.load(effective(address), bytes),
    store: (address, bytes, value) => storage.store(effective(address), bytes, BigInt.asUintN(bytes * 8, value)),
    probe: (address, length, access) => storage.probe(effective(address), Number(length), access),
    repeat(times, body) {
      for (let i = 0n; i < times; i++) body(i);
    },
    loadAndReserve(at, bytes) {
      const address = effective(at);
      const value = storage.load(address, bytes);
      registers.setSpecial('reservationAddress', granuleOf(address, 'load'));
      registers.setSpecial('reservationBytes', BigInt(bytes));
      registers.setSpecial('reservationValue', value);
      return value;
    },
    storeConditional(at, bytes, value) {
      const address = effective(at);
      // Another place in the granule, or another length, would be undefined (Book II 4.4.2): stored, and not stored.
      const granule = granuleOf(address, 'store');
      const stands =
        registers.special('reservationAddress') === granule && registers.special('reservationBytes') === BigInt(bytes);
      if (stands) storage.store(address, bytes, BigInt.asUintN(bytes * 8, value));
      registers.setSpecial('reservationAddress', NO_RESERVATION);
      return stands;
    },

    jump(address, when = true) {
      if (when) goTo(address);
    },
    jumpRelative(displacement, when = true) {
      if (when) goTo(current.address + valueOf(displacement));
    },
    returnFromInterrupt(address, msr, exception) {
      registers.setSpecial('msr', msr);
      current.narrow = (msr & MSR.SF) === 0n;
      storage.contextChanged();
      current.next = address;
      current.exceptionWaits = exception;
    },
    giveWay() {
      options.giveWay?.();
    },
    systemCall(level) {
      current.systemCallLevel = level;
    },
    trap(when) {
      if (when) throw new Refused('trap');
    },
    alignmentInterrupt(when, address, access) {
      if (when) throw new AlignmentRefused(effective(address), access === 'store');
    },
    illegal(when) {
      if (when) throw new Refused('illegal');
    },
    transactionMisuse() {
      throw new Refused('transaction');
    },
    facilityUnavailable(when, hypervisor, cause) {
      if (when) throw new FacilityWithheld(hypervisor, cause);
    },
    requireFacility(facility) {
      if ((registers.special('msr') & facilityBits[facility]) === 0n) throw new FacilityUnavailable(facility);
    },
    requirePrivilege(level, when = true) {
      const msr = registers.special('msr');
      const allowed = (msr & MSR.PR) === 0n && (level === 'privileged' || (msr & MSR.HV) !== 0n);
      if (when && !allowed) throw new Refused('privileged');
    },

    slbEntry: (index) => registers.slbEntry(Number(index)),
    setSlbEntry: (index, esid, vsid) => registers.setSlbEntry(Number(index), { esid, vsid }),
    translationChanged: () => storage.translationChanged(),
    instructionsChanged: (address) => options.instructionsChanged?.(effective(address)),
  };
}

/** From a frame to its caller's by the call frame information of the program. */
import { evaluateNumber, type ExpressionHome, type FrameState } from '../symbols/dwarf/evaluate';
import type { FrameAddressRule, RegisterRule } from '../symbols/dwarf/frame-instructions';
import type { UnwindRow } from '../symbols/dwarf/frame-table';
import { optimizedOut } from '../symbols/dwarf/location';
import { dwarfRegister, type FrameRegisters, type SavedRegister } from './frame-registers';
import { isLittleEndian, readNumber, type VcpuOfGuest } from './guest';

export interface Caller {
  /** Where it goes on. */
  readonly address: bigint;
  readonly registers: FrameRegisters;
  /** It was interrupted, and did not call. */
  readonly isInterrupted: boolean;
}

/** The canonical frame address of a frame: what its stack pointer was at the call. */
export function frameAddress(of: VcpuOfGuest, rule: FrameAddressRule, registers: FrameRegisters): bigint | undefined {
  if (rule.kind === 'expression') return expressionValue(of, rule.bytes, registers, []);
  const base = registers(rule.number)?.value;
  return base === undefined ? undefined : BigInt.asUintN(64, base + rule.offset);
}

/** Undefined where the outermost frame is reached, or memory cannot be read. */
export function callerByFrameInformation(
  of: VcpuOfGuest,
  row: UnwindRow,
  registers: FrameRegisters,
): Caller | undefined {
  const base = frameAddress(of, row.frameAddress, registers);
  if (base === undefined) return undefined;
  const known = new Map<number, SavedRegister | undefined>();
  const callerRegisters: FrameRegisters = (number) => {
    if (!known.has(number)) known.set(number, registerOfCaller(of, row, registers, base, number));
    return known.get(number);
  };
  const address = callerRegisters(row.returnAddress)?.value;
  if (address === undefined || address === 0n) return undefined;
  return { address, registers: callerRegisters, isInterrupted: row.isSignalFrame };
}

function registerOfCaller(
  of: VcpuOfGuest,
  row: UnwindRow,
  registers: FrameRegisters,
  base: bigint,
  number: number,
): SavedRegister | undefined {
  const rule: RegisterRule | undefined =
    row.registers.get(number) ??
    (number === dwarfRegister.STACK_POINTER ? { kind: 'offset', offset: 0n } : alias(row, number));
  if (!rule) return row.isSignalFrame || !isVolatile(number) ? registers(number) : undefined;
  const computed = (value: bigint | undefined): SavedRegister | undefined =>
    value === undefined ? undefined : { value: BigInt.asUintN(64, value), place: { kind: 'none' } };
  const inMemory = (address: bigint | undefined): SavedRegister | undefined => {
    if (address === undefined) return undefined;
    const at = BigInt.asUintN(64, address);
    const value = readNumber(of, at, 8);
    return value === undefined ? undefined : { value, place: { kind: 'memory', address: at } };
  };
  switch (rule.kind) {
    case 'undefined':
      return undefined;
    case 'same':
      return registers(number);
    case 'at-offset':
      return inMemory(base + rule.offset);
    case 'offset':
      return computed(base + rule.offset);
    case 'register':
      return registers(rule.number);
    case 'at-expression':
      return inMemory(expressionValue(of, rule.bytes, registers, [base]));
    case 'expression':
      return computed(expressionValue(of, rule.bytes, registers, [base]));
  }
}

/** What a function may change as it likes: r0, r3 to r12 and f0 to f13 (ELFv2 ABI 2.2.1.1). A caller has lost them. */
const isVolatile = (number: number): boolean =>
  number === 0 || (number >= 3 && number <= 12) || (number >= 32 && number <= 45);

/** LR and CTR have two numbers each. */
function alias({ registers }: UnwindRow, number: number): RegisterRule | undefined {
  if (number === dwarfRegister.STANDARD_LR) return registers.get(dwarfRegister.LR);
  return number === dwarfRegister.STANDARD_CTR ? registers.get(dwarfRegister.CTR) : undefined;
}

/** Call frame information stands in no unit, and may refer to nothing outside itself. */
const home: ExpressionHome = {
  header: { addressSize: 8, is64: false, offset: 0 },
  information: { entryAt: () => undefined },
  addressOfIndex: () => undefined,
  entryAt: () => undefined,
};

function expressionValue(
  of: VcpuOfGuest,
  bytes: Uint8Array,
  registers: FrameRegisters,
  initial: readonly bigint[],
): bigint | undefined {
  const state: FrameState = {
    littleEndian: isLittleEndian(of.vcpu),
    register: (number) => registers(number)?.value,
    memory: (address, length) => {
      const read = of.target.readMemory(of.vcpu.number, address, length);
      return read.length < length ? undefined : read;
    },
    frameBase: () => undefined,
    canonicalFrameAddress: () => undefined,
    registerAtEntry: () => undefined,
    parameterAtEntry: () => undefined,
    locationOf: () => optimizedOut,
  };
  return evaluateNumber(bytes, home, state, initial);
}

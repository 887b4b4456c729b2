/** An instruction done on sample values, to see what it asks for. A meaning has no branches, so that one run shows all. */
import type { AccessKind, Bytes, Operations } from '../operations/instruction-operations';
import { bigintArithmetic } from '../operations/bigint-arithmetic';
import { bigintVectors } from '../operations/bigint-vectors';
import type { FieldName, Values } from './fields';
import type { Instruction } from './instruction';

export interface BigintSorts {
  readonly value: bigint;
  readonly condition: boolean;
  readonly vector: bigint;
}

/** One thing that a meaning asked for, in order. Places are called r3, cr0, lr, ca, slb, reservation. */
export type Request =
  | { readonly kind: 'read'; readonly place: string }
  | { readonly kind: 'write'; readonly place: string; readonly value?: bigint }
  | { readonly kind: AccessKind; readonly bytes: Bytes; readonly value: bigint; readonly reserves: boolean }
  | { readonly kind: 'probe' }
  | { readonly kind: 'refuse' }
  /** What only comes after everything has been written. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'jump' }
  | { readonly kind: 'change' };

/** Registers that can be told apart, in value and in each byte, and whose bytes all have their first bit set. */
export const sampleGpr = (number: number): bigint => 0x8091_a2b3_c4d5_e6f7n + BigInt(number) * 0x0001_0001_0001_0001n;
const sampleVr = (number: number): bigint => (sampleGpr(number) << 64n) | sampleGpr(number + 32);
/** What a load of so many bytes finds. */
const sampleLoad = (bytes: Bytes): bigint => 0xf1e2_d3c4_b5a6_9788n >> BigInt(64 - bytes * 8);

/** A VSR by the name of the FPR that it holds, or of the VR that it is. */
const vsrPlace = (number: number): string => (number < 32 ? `f${number}` : `v${number - 32}`);

/** Making the vocabulary costs more than an observation, so that all observations share one. */
function observer(): (instruction: Instruction, word: number) => Request[] {
  let values: Values = {};
  let requests: Request[] = [];
  const number = (operand: { readonly name: string }) => values[operand.name as FieldName] ?? 0;
  const read = (place: string) => requests.push({ kind: 'read', place });
  const write = (place: string, value?: bigint) =>
    requests.push(value === undefined ? { kind: 'write', place } : { kind: 'write', place, value });
  const refuse = () => void requests.push({ kind: 'refuse' });
  const jump = () => void requests.push({ kind: 'jump' });
  const change = () => void requests.push({ kind: 'change' });
  const crFieldOfBit = (operand: { readonly name: string }) => `cr${number(operand) >> 2}`;
  const readGpr = (n: number) => {
    read(`r${n}`);
    return sampleGpr(n);
  };
  const load = (bytes: Bytes, reserves: boolean) => {
    requests.push({ kind: 'load', bytes, value: sampleLoad(bytes), reserves });
    return sampleLoad(bytes);
  };

  const op: Operations<BigintSorts> = {
    ...bigintArithmetic,
    ...bigintVectors,
    vr(o) {
      read(`v${number(o)}`);
      return sampleVr(number(o));
    },
    setVr: (o) => void write(`v${number(o)}`),
    evaluate: (compute, ...inputs) => compute(...inputs),
    gpr: (o) => (o.kind === 'gprOrZero' && number(o) === 0 ? 0n : readGpr(number(o))),
    setGpr: (o, value) => void write(`r${number(o)}`, value),
    gprNumbered: (n) => readGpr(Number(n)),
    setGprNumbered: (n, value) => void write(`r${n}`, value),
    special(name) {
      read(name);
      return 0n;
    },
    setSpecial: (name) => void write(name),
    flag(name) {
      read(name);
      return false;
    },
    setFlag: (name) => void write(name),
    crBit(o) {
      read(crFieldOfBit(o));
      return false;
    },
    setCrBit: (o) => void write(crFieldOfBit(o)),
    crField(o) {
      read(`cr${number(o)}`);
      return 0n;
    },
    setCrField: (o) => void write(typeof o === 'string' ? o : `cr${number(o)}`),
    cr() {
      for (let field = 0; field < 8; field++) read(`cr${field}`);
      return 0n;
    },
    setCr(_value, mask) {
      for (let field = 0; field < 8; field++) if ((mask >> BigInt(28 - field * 4)) & 15n) write(`cr${field}`);
    },

    operand: (o) => bigintArithmetic.constant(number(o)),
    currentAddress: () => 0n,
    timeBase: () => 0n,

    load: (_address, bytes) => load(bytes, false),
    store: (_address, bytes, value) => void requests.push({ kind: 'store', bytes, value, reserves: false }),
    probe: () => void requests.push({ kind: 'probe' }),
    repeat(times, body) {
      for (let i = 0n; i < times; i++) body(i);
    },
    loadAndReserve(_address, bytes) {
      const value = load(bytes, true);
      write('reservation');
      return value;
    },
    storeConditional(_address, bytes, value) {
      read('reservation');
      requests.push({ kind: 'store', bytes, value, reserves: true });
      write('reservation');
      return true;
    },

    jump,
    jumpRelative: jump,
    returnFromInterrupt() {
      write('msr');
      jump();
    },
    systemCall: jump,
    giveWay: () => undefined,
    trap: refuse,
    alignmentInterrupt: refuse,
    illegal: refuse,
    facilityUnavailable: refuse,
    transactionMisuse: refuse,
    inMode: (a) => a,
    vsr(o, doubleword) {
      read(vsrPlace(number(o)));
      return sampleGpr(number(o) + 32 * doubleword);
    },
    setVsr: (o) => void write(vsrPlace(number(o))),
    fprNumbered(n) {
      read(`f${n}`);
      return sampleGpr(Number(n));
    },
    setFprNumbered: (n) => void write(`f${n}`),
    floatingPoint: () => ({ result: 0n, status: 0n }),
    floatingPointInterrupt: () => void requests.push({ kind: 'interrupt' }),
    requireFacility() {
      refuse();
      read('msr');
    },
    requirePrivilege() {
      refuse();
      read('msr');
    },

    slbEntry() {
      read('slb');
      return { esid: 0n, vsid: 0n };
    },
    setSlbEntry: () => void write('slb'),
    translationChanged: change,
    instructionsChanged: change,
  };
  return (instruction, word) => {
    values = instruction.decode(word);
    requests = [];
    instruction.apply(op);
    return requests;
  };
}

/** What an instruction asks for, with the operands of this word. */
export const observe = observer();

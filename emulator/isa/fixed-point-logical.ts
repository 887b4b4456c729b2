import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Alias } from './assembly';
import { invert, low32, setResult } from './idioms';
import { instruction } from './instruction';

type Binary = <S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']) => S['value'];
type Unary = <S extends Sorts>(op: Operations<S>, a: S['value']) => S['value'];

interface ImmediateValues {
  readonly rs: number;
  readonly ra: number;
  readonly ui: number;
}
const shifted: Unary = (op, immediate) => op.shiftLeft(immediate, op.constant(16));
const unshifted: Unary = (_op, immediate) => immediate;
const doesNothing = ({ rs, ra, ui }: ImmediateValues) => rs === 0 && ra === 0 && ui === 0;

const withImmediate = (
  mnemonic: string,
  opcode: number,
  combine: Binary,
  immediate: Unary,
  aliases: Alias<ImmediateValues>[] = [],
) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 rs ra ui` as const,
    assembly: 'ra,rs,ui',
    aliases,
    meaning: (op, { rs, ra, ui }) =>
      setResult(op, ra, combine(op, op.gpr(rs), immediate(op, op.operand(ui))), mnemonic.endsWith('.') ? 1 : 0),
  });
const ofRegisters = (
  mnemonic: string,
  extended: number,
  combine: Binary,
  aliases: Alias<{ readonly rs: number; readonly rb: number }>[] = [],
) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra rb ${extended}:10 rc` as const,
    assembly: 'ra,rs,rb',
    aliases,
    meaning: (op, { rs, ra, rb, rc }) => setResult(op, ra, combine(op, op.gpr(rs), op.gpr(rb)), rc),
  });
const ofOneRegister = (mnemonic: string, extended: number, compute: Unary) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra /:5 ${extended}:10 rc` as const,
    assembly: 'ra,rs',
    meaning: (op, { rs, ra, rc }) => setResult(op, ra, compute(op, op.gpr(rs)), rc),
  });
/** Those without a record form. */
const ofOneRegisterOnly = (mnemonic: string, extended: number, compute: Unary) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra /:5 ${extended}:10 /:1` as const,
    assembly: 'ra,rs',
    meaning: (op, { rs, ra }) => op.setGpr(ra, compute(op, op.gpr(rs))),
  });

const and: Binary = (op, a, b) => op.and(a, b);
const or: Binary = (op, a, b) => op.or(a, b);
const xor: Binary = (op, a, b) => op.xor(a, b);

/** How many ones each group of bits has, from pairs on; `bits` is how wide the groups become. */
export const populationCount =
  (bits: 8 | 16 | 32 | 64): Unary =>
  (op, value) => {
    const sums = (x: typeof value, by: number, mask: bigint) =>
      op.add(op.and(x, op.constant(mask)), op.and(op.shiftRight(x, op.constant(by)), op.constant(mask)));
    const steps = [
      [1, 0x5555_5555_5555_5555n],
      [2, 0x3333_3333_3333_3333n],
      [4, 0x0f0f_0f0f_0f0f_0f0fn],
      [8, 0x00ff_00ff_00ff_00ffn],
      [16, 0x0000_ffff_0000_ffffn],
      [32, 0x0000_0000_ffff_ffffn],
    ] as const;
    return steps.filter(([by]) => by < bits).reduce((x, [by, mask]) => sums(x, by, mask), value);
  };

/** The parity of the last bits of a group's bytes. */
const parity =
  (bits: 32 | 64): Unary =>
  (op, value) => {
    const fold = (x: typeof value, by: number) => op.xor(x, op.shiftRight(x, op.constant(by)));
    const ofWords = fold(fold(value, 16), 8);
    return bits === 32
      ? op.and(ofWords, op.constant(0x0000_0001_0000_0001n))
      : op.and(fold(ofWords, 32), op.constant(1));
  };

/** A byte of ones for each byte in which a and b agree. */
const compareBytes: Binary = (op, a, b) => {
  const differences = op.xor(a, b);
  const sevenBits = op.constant(0x7f7f_7f7f_7f7f_7f7fn);
  const carried = op.add(op.and(differences, sevenBits), sevenBits);
  const same = invert(op, op.or(op.or(carried, differences), sevenBits));
  return op.multiply(op.shiftRight(same, op.constant(7)), op.constant(0xff));
};

/** Each byte of a chooses a bit of b, or zero if it is beyond 63. */
const permuteBits: Binary = (op, a, b) => {
  const chosen = Array.from({ length: 8 }, (_, i) => {
    const index = op.and(op.shiftRight(a, op.constant(56 - i * 8)), op.constant(0xff));
    const bit = op.and(op.shiftRight(b, op.subtract(op.constant(63), index)), op.constant(1));
    const inside = op.lessUnsigned(index, op.constant(64));
    return op.shiftLeft(op.select(inside, bit, op.constant(0)), op.constant(7 - i));
  });
  return chosen.reduce((all, one) => op.or(all, one));
};

/** Book I 3.3.12 and 3.3.13. */
export const fixedPointLogical = [
  withImmediate('andi.', 28, and, unshifted),
  withImmediate('andis.', 29, and, shifted),
  withImmediate('ori', 24, or, unshifted, [{ mnemonic: 'nop', assembly: '', when: doesNothing }]),
  withImmediate('oris', 25, or, shifted),
  withImmediate('xori', 26, xor, unshifted, [{ mnemonic: 'xnop', assembly: '', when: doesNothing }]),
  withImmediate('xoris', 27, xor, shifted),
  ofRegisters('and', 28, and),
  ofRegisters('andc', 60, (op, a, b) => op.and(a, invert(op, b))),
  ofRegisters('nand', 476, (op, a, b) => invert(op, op.and(a, b))),
  instruction({
    mnemonic: 'or',
    encoding: '31:6 rs ra rb 444:10 rc',
    assembly: 'ra,rs,rb',
    aliases: [
      // Shared resources hints for other threads, of which there are none here (Book II 3.2).
      ...([26, 27, 29, 30] as const).map((hint) => ({
        mnemonic: { 26: 'miso', 27: 'yield', 29: 'mdoio', 30: 'mdoom' }[hint],
        assembly: '',
        when: { rs: hint, ra: hint, rb: hint, rc: 0 },
      })),
      { mnemonic: 'mr', assembly: 'ra,rs', when: ({ rs, rb }) => rs === rb },
    ],
    // program-priority.ts has those that set a priority.
    otherwise: true,
    meaning: (op, { rs, ra, rb, rc }) => setResult(op, ra, or(op, op.gpr(rs), op.gpr(rb)), rc),
  }),
  ofRegisters('orc', 412, (op, a, b) => op.or(a, invert(op, b))),
  ofRegisters('nor', 124, (op, a, b) => invert(op, op.or(a, b)), [
    { mnemonic: 'not', assembly: 'ra,rs', when: ({ rs, rb }) => rs === rb },
  ]),
  ofRegisters('xor', 316, xor),
  ofRegisters('eqv', 284, (op, a, b) => invert(op, op.xor(a, b))),
  ofOneRegister('extsb', 954, (op, a) => op.signExtend(a, 8)),
  ofOneRegister('extsh', 922, (op, a) => op.signExtend(a, 16)),
  ofOneRegister('extsw', 986, (op, a) => op.signExtend(a, 32)),
  ofOneRegister('cntlzw', 26, (op, a) => op.subtract(op.countLeadingZeros(low32(op, a)), op.constant(32))),
  ofOneRegister('cntlzd', 58, (op, a) => op.countLeadingZeros(a)),
  ofOneRegisterOnly('popcntb', 122, populationCount(8)),
  ofOneRegisterOnly('popcntw', 378, populationCount(32)),
  ofOneRegisterOnly('popcntd', 506, populationCount(64)),
  ofOneRegisterOnly('prtyw', 154, parity(32)),
  ofOneRegisterOnly('prtyd', 186, parity(64)),
  instruction({
    mnemonic: 'cmpb',
    encoding: '31:6 rs ra rb 508:10 /:1',
    assembly: 'ra,rs,rb',
    meaning: (op, { rs, ra, rb }) => op.setGpr(ra, compareBytes(op, op.gpr(rs), op.gpr(rb))),
  }),
  instruction({
    mnemonic: 'bpermd',
    encoding: '31:6 rs ra rb 252:10 /:1',
    assembly: 'ra,rs,rb',
    meaning: (op, { rs, ra, rb }) => op.setGpr(ra, permuteBits(op, op.gpr(rs), op.gpr(rb))),
  }),
];

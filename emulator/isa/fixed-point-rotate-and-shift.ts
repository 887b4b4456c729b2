import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { hasAny, isNegative, isZero, low32, merge, setResult } from './idioms';
import { instruction } from './instruction';

/** Ones from bit `first` to bit `last`, which wrap around the word where first > last. */
function mask<S extends Sorts>(op: Operations<S>, first: S['value'], last: S['value']): S['value'] {
  const fromFirst = op.shiftRight(op.constant(-1), first);
  const upToLast = op.shiftLeft(op.constant(-1), op.subtract(op.constant(63), last));
  return op.select(op.lessUnsigned(last, first), op.or(fromFirst, upToLast), op.and(fromFirst, upToLast));
}
/** A bit number of the low word. */
const inLowWord = <S extends Sorts>(op: Operations<S>, bit: Operand<'small'>): S['value'] =>
  op.add(op.operand(bit), op.constant(32));

/** A word rotated as the manual does it: it stands in both halves of the doubleword. */
function rotateWord<S extends Sorts>(op: Operations<S>, value: S['value'], amount: S['value']): S['value'] {
  const word = low32(op, value);
  return op.rotateLeft(op.or(word, op.shiftLeft(word, op.constant(32))), amount);
}
const lastBits = <S extends Sorts>(op: Operations<S>, value: S['value'], bits: 5 | 6): S['value'] =>
  op.and(value, op.constant(2 ** bits - 1));
/** From bit `first` to the end, and from the start to bit `last`. */
const maskFrom = <S extends Sorts>(op: Operations<S>, first: Operand<'small'>): S['value'] =>
  op.shiftRight(op.constant(-1), op.operand(first));
const maskUpTo = <S extends Sorts>(op: Operations<S>, last: Operand<'small'>): S['value'] =>
  op.shiftLeft(op.constant(-1), op.subtract(op.constant(63), op.operand(last)));
/** MB to 63 - SH. */
const maskBesideShift = <S extends Sorts>(op: Operations<S>, first: Operand<'small'>, shift: Operand<'small'>) =>
  mask(op, op.operand(first), op.subtract(op.constant(63), op.operand(shift)));

const rotates = [
  instruction({
    mnemonic: 'rlwinm',
    encoding: '21:6 rs ra sh mb me rc',
    assembly: 'ra,rs,sh,mb,me',
    aliases: [
      { mnemonic: 'rotlwi', assembly: 'ra,rs,sh', when: { mb: 0, me: 31 } },
      { mnemonic: 'clrlwi', assembly: 'ra,rs,mb', when: { sh: 0, me: 31 } },
      { mnemonic: 'clrrwi', assembly: 'ra,rs,me', when: { sh: 0, mb: 0 }, shown: ({ me }) => ({ me: 31 - me }) },
      { mnemonic: 'slwi', assembly: 'ra,rs,sh', when: ({ sh, mb, me }) => mb === 0 && me === 31 - sh },
      { mnemonic: 'srwi', assembly: 'ra,rs,mb', when: ({ sh, mb, me }) => me === 31 && sh === 32 - mb },
    ],
    meaning: (op, { rs, ra, sh, mb, me, rc }) => {
      const rotated = rotateWord(op, op.gpr(rs), op.operand(sh));
      setResult(op, ra, op.and(rotated, mask(op, inLowWord(op, mb), inLowWord(op, me))), rc);
    },
  }),
  instruction({
    mnemonic: 'rlwnm',
    encoding: '23:6 rs ra rb mb me rc',
    assembly: 'ra,rs,rb,mb,me',
    aliases: [{ mnemonic: 'rotlw', assembly: 'ra,rs,rb', when: { mb: 0, me: 31 } }],
    meaning: (op, { rs, ra, rb, mb, me, rc }) => {
      const rotated = rotateWord(op, op.gpr(rs), lastBits(op, op.gpr(rb), 5));
      setResult(op, ra, op.and(rotated, mask(op, inLowWord(op, mb), inLowWord(op, me))), rc);
    },
  }),
  instruction({
    mnemonic: 'rlwimi',
    encoding: '20:6 rs ra sh mb me rc',
    assembly: 'ra,rs,sh,mb,me',
    meaning: (op, { rs, ra, sh, mb, me, rc }) => {
      const rotated = rotateWord(op, op.gpr(rs), op.operand(sh));
      setResult(op, ra, merge(op, op.gpr(ra), rotated, mask(op, inLowWord(op, mb), inLowWord(op, me))), rc);
    },
  }),
  instruction({
    mnemonic: 'rldicl',
    encoding: '30:6 rs ra sh6 mb6 mb6^ 0:3 sh6^ rc',
    assembly: 'ra,rs,sh6,mb6',
    aliases: [
      { mnemonic: 'rotldi', assembly: 'ra,rs,sh6', when: { mb6: 0 } },
      { mnemonic: 'clrldi', assembly: 'ra,rs,mb6', when: { sh6: 0 } },
      { mnemonic: 'srdi', assembly: 'ra,rs,mb6', when: ({ sh6, mb6 }) => sh6 === 64 - mb6 },
    ],
    meaning: (op, { rs, ra, sh6, mb6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), op.operand(sh6));
      setResult(op, ra, op.and(rotated, maskFrom(op, mb6)), rc);
    },
  }),
  instruction({
    mnemonic: 'rldicr',
    encoding: '30:6 rs ra sh6 me6 me6^ 1:3 sh6^ rc',
    assembly: 'ra,rs,sh6,me6',
    aliases: [
      { mnemonic: 'clrrdi', assembly: 'ra,rs,me6', when: { sh6: 0 }, shown: ({ me6 }) => ({ me6: 63 - me6 }) },
      { mnemonic: 'sldi', assembly: 'ra,rs,sh6', when: ({ sh6, me6 }) => me6 === 63 - sh6 },
    ],
    meaning: (op, { rs, ra, sh6, me6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), op.operand(sh6));
      setResult(op, ra, op.and(rotated, maskUpTo(op, me6)), rc);
    },
  }),
  instruction({
    mnemonic: 'rldic',
    encoding: '30:6 rs ra sh6 mb6 mb6^ 2:3 sh6^ rc',
    assembly: 'ra,rs,sh6,mb6',
    meaning: (op, { rs, ra, sh6, mb6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), op.operand(sh6));
      setResult(op, ra, op.and(rotated, maskBesideShift(op, mb6, sh6)), rc);
    },
  }),
  instruction({
    mnemonic: 'rldimi',
    encoding: '30:6 rs ra sh6 mb6 mb6^ 3:3 sh6^ rc',
    assembly: 'ra,rs,sh6,mb6',
    meaning: (op, { rs, ra, sh6, mb6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), op.operand(sh6));
      setResult(op, ra, merge(op, op.gpr(ra), rotated, maskBesideShift(op, mb6, sh6)), rc);
    },
  }),
  instruction({
    mnemonic: 'rldcl',
    encoding: '30:6 rs ra rb mb6 mb6^ 8:4 rc',
    assembly: 'ra,rs,rb,mb6',
    aliases: [{ mnemonic: 'rotld', assembly: 'ra,rs,rb', when: { mb6: 0 } }],
    meaning: (op, { rs, ra, rb, mb6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), lastBits(op, op.gpr(rb), 6));
      setResult(op, ra, op.and(rotated, maskFrom(op, mb6)), rc);
    },
  }),
  instruction({
    mnemonic: 'rldcr',
    encoding: '30:6 rs ra rb me6 me6^ 9:4 rc',
    assembly: 'ra,rs,rb,me6',
    meaning: (op, { rs, ra, rb, me6, rc }) => {
      const rotated = op.rotateLeft(op.gpr(rs), lastBits(op, op.gpr(rb), 6));
      setResult(op, ra, op.and(rotated, maskUpTo(op, me6)), rc);
    },
  }),
];

interface ShiftTarget {
  readonly ra: Operand<'gpr'>;
  readonly rc: number;
}

/** Shifts copies of the sign in; CA says that a negative number lost ones. The amount is below 64. */
function shiftAlgebraic<S extends Sorts>(
  op: Operations<S>,
  { ra, rc }: ShiftTarget,
  value: S['value'],
  amount: S['value'],
): void {
  const lost = op.and(value, op.subtract(op.shiftLeft(op.constant(1), amount), op.constant(1)));
  op.setFlag('ca', op.both(isNegative(op, value), op.not(isZero(op, lost))));
  setResult(op, ra, op.shiftRightSigned(value, amount), rc);
}
/** Amounts of 64 to 127 leave nothing, or only signs. */
const beyondDoubleword = <S extends Sorts>(op: Operations<S>, amount: S['value']): S['condition'] =>
  hasAny(op, amount, 64);

const logicalShift = (
  mnemonic: string,
  extended: number,
  shift: <S extends Sorts>(op: Operations<S>, value: S['value'], amount: S['value']) => S['value'],
) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra rb ${extended}:10 rc` as const,
    assembly: 'ra,rs,rb',
    meaning: (op, { rs, ra, rb, rc }) => setResult(op, ra, shift(op, op.gpr(rs), op.gpr(rb)), rc),
  });

const shifts = [
  // Amounts of 32 to 63 move a word out of its half, as they should.
  logicalShift('slw', 24, (op, value, amount) => low32(op, op.shiftLeft(value, lastBits(op, amount, 6)))),
  logicalShift('srw', 536, (op, value, amount) => op.shiftRight(low32(op, value), lastBits(op, amount, 6))),
  logicalShift('sld', 27, (op, value, amount) =>
    op.select(beyondDoubleword(op, amount), op.constant(0), op.shiftLeft(value, lastBits(op, amount, 6))),
  ),
  logicalShift('srd', 539, (op, value, amount) =>
    op.select(beyondDoubleword(op, amount), op.constant(0), op.shiftRight(value, lastBits(op, amount, 6))),
  ),
  instruction({
    mnemonic: 'sraw',
    encoding: '31:6 rs ra rb 792:10 rc',
    assembly: 'ra,rs,rb',
    meaning: (op, { rs, rb, ...target }) =>
      shiftAlgebraic(op, target, op.signExtend(op.gpr(rs), 32), lastBits(op, op.gpr(rb), 6)),
  }),
  instruction({
    mnemonic: 'srawi',
    encoding: '31:6 rs ra sh 824:10 rc',
    assembly: 'ra,rs,sh',
    meaning: (op, { rs, sh, ...target }) => shiftAlgebraic(op, target, op.signExtend(op.gpr(rs), 32), op.operand(sh)),
  }),
  instruction({
    mnemonic: 'srad',
    encoding: '31:6 rs ra rb 794:10 rc',
    assembly: 'ra,rs,rb',
    meaning: (op, { rs, ra, rb, rc }) => {
      const value = op.gpr(rs);
      const amount = op.gpr(rb);
      const beyond = beyondDoubleword(op, amount);
      const within = lastBits(op, amount, 6);
      const ones = op.subtract(op.shiftLeft(op.constant(1), within), op.constant(1));
      const lost = op.and(value, op.select(beyond, op.constant(-1), ones));
      op.setFlag('ca', op.both(isNegative(op, value), op.not(isZero(op, lost))));
      setResult(op, ra, op.shiftRightSigned(value, op.select(beyond, op.constant(63), within)), rc);
    },
  }),
  instruction({
    mnemonic: 'sradi',
    encoding: '31:6 rs ra sh6 413:9 sh6^ rc',
    assembly: 'ra,rs,sh6',
    meaning: (op, { rs, sh6, ...target }) => shiftAlgebraic(op, target, op.gpr(rs), op.operand(sh6)),
  }),
];

/** Book I 3.3.14. */
export const fixedPointRotateAndShift = [...rotates, ...shifts];

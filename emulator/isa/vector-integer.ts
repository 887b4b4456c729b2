import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element } from '../operations/vector-operations';
import { asNumber, invert } from './idioms';
import {
  elementsOf,
  gathered,
  lanewise,
  ofThree,
  ofTwo,
  quadwordOf,
  saturate,
  saturatingOfTwo,
  sb,
  sd,
  sh,
  sw,
  ub,
  ud,
  uh,
  uw,
  vectorOfQuadword,
  type Combine,
  type FormOptions,
  type Quadword,
} from './vector';

const since207 = { since: '2.07' } as const;
const add: Combine = (op, a, b) => op.add(a, b);
const subtract: Combine = (op, a, b) => op.subtract(a, b);

/** Modulo arithmetic: what does not fit an element is lost. */
const each = (mnemonic: string, extended: number, type: Element, combine: Combine, options: FormOptions = {}) =>
  ofTwo(mnemonic, extended, lanewise(type, combine), options);
const eachSaturated = (mnemonic: string, extended: number, type: Element, combine: Combine) =>
  saturatingOfTwo(mnemonic, extended, (op, a, b) => {
    const others = elementsOf(op, b, type);
    const results = elementsOf(op, a, type).map((one, i) => saturate(op, combine(op, one, others[i]!), type));
    return gathered(op, type.bits, results);
  });

/** The sum of two numbers of 128 bits and a carry, with the carry out. */
function addQuadwords<S extends Sorts>(op: Operations<S>, a: Quadword<S>, b: Quadword<S>, carry: S['value']) {
  const withCarry = (x: S['value'], y: S['value'], carryIn: S['value']) => {
    const partial = op.add(x, y);
    const sum = op.add(partial, carryIn);
    return { sum, out: asNumber(op, op.either(op.lessUnsigned(partial, x), op.lessUnsigned(sum, partial))) };
  };
  const low = withCarry(a.low, b.low, carry);
  const high = withCarry(a.high, b.high, low.out);
  return { sum: { high: high.sum, low: low.sum }, carry: high.out };
}
const inverted = <S extends Sorts>(op: Operations<S>, { high, low }: Quadword<S>): Quadword<S> => ({
  high: invert(op, high),
  low: invert(op, low),
});
type Wanted = 'sum' | 'carry';
function wholeSum<S extends Sorts>(
  op: Operations<S>,
  a: Quadword<S>,
  b: Quadword<S>,
  carryIn: S['value'],
  wanted: Wanted,
): S['vector'] {
  const { sum, carry } = addQuadwords(op, a, b, carryIn);
  return vectorOfQuadword(op, wanted === 'sum' ? sum : { high: op.constant(0), low: carry });
}
/** A difference is a sum with the complement, and a carry of 1. */
const wholeQuadword = (mnemonic: string, extended: number, direction: 'add' | 'subtract', wanted: Wanted) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) => {
      const subtracting = direction === 'subtract';
      const second = subtracting ? inverted(op, quadwordOf(op, b)) : quadwordOf(op, b);
      return wholeSum(op, quadwordOf(op, a), second, op.constant(subtracting ? 1 : 0), wanted);
    },
    since207,
  );
/** The carry in is the last bit of VRC. */
const extendedQuadword = (mnemonic: string, extended: number, direction: 'add' | 'subtract', wanted: Wanted) =>
  ofThree(
    mnemonic,
    extended,
    (op, a, b, c) => {
      const second = direction === 'subtract' ? inverted(op, quadwordOf(op, b)) : quadwordOf(op, b);
      return wholeSum(op, quadwordOf(op, a), second, op.and(quadwordOf(op, c).low, op.constant(1)), wanted);
    },
    since207,
  );

const average: Combine = (op, a, b) => op.shiftRightSigned(op.add(op.add(a, b), op.constant(1)), op.constant(1));
const less = <S extends Sorts>(op: Operations<S>, type: Element, a: S['value'], b: S['value']): S['condition'] =>
  type.signed ? op.lessSigned(a, b) : op.lessUnsigned(a, b);
const greatest = (mnemonic: string, extended: number, type: Element, options: FormOptions = {}) =>
  each(mnemonic, extended, type, (op, a, b) => op.select(less(op, type, a, b), b, a), options);
const least = (mnemonic: string, extended: number, type: Element, options: FormOptions = {}) =>
  each(mnemonic, extended, type, (op, a, b) => op.select(less(op, type, a, b), a, b), options);

/** Book I 6.9.1.1, 6.9.1.2: add and subtract. */
export const vectorAdd = [
  each('vaddcuw', 384, uw, (op, a, b) => op.shiftRight(op.add(a, b), op.constant(32))),
  eachSaturated('vaddsbs', 768, sb, add),
  eachSaturated('vaddshs', 832, sh, add),
  eachSaturated('vaddsws', 896, sw, add),
  each('vaddubm', 0, ub, add),
  each('vadduhm', 64, uh, add),
  each('vadduwm', 128, uw, add),
  each('vaddudm', 192, ud, add, since207),
  eachSaturated('vaddubs', 512, ub, add),
  eachSaturated('vadduhs', 576, uh, add),
  eachSaturated('vadduws', 640, uw, add),
  wholeQuadword('vadduqm', 256, 'add', 'sum'),
  wholeQuadword('vaddcuq', 320, 'add', 'carry'),
  extendedQuadword('vaddeuqm', 60, 'add', 'sum'),
  extendedQuadword('vaddecuq', 61, 'add', 'carry'),

  each('vsubcuw', 1408, uw, (op, a, b) => asNumber(op, op.not(op.lessUnsigned(a, b)))),
  eachSaturated('vsubsbs', 1792, sb, subtract),
  eachSaturated('vsubshs', 1856, sh, subtract),
  eachSaturated('vsubsws', 1920, sw, subtract),
  each('vsububm', 1024, ub, subtract),
  each('vsubuhm', 1088, uh, subtract),
  each('vsubuwm', 1152, uw, subtract),
  each('vsubudm', 1216, ud, subtract, since207),
  eachSaturated('vsububs', 1536, ub, subtract),
  eachSaturated('vsubuhs', 1600, uh, subtract),
  eachSaturated('vsubuws', 1664, uw, subtract),
  wholeQuadword('vsubuqm', 1280, 'subtract', 'sum'),
  wholeQuadword('vsubcuq', 1344, 'subtract', 'carry'),
  extendedQuadword('vsubeuqm', 62, 'subtract', 'sum'),
  extendedQuadword('vsubecuq', 63, 'subtract', 'carry'),
];

/** Book I 6.9.2 and 6.9.3: average, maximum and minimum. */
export const vectorAverage = [
  each('vavgsb', 1282, sb, average),
  each('vavgsh', 1346, sh, average),
  each('vavgsw', 1410, sw, average),
  each('vavgub', 1026, ub, average),
  each('vavguh', 1090, uh, average),
  each('vavguw', 1154, uw, average),
  greatest('vmaxsb', 258, sb),
  greatest('vmaxsh', 322, sh),
  greatest('vmaxsw', 386, sw),
  greatest('vmaxsd', 450, sd, since207),
  greatest('vmaxub', 2, ub),
  greatest('vmaxuh', 66, uh),
  greatest('vmaxuw', 130, uw),
  greatest('vmaxud', 194, ud, since207),
  least('vminsb', 770, sb),
  least('vminsh', 834, sh),
  least('vminsw', 898, sw),
  least('vminsd', 962, sd, since207),
  least('vminub', 514, ub),
  least('vminuh', 578, uh),
  least('vminuw', 642, uw),
  least('vminud', 706, ud, since207),
];

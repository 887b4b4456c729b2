import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element, ElementBits } from '../operations/vector-operations';
import {
  countOf,
  elementsOf,
  gathered,
  ofThree,
  ofTwo,
  saturate,
  saturatingOfThree,
  saturatingOfTwo,
  lanewise,
  sb,
  sh,
  sw,
  ub,
  uh,
  uw,
  type FormOptions,
} from './vector';

const since207 = { since: '2.07' } as const;

/** Products of every second element, twice as wide: even ones from the first on, odd ones from the second on. */
const multiply = (
  mnemonic: string,
  extended: number,
  type: Element,
  which: 'even' | 'odd',
  options: FormOptions = {},
) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) => {
      const chosen = Array.from({ length: countOf(type) / 2 }, (_, i) => i * 2 + (which === 'even' ? 0 : 1));
      return op.vectorOf(
        (type.bits * 2) as ElementBits,
        chosen.map((i) => op.multiply(op.element(a, type, i), op.element(b, type, i))),
      );
    },
    options,
  );

/** The first bits of a product of halfwords, rounded by what is added before, and an addend. */
const multiplyHighAdd = (mnemonic: string, extended: number, rounding: 0 | 0x4000) =>
  saturatingOfThree(mnemonic, extended, (op, a, b, c) => {
    const [factors, addends] = [elementsOf(op, b, sh), elementsOf(op, c, sh)];
    const results = elementsOf(op, a, sh).map((one, i) => {
      const product = op.add(op.multiply(one, factors[i]!), op.constant(rounding));
      return saturate(op, op.add(op.shiftRightSigned(product, op.constant(15)), addends[i]!), sh);
    });
    return gathered(op, 16, results);
  });

const total = <S extends Sorts>(op: Operations<S>, all: readonly S['value'][]): S['value'] =>
  all.reduce((sum, one) => op.add(sum, one));
/** `all` by words: as many neighbours as the narrow elements that fill one. */
const byWords = <T>(all: readonly T[]): readonly T[][] =>
  Array.from({ length: 4 }, (_, i) => all.slice((i * all.length) / 4, ((i + 1) * all.length) / 4));

/** For each word, the sum of the products of the narrow elements in it and of a word of VRC. */
function sumsOfProducts<S extends Sorts>(
  op: Operations<S>,
  [a, b, c]: readonly [S['vector'], S['vector'], S['vector']],
  [first, second, result]: readonly [Element, Element, Element],
): S['value'][] {
  const factors = elementsOf(op, b, second);
  const products = elementsOf(op, a, first).map((one, i) => op.multiply(one, factors[i]!));
  const addends = elementsOf(op, c, result);
  return byWords(products).map((some, i) => op.add(total(op, some), addends[i]!));
}
const multiplySumModulo = (mnemonic: string, extended: number, first: Element, second: Element, result: Element) =>
  ofThree(mnemonic, extended, (op, a, b, c) => op.vectorOf(32, sumsOfProducts(op, [a, b, c], [first, second, result])));
const multiplySumSaturate = (mnemonic: string, extended: number, type: Element, result: Element) =>
  saturatingOfThree(mnemonic, extended, (op, a, b, c) =>
    gathered(
      op,
      32,
      sumsOfProducts(op, [a, b, c], [type, type, result]).map((sum) => saturate(op, sum, result)),
    ),
  );

/** For each word, the sum of the narrow elements of VRA in it and of a word of VRB. */
const sumAcrossQuarter = (mnemonic: string, extended: number, type: Element, result: Element) =>
  saturatingOfTwo(mnemonic, extended, (op, a, b) => {
    const addends = elementsOf(op, b, result);
    const sums = byWords(elementsOf(op, a, type)).map((some, i) => op.add(total(op, some), addends[i]!));
    return gathered(
      op,
      32,
      sums.map((sum) => saturate(op, sum, result)),
    );
  });
/** The sum of so many words of VRA and of the last word of VRB beside them, where that one stands; zeros elsewhere. */
const sumAcross = (mnemonic: string, extended: number, words: 2 | 4) =>
  saturatingOfTwo(mnemonic, extended, (op, a, b) => {
    const all = elementsOf(op, a, sw);
    const never = op.equal(op.constant(0), op.constant(1));
    const results = all.map((_, i) => {
      if ((i + 1) % words !== 0) return { value: op.constant(0), saturated: never };
      return saturate(op, op.add(total(op, all.slice(i + 1 - words, i + 1)), op.element(b, sw, i)), sw);
    });
    return gathered(op, 32, results);
  });

/** Book I 6.9.1.3: multiply. */
export const vectorMultiply = [
  multiply('vmulesb', 776, sb, 'even'),
  multiply('vmulosb', 264, sb, 'odd'),
  multiply('vmuleub', 520, ub, 'even'),
  multiply('vmuloub', 8, ub, 'odd'),
  multiply('vmulesh', 840, sh, 'even'),
  multiply('vmulosh', 328, sh, 'odd'),
  multiply('vmuleuh', 584, uh, 'even'),
  multiply('vmulouh', 72, uh, 'odd'),
  multiply('vmulesw', 904, sw, 'even', since207),
  multiply('vmulosw', 392, sw, 'odd', since207),
  multiply('vmuleuw', 648, uw, 'even', since207),
  multiply('vmulouw', 136, uw, 'odd', since207),
  ofTwo(
    'vmuluwm',
    137,
    lanewise(uw, (op, a, b) => op.multiply(a, b)),
    since207,
  ),
];

/** Book I 6.9.1.4 and 6.9.1.5: multiply-add, multiply-sum, and sums across. */
export const vectorMultiplyAdd = [
  multiplyHighAdd('vmhaddshs', 32, 0),
  multiplyHighAdd('vmhraddshs', 33, 0x4000),
  ofThree('vmladduhm', 34, (op, a, b, c) => {
    const products = lanewise(uh, (o, one, other) => o.multiply(one, other))(op, a, b);
    return lanewise(uh, (o, one, other) => o.add(one, other))(op, products, c);
  }),
  multiplySumModulo('vmsumubm', 36, ub, ub, uw),
  multiplySumModulo('vmsummbm', 37, sb, ub, sw),
  multiplySumModulo('vmsumuhm', 38, uh, uh, uw),
  multiplySumSaturate('vmsumuhs', 39, uh, uw),
  multiplySumModulo('vmsumshm', 40, sh, sh, sw),
  multiplySumSaturate('vmsumshs', 41, sh, sw),
  sumAcross('vsumsws', 1928, 4),
  sumAcross('vsum2sws', 1672, 2),
  sumAcrossQuarter('vsum4sbs', 1800, sb, sw),
  sumAcrossQuarter('vsum4shs', 1608, sh, sw),
  sumAcrossQuarter('vsum4ubs', 1544, ub, uw),
];

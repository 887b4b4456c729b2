import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element, ElementBits } from '../operations/vector-operations';
import { instruction } from './instruction';
import { eachElement, elementsOf, ofOne, ofTwo, quadwordOf, ub, ud, uh, uw, type Transform } from './vector';

const since207 = { since: '2.07' } as const;

/** A square of 8 by 8 bits turned over its diagonal: squares of 1, of 2 and of 4 change places. */
const transpose: Transform = (op, value) => {
  const exchange = (x: typeof value, by: number, mask: bigint) => {
    const differing = op.and(op.xor(x, op.shiftRight(x, op.constant(by))), op.constant(mask));
    return op.xor(x, op.xor(differing, op.shiftLeft(differing, op.constant(by))));
  };
  const ones = exchange(value, 7, 0x00aa_00aa_00aa_00aan);
  const twos = exchange(ones, 14, 0x0000_cccc_0000_ccccn);
  return exchange(twos, 28, 0x0000_0000_f0f0_f0f0n);
};

/** The bit of a vector that has this number, or zero if there is none. */
function bitNumbered<S extends Sorts>(op: Operations<S>, vector: S['vector'], index: S['value']): S['value'] {
  const { high, low } = quadwordOf(op, vector);
  const half = op.select(op.lessUnsigned(index, op.constant(64)), high, low);
  const bit = op.and(op.shiftRight(half, op.subtract(op.constant(63), index)), op.constant(1));
  return op.select(op.lessUnsigned(index, op.constant(128)), bit, op.constant(0));
}

/** Carry-less products of neighbours, added without carries too: polynomials over two elements. */
const polynomialMultiplySum = (mnemonic: string, extended: number, type: Element) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) => {
      const others = elementsOf(op, b, type);
      const products = elementsOf(op, a, type).map((one, i) => op.evaluate(polynomialProduct, one, others[i]!));
      const pairs = products.filter((_, i) => i % 2 === 0).map((one, i) => [one, products[i * 2 + 1]!] as const);
      const sums = pairs.map(([first, second]) => ({
        high: op.xor(first.high, second.high),
        low: op.xor(first.low, second.low),
      }));
      if (type.bits === 64) return op.vectorOf(64, [sums[0]!.high, sums[0]!.low]);
      return op.vectorOf(
        (type.bits * 2) as ElementBits,
        sums.map(({ low }) => low),
      );
    },
    since207,
  );
function polynomialProduct(a: bigint, b: bigint): Readonly<Record<'high' | 'low', bigint>> {
  let product = 0n;
  for (let shifted = b, rest = a; rest !== 0n; rest >>= 1n, shifted <<= 1n) if (rest & 1n) product ^= shifted;
  return { high: product >> 64n, low: BigInt.asUintN(64, product) };
}

/** Book I 6.11.2, 6.12 and 6.15: polynomials, and bits out of order. */
export const vectorBits = [
  polynomialMultiplySum('vpmsumb', 1032, ub),
  polynomialMultiplySum('vpmsumh', 1096, uh),
  polynomialMultiplySum('vpmsumw', 1160, uw),
  polynomialMultiplySum('vpmsumd', 1224, ud),
  ofOne('vgbbd', 1292, eachElement(ud, transpose), since207),
  ofTwo(
    'vbpermq',
    1356,
    (op, a, b) => {
      const bits = elementsOf(op, b, ub).map((index) => bitNumbered(op, a, index));
      const gathered = bits.reduce((all, bit) => op.or(op.shiftLeft(all, op.constant(1)), bit));
      return op.vectorOf(64, [gathered, op.constant(0)]);
    },
    since207,
  ),
];

/** Non-Java mode and saturation; the other bits of the VSCR are reserved (Book I 6.3.2). */
const VSCR_BITS = 0x0001_0001;

/** Book I 6.16. */
export const vectorStatus = [
  instruction({
    mnemonic: 'mfvscr',
    encoding: '4:6 vrt /:5 /:5 1540:11',
    assembly: 'vrt',
    meaning: (op, { vrt }) => {
      op.requireFacility('vector');
      op.setVr(vrt, op.vectorOf(64, [op.constant(0), op.special('vscr')]));
    },
  }),
  instruction({
    mnemonic: 'mtvscr',
    encoding: '4:6 /:5 /:5 vrb 1604:11',
    assembly: 'vrb',
    meaning: (op, { vrb }) => {
      op.requireFacility('vector');
      op.setSpecial('vscr', op.and(op.element(op.vr(vrb), ud, 1), op.constant(VSCR_BITS)));
    },
  }),
];

import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import type { Element, ElementBits } from '../operations/vector-operations';
import { hasAny, merge } from './idioms';
import { instruction } from './instruction';
import {
  countOf,
  elementsOf,
  gathered,
  lanewise,
  ofOne,
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
  type FormOptions,
  type Quadword,
  type Transform,
} from './vector';

const halfOf = (bits: ElementBits) => (bits / 2) as ElementBits;
const since207 = { since: '2.07' } as const;

const packModulo = (mnemonic: string, extended: number, from: Element, options: FormOptions = {}) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) => op.vectorOf(halfOf(from.bits), [...elementsOf(op, a, from), ...elementsOf(op, b, from)]),
    options,
  );
const packSaturate = (mnemonic: string, extended: number, from: Element, to: Element, options: FormOptions = {}) =>
  saturatingOfTwo(
    mnemonic,
    extended,
    (op, a, b) =>
      gathered(
        op,
        to.bits,
        [...elementsOf(op, a, from), ...elementsOf(op, b, from)].map((one) =>
          saturate(op, one, to, from.signed ? 'signed' : 'unsigned'),
        ),
      ),
    options,
  );

/** A pixel of 1, 5, 5 and 5 bits from the last bit of a byte and the first bits of three others. */
const asPixel: Transform = (op, word) => {
  const part = (by: number, mask: number) => op.and(op.shiftRight(word, op.constant(by)), op.constant(mask));
  return op.or(op.or(part(9, 0xfc00), part(6, 0x3e0)), part(3, 0x1f));
};
/** The first bit of a pixel is extended with its sign, the three others with zeros. */
const fromPixel: Transform = (op, pixel) => {
  const part = (by: number, to: number) =>
    op.shiftLeft(op.and(op.shiftRight(pixel, op.constant(by)), op.constant(0x1f)), op.constant(to));
  const first = op.select(hasAny(op, pixel, 0x8000), op.constant(0xff00_0000), op.constant(0));
  return op.or(op.or(first, part(10, 16)), op.or(part(5, 8), part(0, 0)));
};

const unpack = (
  mnemonic: string,
  extended: number,
  from: Element,
  half: 'high' | 'low',
  transform: Transform = (_op, one) => one,
  options: FormOptions = {},
) =>
  ofOne(
    mnemonic,
    extended,
    (op, b) => {
      const count = countOf(from) / 2;
      const elements = elementsOf(op, b, from).slice(half === 'high' ? 0 : count, half === 'high' ? count : count * 2);
      return op.vectorOf(
        (from.bits * 2) as ElementBits,
        elements.map((one) => transform(op, one)),
      );
    },
    options,
  );
const signExtended: Transform = (_op, one) => one;

/** Elements of a and b by turns, from the numbers given. */
const interleave = (
  mnemonic: string,
  extended: number,
  type: Element,
  chosen: readonly number[],
  options: FormOptions = {},
) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) =>
      op.vectorOf(
        type.bits,
        chosen.flatMap((i) => [op.element(a, type, i), op.element(b, type, i)]),
      ),
    options,
  );
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const firstHalf = (type: Element) => upTo(countOf(type) / 2);
const secondHalf = (type: Element) => firstHalf(type).map((i) => i + countOf(type) / 2);

function splat<S extends Sorts>(
  op: Operations<S>,
  target: Operand<'vr'>,
  source: Operand<'vr'>,
  type: Element,
  index: number,
): void {
  op.requireFacility('vector');
  const chosen = op.element(op.vr(source), type, index);
  op.setVr(target, op.vectorOf(type.bits, Array<S['value']>(countOf(type)).fill(chosen)));
}
const splatImmediate = (mnemonic: string, extended: number, type: Element) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt sim /:5 ${extended}:11` as const,
    assembly: 'vrt,sim',
    meaning: (op, { vrt, sim }) => {
      op.requireFacility('vector');
      const value = op.operand(sim);
      op.setVr(
        vrt,
        op.vectorOf(
          type.bits,
          upTo(countOf(type)).map(() => value),
        ),
      );
    },
  });

/** Shifts 128 bits left by fewer than 128. */
function shiftLeft<S extends Sorts>(op: Operations<S>, { high, low }: Quadword<S>, by: S['value']): Quadword<S> {
  const few = op.and(by, op.constant(63));
  // In two steps, because a shift by 64 would be one by 0.
  const crossing = op.shiftRight(op.shiftRight(low, op.constant(1)), op.subtract(op.constant(63), few));
  const isFar = hasAny(op, by, 64);
  const shiftedLow = op.shiftLeft(low, few);
  return {
    high: op.select(isFar, shiftedLow, op.or(op.shiftLeft(high, few), crossing)),
    low: op.select(isFar, op.constant(0), shiftedLow),
  };
}
function shiftRight<S extends Sorts>(op: Operations<S>, { high, low }: Quadword<S>, by: S['value']): Quadword<S> {
  const few = op.and(by, op.constant(63));
  const crossing = op.shiftLeft(op.shiftLeft(high, op.constant(1)), op.subtract(op.constant(63), few));
  const isFar = hasAny(op, by, 64);
  const shiftedHigh = op.shiftRight(high, few);
  return {
    high: op.select(isFar, op.constant(0), shiftedHigh),
    low: op.select(isFar, shiftedHigh, op.or(op.shiftRight(low, few), crossing)),
  };
}
/** By the bits of VRB that `mask` leaves: the last three, of which every byte should have the same, or whole bytes. */
const shift = (mnemonic: string, extended: number, move: typeof shiftLeft, mask: 7 | 0x78) =>
  ofTwo(mnemonic, extended, (op, a, b) =>
    vectorOfQuadword(op, move(op, quadwordOf(op, a), op.and(op.element(b, ud, 1), op.constant(mask)))),
  );

/** Book I 6.8: pack, unpack, merge, splat, permute, select and shift. */
export const vectorPermute = [
  ofTwo('vpkpx', 782, (op, a, b) =>
    op.vectorOf(
      16,
      [...elementsOf(op, a, uw), ...elementsOf(op, b, uw)].map((one) => asPixel(op, one)),
    ),
  ),
  packSaturate('vpkshss', 398, sh, sb),
  packSaturate('vpkshus', 270, sh, ub),
  packSaturate('vpkswss', 462, sw, sh),
  packSaturate('vpkswus', 334, sw, uh),
  packSaturate('vpksdss', 1486, sd, sw, since207),
  packSaturate('vpksdus', 1358, sd, uw, since207),
  packSaturate('vpkuhus', 142, uh, ub),
  packSaturate('vpkuwus', 206, uw, uh),
  packSaturate('vpkudus', 1230, ud, uw, since207),
  packModulo('vpkuhum', 14, uh),
  packModulo('vpkuwum', 78, uw),
  packModulo('vpkudum', 1102, ud, since207),

  unpack('vupkhpx', 846, uh, 'high', fromPixel),
  unpack('vupklpx', 974, uh, 'low', fromPixel),
  unpack('vupkhsb', 526, sb, 'high'),
  unpack('vupklsb', 654, sb, 'low'),
  unpack('vupkhsh', 590, sh, 'high'),
  unpack('vupklsh', 718, sh, 'low'),
  unpack('vupkhsw', 1614, sw, 'high', signExtended, since207),
  unpack('vupklsw', 1742, sw, 'low', signExtended, since207),

  interleave('vmrghb', 12, ub, firstHalf(ub)),
  interleave('vmrghh', 76, uh, firstHalf(uh)),
  interleave('vmrghw', 140, uw, firstHalf(uw)),
  interleave('vmrglb', 268, ub, secondHalf(ub)),
  interleave('vmrglh', 332, uh, secondHalf(uh)),
  interleave('vmrglw', 396, uw, secondHalf(uw)),
  interleave('vmrgew', 1932, uw, [0, 2], since207),
  interleave('vmrgow', 1676, uw, [1, 3], since207),

  instruction({
    mnemonic: 'vspltb',
    encoding: '4:6 vrt /:1 uim4 vrb 524:11',
    assembly: 'vrt,vrb,uim4',
    meaning: (op, { vrt, uim4, vrb }) => splat(op, vrt, vrb, ub, uim4),
  }),
  instruction({
    mnemonic: 'vsplth',
    encoding: '4:6 vrt /:2 uim3 vrb 588:11',
    assembly: 'vrt,vrb,uim3',
    meaning: (op, { vrt, uim3, vrb }) => splat(op, vrt, vrb, uh, uim3),
  }),
  instruction({
    mnemonic: 'vspltw',
    encoding: '4:6 vrt /:3 uim2 vrb 652:11',
    assembly: 'vrt,vrb,uim2',
    meaning: (op, { vrt, uim2, vrb }) => splat(op, vrt, vrb, uw, uim2),
  }),
  splatImmediate('vspltisb', 780, sb),
  splatImmediate('vspltish', 844, sh),
  splatImmediate('vspltisw', 908, sw),

  ofThree('vperm', 43, (op, a, b, c) => op.permute(a, b, c)),
  ofThree(
    'vpermxor',
    45,
    (op, a, b, c) => {
      // The first half of each byte of VRC chooses from VRA, the second one from VRB.
      const fromA = lanewise(ud, (o, byte) => o.shiftRight(byte, o.constant(4)))(op, c, c);
      const low = lanewise(ud, (o, byte) => o.and(byte, o.constant(0x0f0f_0f0f_0f0f_0f0fn)));
      const chosen = lanewise(ud, (o, one, other) => o.xor(one, other));
      return chosen(op, op.permute(a, a, low(op, fromA, c)), op.permute(b, b, low(op, c, c)));
    },
    since207,
  ),
  ofThree('vsel', 42, (op, a, b, c) => {
    const [first, second] = [quadwordOf(op, a), quadwordOf(op, b)];
    const mask = quadwordOf(op, c);
    return vectorOfQuadword(op, {
      high: merge(op, first.high, second.high, mask.high),
      low: merge(op, first.low, second.low, mask.low),
    });
  }),
  shift('vsl', 452, shiftLeft, 7),
  shift('vsr', 708, shiftRight, 7),
  shift('vslo', 1036, shiftLeft, 0x78),
  shift('vsro', 1100, shiftRight, 0x78),
  instruction({
    mnemonic: 'vsldoi',
    encoding: '4:6 vrt vra vrb /:1 shb 44:6',
    assembly: 'vrt,vra,vrb,shb',
    meaning: (op, { vrt, vra, vrb, shb }) => {
      op.requireFacility('vector');
      const bytes = [...elementsOf(op, op.vr(vra), ub), ...elementsOf(op, op.vr(vrb), ub)];
      op.setVr(vrt, op.vectorOf(8, bytes.slice(shb, shb + countOf(ub))));
    },
  }),
];

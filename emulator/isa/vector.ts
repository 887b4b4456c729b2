/** What the records of the vector facility are made of: elements, forms, and numbers of 128 bits. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element, ElementBits } from '../operations/vector-operations';
import { asNumber } from './idioms';
import { instruction, type IsaVersion } from './instruction';

type Of<T> = T & Element;
const element = <B extends ElementBits>(bits: B, signed: boolean): Of<{ readonly bits: B }> => ({ bits, signed });
/** Elements by the letters with which the mnemonics name them: signed or unsigned bytes, halfwords, words, doublewords. */
export const sb = element(8, true);
export const sh = element(16, true);
export const sw = element(32, true);
export const sd = element(64, true);
export const ub = element(8, false);
export const uh = element(16, false);
export const uw = element(32, false);
export const ud = element(64, false);

/** A function of elements, and functions of vectors. */
export type Combine = <S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']) => S['value'];
export type Transform = <S extends Sorts>(op: Operations<S>, a: S['value']) => S['value'];
export type OfOne = <S extends Sorts>(op: Operations<S>, b: S['vector']) => S['vector'];
export type OfTwo = <S extends Sorts>(op: Operations<S>, a: S['vector'], b: S['vector']) => S['vector'];
export type OfThree = <S extends Sorts>(
  op: Operations<S>,
  a: S['vector'],
  b: S['vector'],
  c: S['vector'],
) => S['vector'];

export const countOf = ({ bits }: Element): number => 128 / bits;
export const elementsOf = <S extends Sorts>(op: Operations<S>, vector: S['vector'], type: Element): S['value'][] =>
  Array.from({ length: countOf(type) }, (_, i) => op.element(vector, type, i));

/** The same for each pair of elements that stand in one place. */
export const lanewise =
  (type: Element, combine: Combine): OfTwo =>
  (op, a, b) => {
    const others = elementsOf(op, b, type);
    return op.vectorOf(
      type.bits,
      elementsOf(op, a, type).map((one, i) => combine(op, one, others[i]!)),
    );
  };
export const eachElement =
  (type: Element, transform: Transform): OfOne =>
  (op, b) =>
    op.vectorOf(
      type.bits,
      elementsOf(op, b, type).map((one) => transform(op, one)),
    );

export interface Saturated<S extends Sorts> {
  readonly value: S['value'];
  readonly saturated: S['condition'];
}
/** A number of 64 bits, signed as `from` says, brought into the range of `to`. */
export function saturate<S extends Sorts>(
  op: Operations<S>,
  value: S['value'],
  to: Element,
  from: 'signed' | 'unsigned' = 'signed',
): Saturated<S> {
  const most = op.constant(2n ** BigInt(to.signed ? to.bits - 1 : to.bits) - 1n);
  const least = op.constant(to.signed ? -(2n ** BigInt(to.bits - 1)) : 0n);
  const tooMuch = from === 'signed' ? op.lessSigned(most, value) : op.lessUnsigned(most, value);
  const capped = op.select(tooMuch, most, value);
  if (from === 'unsigned') return { value: capped, saturated: tooMuch };
  const tooLittle = op.lessSigned(value, least);
  return { value: op.select(tooLittle, least, capped), saturated: op.either(tooMuch, tooLittle) };
}
export interface SaturatedVector<S extends Sorts> {
  readonly vector: S['vector'];
  readonly saturated: S['condition'];
}
/** Puts saturated elements together; one that was saturated counts for all. */
export const gathered = <S extends Sorts>(
  op: Operations<S>,
  bits: ElementBits,
  elements: readonly Saturated<S>[],
): SaturatedVector<S> => ({
  vector: op.vectorOf(
    bits,
    elements.map(({ value }) => value),
  ),
  saturated: elements.map(({ saturated }) => saturated).reduce((all, one) => op.either(all, one)),
});
/** VSCR[SAT] stays on until software clears it (Book I 6.3.2). */
export const noteSaturation = <S extends Sorts>(op: Operations<S>, saturated: S['condition']): void =>
  op.setSpecial('vscr', op.or(op.special('vscr'), asNumber(op, saturated)));

/** A number of 128 bits as two of 64. */
export interface Quadword<S extends Sorts> {
  readonly high: S['value'];
  readonly low: S['value'];
}
export const quadwordOf = <S extends Sorts>(op: Operations<S>, vector: S['vector']): Quadword<S> => ({
  high: op.element(vector, ud, 0),
  low: op.element(vector, ud, 1),
});
export const vectorOfQuadword = <S extends Sorts>(op: Operations<S>, { high, low }: Quadword<S>): S['vector'] =>
  op.vectorOf(64, [high, low]);

export interface FormOptions {
  readonly since?: IsaVersion;
}

/** VX-form, and the other forms of primary opcode 4: each asks first whether the facility is on (Book I 6.2). */
export const ofOne = (mnemonic: string, extended: number, compute: OfOne, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt /:5 vrb ${extended}:11` as const,
    assembly: 'vrt,vrb',
    ...options,
    meaning: (op, { vrt, vrb }) => {
      op.requireFacility('vector');
      op.setVr(vrt, compute(op, op.vr(vrb)));
    },
  });
export const ofTwo = (mnemonic: string, extended: number, compute: OfTwo, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb ${extended}:11` as const,
    assembly: 'vrt,vra,vrb',
    ...options,
    meaning: (op, { vrt, vra, vrb }) => {
      op.requireFacility('vector');
      op.setVr(vrt, compute(op, op.vr(vra), op.vr(vrb)));
    },
  });
export const ofThree = (mnemonic: string, extended: number, compute: OfThree, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb vrc ${extended}:6` as const,
    assembly: 'vrt,vra,vrb,vrc',
    ...options,
    meaning: (op, { vrt, vra, vrb, vrc }) => {
      op.requireFacility('vector');
      op.setVr(vrt, compute(op, op.vr(vra), op.vr(vrb), op.vr(vrc)));
    },
  });

type SaturatingOfTwo = <S extends Sorts>(op: Operations<S>, a: S['vector'], b: S['vector']) => SaturatedVector<S>;
type SaturatingOfThree = <S extends Sorts>(
  op: Operations<S>,
  a: S['vector'],
  b: S['vector'],
  c: S['vector'],
) => SaturatedVector<S>;

export const saturatingOfTwo = (
  mnemonic: string,
  extended: number,
  compute: SaturatingOfTwo,
  options: FormOptions = {},
) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb ${extended}:11` as const,
    assembly: 'vrt,vra,vrb',
    ...options,
    meaning: (op, { vrt, vra, vrb }) => {
      op.requireFacility('vector');
      const { vector, saturated } = compute(op, op.vr(vra), op.vr(vrb));
      op.setVr(vrt, vector);
      noteSaturation(op, saturated);
    },
  });
export const saturatingOfThree = (mnemonic: string, extended: number, compute: SaturatingOfThree) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb vrc ${extended}:6` as const,
    assembly: 'vrt,vra,vrb,vrc',
    meaning: (op, { vrt, vra, vrb, vrc }) => {
      op.requireFacility('vector');
      const { vector, saturated } = compute(op, op.vr(vra), op.vr(vrb), op.vr(vrc));
      op.setVr(vrt, vector);
      noteSaturation(op, saturated);
    },
  });

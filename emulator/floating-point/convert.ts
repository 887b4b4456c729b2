import type { FloatingPointFunction } from './arithmetic';
import { propagated } from './arithmetic';
import { FPSCR, type Rounding } from './fpscr';
import { binary32, binary64, decode, encode, isSignaling, type Finite, type Format } from './format';
import { rounded, roundToMultiple, settled, type Outcome, type Shape } from './round';

/** An integer format; `signed` means two's complement. */
export interface Integer {
  readonly signed: boolean;
  readonly bits: 32 | 64;
}
const nameOf = ({ signed, bits }: Integer) => `${signed ? 'signed' : 'unsigned'} ${bits}`;

const inexactStatus = (inexact: boolean, incremented: boolean): number =>
  (inexact ? FPSCR.XX | FPSCR.FI : 0) | (incremented ? FPSCR.FR : 0);

/** What a conversion gives for a number that the integer cannot hold (Book I 4.6.7.2). */
const saturated = (negative: boolean, { signed, bits }: Integer): Outcome => {
  const highest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const lowest = signed ? 1n << BigInt(bits - 1) : 0n;
  return { bits: negative ? lowest : highest, status: FPSCR.VXCVI };
};

function integerOf(value: Finite, integer: Integer, rounding: Rounding): Outcome {
  const { significand, inexact, incremented } = roundToMultiple(value, 0, rounding);
  const number = value.negative ? -significand : significand;
  const held = integer.signed ? BigInt.asIntN(integer.bits, number) : BigInt.asUintN(integer.bits, number);
  if (held !== number) return saturated(value.negative, integer);
  return { bits: BigInt.asUintN(integer.bits, number), status: inexactStatus(inexact, incremented) };
}

/** To an integer; without a rounding of its own it uses the one of the FPSCR. No class is set. */
export const toInteger = (source: Format, integer: Integer, rounding?: Rounding): FloatingPointFunction => ({
  name: `binary${source.width} to ${nameOf(integer)}${rounding ? `, ${rounding}` : ''}`,
  compute([bits = 0n], environment) {
    const value = decode(bits, source);
    if (value.kind === 'finite') return integerOf(value, integer, rounding ?? environment.rounding);
    if (value.kind === 'infinity') return saturated(value.negative, integer);
    const lowest = saturated(true, integer);
    return isSignaling(value) ? { ...lowest, status: lowest.status | FPSCR.VXSNAN } : lowest;
  },
});

/** From an integer, whose bits beyond its format are ignored. */
export const fromInteger = (integer: Integer, shape: Shape): FloatingPointFunction => ({
  name: `${nameOf(integer)} to ${shape.name}`,
  compute([bits = 0n], environment) {
    const number = integer.signed ? BigInt.asIntN(integer.bits, bits) : BigInt.asUintN(integer.bits, bits);
    const negative = number < 0n;
    const value: Finite = { kind: 'finite', negative, significand: negative ? -number : number, exponent: 0 };
    return rounded({ value, status: 0 }, shape, environment);
  },
});

/** To an integer in the same format. Only with the rounding of the FPSCR does it say that the result is inexact. */
export const roundToInteger = (shape: Shape, rounding?: Rounding): FloatingPointFunction => ({
  name: `round to integer, ${shape.name}, ${rounding ?? 'current rounding'}`,
  compute([bits = 0n], environment) {
    const value = decode(bits, shape.source);
    const nan = propagated([value]);
    if (nan) return settled(nan.value, nan.status, shape);
    if (value.kind !== 'finite') return settled(value, 0, shape);
    const { significand, inexact, incremented } = roundToMultiple(value, 0, rounding ?? environment.rounding);
    const status = rounding ? 0 : inexactStatus(inexact, incremented);
    return settled({ ...value, significand, exponent: 0 }, status, shape);
  },
});

/** From one format to the other, or to the precision of the other: rounded, and a signaling NaN is invalid. */
export const convert = (shape: Shape): FloatingPointFunction => ({
  name: `binary${shape.source.width} to binary${shape.storage.width}, ${shape.name}`,
  compute([bits = 0n], environment) {
    const value = decode(bits, shape.source);
    const exact = propagated([value]) ?? { value, status: 0 };
    return rounded(exact, shape, environment);
  },
});

const quiet = (name: string, compute: (bits: bigint) => bigint): FloatingPointFunction => ({
  name,
  compute: ([bits = 0n]) => ({ bits: compute(bits), status: 0 }),
});

/** What a single-precision load does to the word (Book I 4.6.2): the same number or NaN, in double format. */
export const widen = quiet('widen', (bits) => encode(decode(bits, binary32), binary64));

/** Of a smaller exponent nothing is left in single precision. */
const LEAST_DENORMALIZED = 874;
const GREATEST_DENORMALIZED = 896;
/**
 * What a single-precision store does to the doubleword (Book I 4.6.3): bits are taken out, and nothing is rounded. What
 * single precision cannot hold is undefined: ours keeps the same bits, or the sign alone when it is too small.
 */
export const narrow = quiet('narrow', (bits) => {
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const sign = (bits >> 63n) << 31n;
  const isZero = BigInt.asUintN(63, bits) === 0n;
  if (exponent > GREATEST_DENORMALIZED || isZero) return ((bits >> 62n) << 30n) | ((bits >> 29n) & 0x3fff_ffffn);
  if (exponent < LEAST_DENORMALIZED) return sign;
  const significand = (1n << 52n) | BigInt.asUintN(52, bits);
  return sign | (significand >> BigInt(29 + GREATEST_DENORMALIZED + 1 - exponent));
});

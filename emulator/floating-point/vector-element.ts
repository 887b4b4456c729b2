/** Elements of the vector facility (Book I 6.6): binary32, always to nearest, never an exception. */
import * as arithmetic from './arithmetic';
import { choose, test, EQUAL, GREATER, LESS } from './compare';
import { fromInteger, roundToInteger } from './convert';
import {
  binary32,
  decode,
  encode,
  generatedNaN,
  infinity,
  isZero,
  quieted,
  zero,
  type Finite,
  type Value,
} from './format';
import { DEFAULT_ENVIRONMENT, FPSCR, type Rounding } from './fpscr';
import { roundFinite, roundToMultiple, single } from './round';

const SIGN = 0x8000_0000n;
const EXPONENT = 0x7f80_0000n;

/** Java mode keeps denormalized numbers; in the other one they are zeros of the same sign, before and after. */
export type Mode = 'java' | 'non-java';
export type ElementFunction = (mode: Mode, ...elements: bigint[]) => bigint;
type Plain = (...elements: bigint[]) => bigint;

const flushed = (element: bigint): bigint => ((element & EXPONENT) === 0n ? element & SIGN : element);
const inModes =
  (compute: Plain): ElementFunction =>
  (mode, ...elements) =>
    mode === 'java' ? compute(...elements) : flushed(compute(...elements.map(flushed)));

const plain =
  ({ compute }: arithmetic.FloatingPointFunction): Plain =>
  (...elements) =>
    compute(elements, DEFAULT_ENVIRONMENT).bits;
/** A result that was tiny before it was rounded underflows, even if it is a normalized number now. */
const bare =
  ({ compute }: arithmetic.FloatingPointFunction): ElementFunction =>
  (mode, ...elements) => {
    if (mode === 'java') return compute(elements, DEFAULT_ENVIRONMENT).bits;
    const { bits, status } = compute(elements.map(flushed), DEFAULT_ENVIRONMENT);
    return (status & FPSCR.UX) === 0 ? flushed(bits) : bits & SIGN;
  };

export const add = bare(arithmetic.add(single));
export const subtract = bare(arithmetic.subtract(single));
/** Operands in the order a, b, c, of a × c + b. */
export const multiplyAdd = bare(arithmetic.multiplyAdd({ subtracts: false, negates: false }, single));
export const negativeMultiplySubtract = bare(arithmetic.multiplyAdd({ subtracts: true, negates: true }, single));
/** The estimates may be exact: all that is asked of them is an upper bound of the error. */
export const reciprocal = bare(arithmetic.reciprocalEstimate(single));
export const reciprocalSquareRoot = bare(arithmetic.reciprocalSquareRootEstimate(single));
export const roundedTo = (rounding: Rounding): ElementFunction => bare(roundToInteger(single, rounding));

/** A NaN among the operands is the result, unlike in VSX. */
const ofNumbers =
  (compute: ElementFunction): ElementFunction =>
  (mode, ...elements) => {
    const nan = arithmetic.propagated(elements.map((one) => decode(one, binary32)));
    return nan ? encode(nan.value, binary32) : compute(mode, ...elements);
  };
export const maximum = ofNumbers(bare(choose(binary32, 'maximum')));
export const minimum = ofNumbers(bare(choose(binary32, 'minimum')));

export const isEqual = bare(test(binary32, EQUAL, 'unordered'));
export const isGreater = bare(test(binary32, GREATER, 'unordered'));
export const isGreaterOrEqual = bare(test(binary32, GREATER | EQUAL, 'unordered'));
const isLessOrEqual = bare(test(binary32, LESS | EQUAL, 'unordered'));
/** vcmpbfp: the first bit says that a is not at most b, the second one that it is not at least -b. */
export const outOfBounds: ElementFunction = (mode, a = 0n, b = 0n) =>
  (isLessOrEqual(mode, a, b) === 0n ? 0x8000_0000n : 0n) |
  (isGreaterOrEqual(mode, a, b ^ SIGN) === 0n ? 0x4000_0000n : 0n);

/** An integer over a power of two. */
export const fromFixedPoint =
  (signed: boolean) =>
  (integer: bigint, scale: bigint): bigint => {
    const value = decode(plain(fromInteger({ signed, bits: 32 }, single))(integer), binary32);
    return encode(scaled(value, -Number(scale)), binary32);
  };
const scaled = (value: Value, by: number): Value =>
  value.kind === 'finite' && !isZero(value) ? { ...value, exponent: value.exponent + by } : value;

/** An element times a power of two, without its fraction; a NaN is zero, and what is too large saturates. */
export function toFixedPoint(element: bigint, scale: number, signed: boolean): { value: bigint; saturated: boolean } {
  const value = decode(element, binary32);
  const [least, most] = signed ? [-0x8000_0000n, 0x7fff_ffffn] : [0n, 0xffff_ffffn];
  if (value.kind === 'nan') return { value: 0n, saturated: false };
  if (value.kind === 'infinity') return { value: value.negative ? least : most, saturated: true };
  const { significand } = roundToMultiple(scaled(value, scale) as Finite, 0, 'toward-zero');
  const integer = value.negative ? -significand : significand;
  if (integer < least) return { value: least, saturated: true };
  return integer > most ? { value: most, saturated: true } : { value: integer, saturated: false };
}

const numberOf = ({ negative, significand, exponent }: Finite): number =>
  (negative ? -1 : 1) * Number(significand) * 2 ** exponent;
/** A positive number that is near enough, times a power of two. */
const elementOf = (mantissa: number, exponent: number): bigint => {
  const significand = BigInt(Math.round(Math.abs(mantissa) * 2 ** 48));
  const value: Finite = { kind: 'finite', negative: mantissa < 0, significand, exponent: exponent - 48 };
  return encode(roundFinite(value, binary32, DEFAULT_ENVIRONMENT).value, binary32);
};

/** Only sums and products: Math.exp and Math.log are not the same everywhere. */
const NATURAL_LOGARITHM_OF_TWO = 0.693_147_180_559_945_3;
function powerOfTwo(fraction: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 16; n++) {
    term *= (fraction * NATURAL_LOGARITHM_OF_TWO) / n;
    sum += term;
  }
  return sum;
}
/** By ln x = 2 artanh ((x - 1) / (x + 1)), for x from 1 to 2. */
function logarithmOf(mantissa: number): number {
  const ratio = (mantissa - 1) / (mantissa + 1);
  let power = ratio;
  let sum = 0;
  for (let n = 1; n <= 31; n += 2) {
    sum += power / n;
    power *= ratio * ratio;
  }
  return (2 * sum) / NATURAL_LOGARITHM_OF_TWO;
}

/** 2 to the power of an element (vexptefp). */
export const exponential = inModes((element = 0n) => {
  const value = decode(element, binary32);
  if (value.kind === 'nan') return encode(quieted(value), binary32);
  if (value.kind === 'infinity') return encode(value.negative ? zero(false) : value, binary32);
  const number = Math.max(-1000, Math.min(1000, numberOf(value)));
  const whole = Math.floor(number);
  return elementOf(powerOfTwo(number - whole), whole);
});

/** The logarithm to base 2 of an element (vlogefp). */
export const logarithm = inModes((element = 0n) => {
  const value = decode(element, binary32);
  if (value.kind === 'nan') return encode(quieted(value), binary32);
  if (isZero(value)) return encode(infinity(true), binary32);
  if (value.negative) return encode(generatedNaN, binary32);
  if (value.kind === 'infinity') return encode(value, binary32);
  const length = value.significand.toString(2).length - 1;
  const result = value.exponent + length + logarithmOf(Number(value.significand) / 2 ** length);
  return result === 0 ? 0n : elementOf(result, 0);
});

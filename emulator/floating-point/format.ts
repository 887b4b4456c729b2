/** The two formats (Book I 4.3.1), and numbers taken out of them. */

export interface Format {
  readonly width: 32 | 64;
  /** Bits of a significand, with the one before the point. */
  readonly precision: number;
  readonly bias: number;
  readonly maximumExponent: number;
  readonly minimumExponent: number;
  /** What is added to or taken from an exponent that would underflow or overflow, if that exception is enabled. */
  readonly trapAdjustment: number;
}

export const binary32: Format = {
  width: 32,
  precision: 24,
  bias: 127,
  maximumExponent: 127,
  minimumExponent: -126,
  trapAdjustment: 192,
};
export const binary64: Format = {
  width: 64,
  precision: 53,
  bias: 1023,
  maximumExponent: 1023,
  minimumExponent: -1022,
  trapAdjustment: 1536,
};

/** `bits` are those of binary64, whatever format the NaN came from. */
export interface NotANumber {
  readonly kind: 'nan';
  readonly bits: bigint;
}
export interface Infinity {
  readonly kind: 'infinity';
  readonly negative: boolean;
}
/** ±significand × 2^exponent; any length of significand, zero included. */
export interface Finite {
  readonly kind: 'finite';
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}
export type Value = NotANumber | Infinity | Finite;

const QUIET = 1n << 51n;
const EXPONENT_OF_NAN = 0x7ff0_0000_0000_0000n;
/** How many more fraction bits binary64 has. */
const WIDENING = 29n;

/** The NaN of an invalid operation that had none among its operands. */
export const generatedNaN: NotANumber = { kind: 'nan', bits: EXPONENT_OF_NAN | QUIET };
export const quieted = ({ bits }: NotANumber): NotANumber => ({ kind: 'nan', bits: bits | QUIET });
export const isSignaling = (value: Value): boolean => value.kind === 'nan' && (value.bits & QUIET) === 0n;
export const infinity = (negative: boolean): Infinity => ({ kind: 'infinity', negative });
export const zero = (negative: boolean): Finite => ({ kind: 'finite', negative, significand: 0n, exponent: 0 });
export const isZero = (value: Value): boolean => value.kind === 'finite' && value.significand === 0n;

export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(parseInt(digits[0]!, 16)) + 28;
}
/** The exponent that a nonzero number has when its significand is between 1 and 2. */
export const exponentOf = ({ significand, exponent }: Finite): number => bitLength(significand) - 1 + exponent;
/** The exponent in the bits of a number of this format, less the bias: one below the least for a denormalized one. */
export const biasedExponentOf = (bits: bigint, { width, precision, bias }: Format): number =>
  Number((bits >> BigInt(precision - 1)) & ((1n << BigInt(width - precision)) - 1n)) - bias;

export function decode(bits: bigint, format: Format): Value {
  const { width, precision, maximumExponent, minimumExponent } = format;
  const fractionBits = precision - 1;
  const fraction = BigInt.asUintN(fractionBits, bits);
  const negative = ((bits >> BigInt(width - 1)) & 1n) === 1n;
  const exponent = biasedExponentOf(bits, format);
  if (exponent > maximumExponent) {
    if (fraction === 0n) return infinity(negative);
    const wide = format === binary64 ? fraction : fraction << WIDENING;
    return { kind: 'nan', bits: (negative ? 1n << 63n : 0n) | EXPONENT_OF_NAN | wide };
  }
  if (exponent < minimumExponent)
    return { kind: 'finite', negative, significand: fraction, exponent: minimumExponent - fractionBits };
  const significand = fraction | (1n << BigInt(fractionBits));
  return { kind: 'finite', negative, significand, exponent: exponent - fractionBits };
}

/** The fields of a number that needs no rounding; what lies beyond the format becomes an infinity. */
function fieldsOf(value: Finite, { precision, bias, maximumExponent, minimumExponent }: Format): bigint {
  if (value.significand === 0n) return 0n;
  const exponent = exponentOf(value);
  const infinite = BigInt(maximumExponent + bias + 1) << BigInt(precision - 1);
  if (exponent > maximumExponent) return infinite;
  const shift = value.exponent - (Math.max(exponent, minimumExponent) - (precision - 1));
  const significand = shift >= 0 ? value.significand << BigInt(shift) : value.significand >> BigInt(-shift);
  // The hidden bit adds one to the exponent of a normalized number.
  return (BigInt(Math.max(exponent, minimumExponent) + bias - 1) << BigInt(precision - 1)) + significand;
}

export function encode(value: Value, format: Format): bigint {
  const { width, precision, maximumExponent, bias } = format;
  if (value.kind === 'nan') {
    if (format === binary64) return value.bits;
    return ((value.bits >> 63n) << 31n) | 0x7f80_0000n | ((value.bits >> WIDENING) & 0x7f_ffffn);
  }
  const sign = value.negative ? 1n << BigInt(width - 1) : 0n;
  if (value.kind === 'infinity') return sign | (BigInt(maximumExponent + bias + 1) << BigInt(precision - 1));
  return sign | fieldsOf(value, format);
}

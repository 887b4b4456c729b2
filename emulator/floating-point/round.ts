import { FPSCR, type Environment, type Rounding } from './fpscr';
import {
  binary32,
  binary64,
  bitLength,
  encode,
  exponentOf,
  infinity,
  type Finite,
  type Format,
  type Value,
} from './format';

/** A result and what it says in the FPSCR: exceptions, FR, FI and FPRF, in the places that they have there. */
export interface Outcome {
  readonly bits: bigint;
  readonly status: number;
}

/** Which formats an operation reads, rounds to and leaves its result in. */
export interface Shape {
  readonly name: string;
  readonly source: Format;
  readonly precision: Format;
  readonly storage: Format;
}
export const double: Shape = { name: 'double', source: binary64, precision: binary64, storage: binary64 };
export const single: Shape = { name: 'single', source: binary32, precision: binary32, storage: binary32 };
/** Single precision in a register that holds doubles. */
export const roundedToSingle: Shape = {
  name: 'rounded to single',
  source: binary64,
  precision: binary32,
  storage: binary64,
};

interface Rounded {
  readonly value: Value;
  readonly status: number;
}

/** Whether the magnitude grows, given what is cut off as `remainder` of `unit`. */
function increments(rounding: Rounding, negative: boolean, odd: boolean, remainder: bigint, unit: bigint): boolean {
  if (remainder === 0n) return false;
  switch (rounding) {
    case 'nearest-even':
      return remainder * 2n > unit || (remainder * 2n === unit && odd);
    case 'nearest-away':
      return remainder * 2n >= unit;
    case 'toward-zero':
      return false;
    case 'up':
      return !negative;
    case 'down':
      return negative;
  }
}

interface Cut {
  readonly significand: bigint;
  readonly inexact: boolean;
  readonly incremented: boolean;
}
/** The multiple of 2^exponent that a number is rounded to. */
export function roundToMultiple(value: Finite, exponent: number, rounding: Rounding): Cut {
  const shift = exponent - value.exponent;
  if (shift <= 0) return { significand: value.significand << BigInt(-shift), inexact: false, incremented: false };
  const kept = value.significand >> BigInt(shift);
  const remainder = BigInt.asUintN(shift, value.significand);
  const incremented = increments(rounding, value.negative, (kept & 1n) === 1n, remainder, 1n << BigInt(shift));
  return { significand: kept + (incremented ? 1n : 0n), inexact: remainder !== 0n, incremented };
}

/** The largest finite number, or an infinity where the rounding leads there (Book I 4.4.3.2). */
function overflowed(negative: boolean, { precision, maximumExponent }: Format, rounding: Rounding): Rounded {
  const stays = rounding === 'toward-zero' || rounding === (negative ? 'up' : 'down');
  const significand = (1n << BigInt(precision)) - 1n;
  const largest: Finite = { kind: 'finite', negative, significand, exponent: maximumExponent - precision + 1 };
  const status = FPSCR.OX | FPSCR.XX | FPSCR.FI;
  // FR is undefined here: it says whether the magnitude grew.
  return stays ? { value: largest, status } : { value: infinity(negative), status: status | FPSCR.FR };
}

/** Book I 4.3.5.1, 4.4.3 and 4.4.4. Tininess is detected before rounding. */
export function roundFinite(exact: Finite, format: Format, environment: Environment): Rounded {
  if (exact.significand === 0n) return { value: exact, status: 0 };
  const { precision, maximumExponent, minimumExponent, trapAdjustment } = format;
  const tiny = exponentOf(exact) < minimumExponent;
  const normalizes = !tiny || environment.trapsUnderflow;
  const unit = (normalizes ? exponentOf(exact) : minimumExponent) - (precision - 1);
  const { significand, inexact, incremented } = roundToMultiple(exact, unit, environment.rounding);
  const status = (inexact ? FPSCR.XX | FPSCR.FI : 0) | (incremented ? FPSCR.FR : 0);
  const value = (adjustment: number): Finite => ({ ...exact, significand, exponent: unit + adjustment });
  if (tiny)
    return environment.trapsUnderflow
      ? { value: value(trapAdjustment), status: status | FPSCR.UX }
      : { value: value(0), status: status | (inexact ? FPSCR.UX : 0) };
  if (bitLength(significand) - 1 + unit <= maximumExponent) return { value: value(0), status };
  return environment.trapsOverflow
    ? { value: value(-trapAdjustment), status: status | FPSCR.OX }
    : overflowed(exact.negative, format, environment.rounding);
}

/** FPRF (Book I 4.2.2): what kind of number of this precision a result is. */
function classOf(value: Value, format: Format): number {
  const kind = () => {
    if (value.kind === 'nan') return 0b10001;
    if (value.kind === 'infinity') return value.negative ? 0b01001 : 0b00101;
    if (value.significand === 0n) return value.negative ? 0b10010 : 0b00010;
    const denormalized = exponentOf(value) < format.minimumExponent;
    return (denormalized ? 0b10000 : 0) | (value.negative ? 0b01000 : 0b00100);
  };
  return kind() << 12;
}

/**
 * Single precision has fewer fraction bits also for a NaN. The manual says so of frsp only (Book I 4.3.2); what others
 * make of an operand that single precision does not have is undefined.
 */
const FRACTION_OF_DOUBLE_ONLY = 0x1fff_ffffn;
const inPrecision = (value: Value, precision: Format): Value =>
  value.kind === 'nan' && precision === binary32 ? { ...value, bits: value.bits & ~FRACTION_OF_DOUBLE_ONLY } : value;

/** A value that needs no rounding, with its class. */
export const settled = (value: Value, status: number, { precision, storage }: Shape): Outcome => ({
  bits: encode(inPrecision(value, precision), storage),
  status: status | classOf(value, precision),
});

/** What an operation came to before rounding: exceptions that its operands raised go with it. */
export interface Exact {
  readonly value: Value;
  readonly status: number;
}
export function rounded({ value, status }: Exact, shape: Shape, environment: Environment): Outcome {
  if (value.kind !== 'finite') return settled(value, status, shape);
  const result = roundFinite(value, shape.precision, environment);
  return settled(result.value, status | result.status, shape);
}

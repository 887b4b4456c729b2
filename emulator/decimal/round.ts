import { FPSCR } from '../floating-point/fpscr';
import {
  digitsOf,
  encode,
  finite,
  infinity,
  isSubnormal,
  powerOfTen,
  type Decimal,
  type Finite,
  type Format,
} from './format';

/** FPSCR[DRN], in the order of its values (Book I 5.5.2). */
const roundings = [
  'nearest-even',
  'toward-zero',
  'up',
  'down',
  'nearest-away',
  'nearest-toward-zero',
  'away',
  'for-reround',
] as const;
export type Rounding = (typeof roundings)[number];

/** What a result depends on beside its operands. */
export interface Environment {
  readonly rounding: Rounding;
  readonly trapsOverflow: boolean;
  readonly trapsUnderflow: boolean;
  readonly trapsInvalid: boolean;
}
export const environmentOf = (fpscr: bigint): Environment => ({
  rounding: roundings[Number((fpscr >> 32n) & 7n)]!,
  trapsOverflow: (fpscr & BigInt(FPSCR.OE)) !== 0n,
  trapsUnderflow: (fpscr & BigInt(FPSCR.UE)) !== 0n,
  trapsInvalid: (fpscr & BigInt(FPSCR.VE)) !== 0n,
});

/** The rounding that an instruction names: RMC (Book I 5.5.2), and with R = 1 the four others of drintx and drintn. */
const primaryModes = ['nearest-even', 'toward-zero', 'nearest-away'] as const;
const secondaryModes = ['up', 'down', 'away', 'nearest-toward-zero'] as const;
export const roundingNamed = (r: number, rmc: number, { rounding }: Environment): Rounding =>
  (r === 0 ? primaryModes[rmc] : secondaryModes[rmc]) ?? rounding;

/** A result and what it says in the FPSCR. */
export interface Outcome {
  readonly bits: bigint;
  readonly status: number;
}

function increments(rounding: Rounding, negative: boolean, kept: bigint, remainder: bigint, unit: bigint): boolean {
  if (remainder === 0n) return false;
  const half = remainder * 2n - unit;
  switch (rounding) {
    case 'nearest-even':
      return half > 0n || (half === 0n && (kept & 1n) === 1n);
    case 'nearest-away':
      return half >= 0n;
    case 'nearest-toward-zero':
      return half > 0n;
    case 'toward-zero':
      return false;
    case 'away':
      return true;
    case 'up':
      return !negative;
    case 'down':
      return negative;
    // A last digit of 0 or 5 would look exact, or halfway, to whoever rounds again.
    case 'for-reround':
      return kept % 5n === 0n;
  }
}

export interface Cut {
  readonly value: Finite;
  readonly inexact: boolean;
  readonly incremented: boolean;
}
/** The multiple of 10^exponent that a number is rounded to; exact where its own exponent is greater. */
export function roundToExponent(value: Finite, exponent: number, rounding: Rounding): Cut {
  const shift = exponent - value.exponent;
  if (shift <= 0) {
    const coefficient = value.coefficient * powerOfTen(-shift);
    return { value: { ...value, coefficient, exponent }, inexact: false, incremented: false };
  }
  const unit = powerOfTen(shift);
  const kept = value.coefficient / unit;
  const remainder = value.coefficient % unit;
  const incremented = increments(rounding, value.negative, kept, remainder, unit);
  const coefficient = incremented ? kept + 1n : kept;
  return { value: { ...value, coefficient, exponent }, inexact: remainder !== 0n, incremented };
}
export const inexactStatus = ({ inexact, incremented }: Pick<Cut, 'inexact' | 'incremented'>): number =>
  (inexact ? FPSCR.XX | FPSCR.FI : 0) | (incremented ? FPSCR.FR : 0);

/** FPRF: what kind of number of this format a result is (Book I 4.2.2). */
function classOf(value: Decimal, format: Format): number {
  const kind = () => {
    if (value.kind === 'infinity') return value.negative ? 0b01001 : 0b00101;
    // Only a conversion for storage leaves one.
    if (value.kind === 'signaling') return 0b00001;
    if (value.kind !== 'finite') return 0b10001;
    if (value.coefficient === 0n) return value.negative ? 0b10010 : 0b00010;
    return (isSubnormal(value, format) ? 0b10000 : 0) | (value.negative ? 0b01000 : 0b00100);
  };
  return kind() << 12;
}
export const settled = (value: Decimal, status: number, format: Format): Outcome => ({
  bits: encode(value, format),
  status: status | classOf(value, format),
});

/** Of the members of a cohort the one whose exponent is nearest to the ideal one (Book I 5.5.3). */
function towardIdeal(value: Finite, ideal: number, { precision, leastExponent, greatestExponent }: Format): Finite {
  const wanted = Math.min(Math.max(ideal, leastExponent), greatestExponent);
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return { ...value, exponent: wanted };
  if (exponent > wanted) {
    const room = Math.min(precision - digitsOf(coefficient), exponent - wanted);
    coefficient *= powerOfTen(room);
    exponent -= room;
  }
  for (; exponent < wanted && coefficient % 10n === 0n; exponent++) coefficient /= 10n;
  return { ...value, coefficient, exponent };
}

function overflowed(negative: boolean, format: Format, rounding: Rounding): { value: Decimal; status: number } {
  const { precision, greatestExponent } = format;
  const stays = rounding === 'toward-zero' || rounding === 'for-reround' || rounding === (negative ? 'up' : 'down');
  const status = FPSCR.OX | FPSCR.XX | FPSCR.FI;
  // FR says whether the magnitude grew.
  return stays
    ? { value: finite(negative, powerOfTen(precision) - 1n, greatestExponent), status }
    : { value: infinity(negative), status: status | FPSCR.FR };
}

/** To as many digits as the format has, but with no exponent below `least`. */
function roundToPrecision(exact: Finite, { precision }: Format, least: number, rounding: Rounding): Cut {
  const exponent = Math.max(exact.exponent + Math.max(digitsOf(exact.coefficient) - precision, 0), least);
  const cut = roundToExponent(exact, Math.max(exponent, exact.exponent), rounding);
  if (digitsOf(cut.value.coefficient) <= precision) return cut;
  // The carry made a 1 and zeros.
  return {
    ...cut,
    value: { ...cut.value, coefficient: cut.value.coefficient / 10n, exponent: cut.value.exponent + 1 },
  };
}

/** Book I 5.5.2, 5.5.3 and 5.5.10: an exact result, or one with a digit that says that more follow, in the format. */
export function rounded(exact: Finite, ideal: number, format: Format, environment: Environment): Outcome {
  const { leastExponent, greatestExponent, precision, trapAdjustment } = format;
  if (exact.coefficient === 0n) return settled(towardIdeal(exact, ideal, format), 0, format);
  const tiny = isSubnormal(exact, format);
  const wraps = tiny && environment.trapsUnderflow;
  const least = wraps ? leastExponent - trapAdjustment : leastExponent;
  const cut = roundToPrecision(exact, format, least, environment.rounding);
  const status = inexactStatus(cut);
  if (wraps) {
    const raised = { ...cut.value, exponent: cut.value.exponent + trapAdjustment };
    const value = cut.inexact ? raised : towardIdeal(raised, ideal + trapAdjustment, format);
    return settled(value, status | FPSCR.UX, format);
  }
  if (cut.value.exponent + digitsOf(cut.value.coefficient) > greatestExponent + precision) {
    if (!environment.trapsOverflow) {
      const { value, status: all } = overflowed(exact.negative, format, environment.rounding);
      return settled(value, all, format);
    }
    const lowered = { ...cut.value, exponent: cut.value.exponent - trapAdjustment };
    const value = cut.inexact ? lowered : towardIdeal(lowered, ideal - trapAdjustment, format);
    return settled(value, status | FPSCR.OX, format);
  }
  const value = towardIdeal(cut.value, cut.inexact ? leastExponent : ideal, format);
  return settled(value, status | (tiny && cut.inexact ? FPSCR.UX : 0), format);
}

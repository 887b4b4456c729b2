import type { FloatingPointFunction } from './arithmetic';
import { FPSCR, type Environment } from './fpscr';
import {
  biasedExponentOf,
  decode,
  encode,
  isSignaling,
  isZero,
  quieted,
  type Finite,
  type Format,
  type Value,
} from './format';

/** The bits of a CR field, and of FPCC, as their first to last. */
export const LESS = 8;
export const GREATER = 4;
export const EQUAL = 2;
export const UNORDERED = 1;

function orderOfFinite(a: Finite, b: Finite): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (one: Finite) =>
    (one.negative ? -one.significand : one.significand) << BigInt(one.exponent - exponent);
  const [left, right] = [aligned(a), aligned(b)];
  return left < right ? LESS : left > right ? GREATER : EQUAL;
}
function order(a: Value, b: Value): number {
  if (a.kind === 'nan' || b.kind === 'nan') return UNORDERED;
  if (a.kind === 'finite' && b.kind === 'finite') return orderOfFinite(a, b);
  // As numbers: an infinity is beyond all that is finite.
  const rank = (value: typeof a) => (value.kind === 'finite' ? 0 : value.negative ? -1 : 1);
  return rank(a) < rank(b) ? LESS : rank(a) > rank(b) ? GREATER : EQUAL;
}

/** An unordered comparison minds signaling NaNs only; an ordered one minds every NaN (Book I 4.6.8). */
export type Comparison = 'unordered' | 'ordered';
function exceptionsOf(a: Value, b: Value, comparison: Comparison, { trapsInvalid }: Environment): number {
  const signaling = isSignaling(a) || isSignaling(b) ? FPSCR.VXSNAN : 0;
  if (comparison === 'unordered' || order(a, b) !== UNORDERED) return signaling;
  // A signaling NaN whose exception is enabled is one exception, not two.
  return signaling !== 0 && trapsInvalid ? signaling : signaling | FPSCR.VXVC;
}

/** A CR field, which is also FPCC. */
export const compare = (format: Format, comparison: Comparison): FloatingPointFunction => ({
  name: `compare ${comparison}, binary${format.width}`,
  compute([first = 0n, second = 0n], environment) {
    const a = decode(first, format);
    const b = decode(second, format);
    const result = order(a, b);
    return { bits: BigInt(result), status: exceptionsOf(a, b, comparison, environment) | (result << 12) };
  },
});

/** All ones if the order is among `accepted`, else zero: an element of a vector comparison. */
export const test = (format: Format, accepted: number, comparison: Comparison): FloatingPointFunction => ({
  name: `test for ${accepted} ${comparison}, binary${format.width}`,
  compute([first = 0n, second = 0n], environment) {
    const a = decode(first, format);
    const b = decode(second, format);
    const holds = (order(a, b) & accepted) !== 0;
    return {
      bits: holds ? (1n << BigInt(format.width)) - 1n : 0n,
      status: exceptionsOf(a, b, comparison, environment),
    };
  },
});

/** Whether `a` is the one to take: of equals the one whose sign suits, since they may be zeros. */
function prefers(a: Value, b: Value, wanted: 'maximum' | 'minimum'): boolean {
  const found = order(a, b);
  if (found === EQUAL) return a.kind !== 'nan' && a.negative === (wanted === 'minimum');
  return found === (wanted === 'maximum' ? GREATER : LESS);
}
/** A number rather than a quiet NaN; a signaling NaN rather than either (VSX, Book I 7.6: Maximum and Minimum). */
export const choose = (format: Format, wanted: 'maximum' | 'minimum'): FloatingPointFunction => ({
  name: `${wanted}, binary${format.width}`,
  compute([first = 0n, second = 0n]) {
    const a = decode(first, format);
    const b = decode(second, format);
    const status = isSignaling(a) || isSignaling(b) ? FPSCR.VXSNAN : 0;
    const result = (value: Value) => ({
      bits: encode(value.kind === 'nan' ? quieted(value) : value, format),
      status,
    });
    if (isSignaling(a)) return result(a);
    if (isSignaling(b)) return result(a.kind === 'nan' ? a : b);
    if (a.kind === 'nan') return result(b.kind === 'nan' ? a : b);
    return result(b.kind === 'nan' || prefers(a, b, wanted) ? a : b);
  },
});

const field = (special: boolean, hard: boolean) => ({
  bits: BigInt(GREATER * Number(special) + EQUAL * Number(hard) + LESS),
  status: 0,
});
const isDenormalized = (value: Value, exponent: number, { minimumExponent }: Format): boolean =>
  !isZero(value) && value.kind === 'finite' && exponent < minimumExponent;

/** Whether a division in software needs care: FG where an operand is special, FE where the result could be (ftdiv). */
export const testDivide = (format: Format): FloatingPointFunction => ({
  name: `test for divide, binary${format.width}`,
  compute([first = 0n, second = 0n]) {
    const { maximumExponent, minimumExponent, precision } = format;
    const [a, b] = [decode(first, format), decode(second, format)];
    const [ea, eb] = [biasedExponentOf(first, format), biasedExponentOf(second, format)];
    if (a.kind === 'infinity' || b.kind === 'infinity' || isZero(b)) return field(true, true);
    const far = ea - eb >= maximumExponent || ea - eb <= minimumExponent + 1 || ea <= minimumExponent + precision - 1;
    const hard =
      a.kind === 'nan' || b.kind === 'nan' || eb <= minimumExponent || eb >= maximumExponent - 2 || (!isZero(a) && far);
    return field(isDenormalized(b, eb, format), hard);
  },
});

/** The same of a square root (ftsqrt). */
export const testSquareRoot = (format: Format): FloatingPointFunction => ({
  name: `test for square root, binary${format.width}`,
  compute([bits = 0n]) {
    const { minimumExponent, precision } = format;
    const value = decode(bits, format);
    const exponent = biasedExponentOf(bits, format);
    const special = value.kind === 'infinity' || isZero(value) || isDenormalized(value, exponent, format);
    const hard = special || value.kind === 'nan' || value.negative || exponent <= minimumExponent + precision - 1;
    return field(special, hard);
  },
});

/** The three formats of decimal floating point (Book I 5.4), and numbers taken out of them. */
import { decletOfNumber, numberOfDeclet } from './declet';

export interface Format {
  readonly width: 32 | 64 | 128;
  /** Digits of a coefficient. */
  readonly precision: 7 | 16 | 34;
  readonly bias: number;
  /** Of the last digit: a number is its coefficient, an integer, times a power of ten between these. */
  readonly leastExponent: number;
  readonly greatestExponent: number;
  /** Bits of the biased exponent that are not in the combination field. */
  readonly continuation: number;
  /** What an exponent is changed by when an enabled overflow or underflow wraps it (Book I 5.5.10). */
  readonly trapAdjustment: number;
}
const format = (
  width: Format['width'],
  precision: Format['precision'],
  bias: number,
  trapAdjustment: number,
): Format => ({
  width,
  precision,
  bias,
  leastExponent: -bias,
  greatestExponent: 3 * 2 ** (width / 16 + 4) - 1 - bias,
  continuation: width / 16 + 4,
  trapAdjustment,
});
export const decimal32 = format(32, 7, 101, 192);
export const decimal64 = format(64, 16, 398, 576);
export const decimal128 = format(128, 34, 6176, 9216);

export interface Finite {
  readonly kind: 'finite';
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}
/** The coefficient of an infinity or NaN is what stands in its trailing digits. */
export interface Special {
  readonly kind: 'infinity' | 'quiet' | 'signaling';
  readonly negative: boolean;
  readonly coefficient: bigint;
}
export type Decimal = Finite | Special;

export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent);
/** Significant digits: none of zero. */
export const digitsOf = (coefficient: bigint): number => (coefficient === 0n ? 0 : coefficient.toString().length);
export const finite = (negative: boolean, coefficient: bigint, exponent: number): Finite => ({
  kind: 'finite',
  negative,
  coefficient,
  exponent,
});
export const infinity = (negative: boolean): Special => ({ kind: 'infinity', negative, coefficient: 0n });
/** The NaN of an invalid operation. */
export const generatedNaN: Special = { kind: 'quiet', negative: false, coefficient: 0n };
export const isNaN = ({ kind }: Decimal): boolean => kind === 'quiet' || kind === 'signaling';

const BITS_OF_DECLET = 10;
const decletsOf = ({ precision }: Format) => (precision - 1) / 3;

function trailingNumber(bits: bigint, count: number): bigint {
  let number = 0n;
  for (let i = count - 1; i >= 0; i--)
    number = number * 1000n + BigInt(numberOfDeclet[Number((bits >> BigInt(i * BITS_OF_DECLET)) & 1023n)]!);
  return number;
}
function trailingBits(coefficient: bigint, count: number): bigint {
  let bits = 0n;
  let rest = coefficient;
  for (let i = 0; i < count; i++, rest /= 1000n)
    bits |= BigInt(decletOfNumber[Number(rest % 1000n)]!) << BigInt(i * BITS_OF_DECLET);
  return bits;
}

export function decode(bits: bigint, kind: Format): Decimal {
  const { width, precision, bias, continuation } = kind;
  const declets = decletsOf(kind);
  const negative = ((bits >> BigInt(width - 1)) & 1n) === 1n;
  const combination = Number((bits >> BigInt(width - 6)) & 31n);
  const further = Number((bits >> BigInt(declets * BITS_OF_DECLET)) & ((1n << BigInt(continuation)) - 1n));
  const trailing = trailingNumber(bits, declets);
  if (combination === 0b11110) return { kind: 'infinity', negative, coefficient: trailing };
  if (combination === 0b11111) {
    const signaling = further >> (continuation - 1) === 1;
    return { kind: signaling ? 'signaling' : 'quiet', negative, coefficient: trailing };
  }
  // A first digit of 8 or 9 leaves its place to the exponent.
  const large = combination >= 0b11000;
  const first = large ? 8 + (combination & 1) : combination & 7;
  const start = large ? (combination >> 1) & 3 : combination >> 3;
  const coefficient = BigInt(first) * powerOfTen(precision - 1) + trailing;
  return finite(negative, coefficient, start * 2 ** continuation + further - bias);
}

const specialCombination = { infinity: 0b11110, quiet: 0b11111, signaling: 0b11111 } as const;

/** A number that needs no rounding; of an infinity or NaN, the digits that it has room for. */
export function encode(value: Decimal, kind: Format): bigint {
  const { width, precision, bias, continuation } = kind;
  const declets = decletsOf(kind);
  const assemble = (combination: number, further: number, trailing: bigint) =>
    ((value.negative ? 1n : 0n) << BigInt(width - 1)) |
    (BigInt(combination) << BigInt(width - 6)) |
    (BigInt(further) << BigInt(declets * BITS_OF_DECLET)) |
    trailingBits(trailing, declets);
  const trailing = value.coefficient % powerOfTen(precision - 1);
  if (value.kind !== 'finite')
    return assemble(specialCombination[value.kind], value.kind === 'signaling' ? 2 ** (continuation - 1) : 0, trailing);
  const first = Number(value.coefficient / powerOfTen(precision - 1));
  const biased = value.exponent + bias;
  const start = Math.floor(biased / 2 ** continuation);
  const combination = first >= 8 ? 0b11000 | (start << 1) | (first & 1) : (start << 3) | first;
  return assemble(combination, biased % 2 ** continuation, trailing);
}

/** Less than the least number whose first digit can be other than zero. */
export const isSubnormal = ({ coefficient, exponent }: Finite, { leastExponent, precision }: Format): boolean =>
  coefficient !== 0n && exponent + digitsOf(coefficient) < leastExponent + precision;

import { FPSCR } from '../floating-point/fpscr';
import {
  decode,
  digitsOf,
  finite,
  generatedNaN,
  infinity,
  isNaN,
  powerOfTen,
  type Decimal,
  type Finite,
  type Format,
  type Special,
} from './format';
import { rounded, settled, type Environment, type Outcome } from './round';

/** An operation on the bits of its operands. */
export type DecimalFunction = (operands: readonly bigint[], environment: Environment) => Outcome;

/** A signaling NaN before a quiet one, and the first before the second; quieted (Book I 5.5.10.1). */
export function propagated(values: readonly Decimal[]): { value: Special; status: number } | undefined {
  const signaling = values.find(({ kind }) => kind === 'signaling');
  const nan = signaling ?? values.find(isNaN);
  if (!nan) return undefined;
  const { negative, coefficient } = nan;
  return { value: { kind: 'quiet', negative, coefficient }, status: signaling ? FPSCR.VXSNAN : 0 };
}
export const invalid = (status: number, format: Format): Outcome => settled(generatedNaN, status, format);

type Operation = (a: Decimal, b: Decimal, format: Format, environment: Environment) => Outcome;

const ofTwo =
  (operation: Operation, format: Format): DecimalFunction =>
  ([first = 0n, second = 0n], environment) => {
    const [a, b] = [decode(first, format), decode(second, format)];
    const nan = propagated([a, b]);
    return nan ? settled(nan.value, nan.status, format) : operation(a, b, format, environment);
  };

const signedOf = ({ negative, coefficient }: Finite) => (negative ? -coefficient : coefficient);

function sumOfFinite(a: Finite, b: Finite, format: Format, environment: Environment): Outcome {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (one: Finite) => signedOf(one) * powerOfTen(one.exponent - exponent);
  const total = aligned(a) + aligned(b);
  // Zero is positive, unless both were negative or rounding is towards minus infinity.
  const zeroIsNegative = a.negative === b.negative ? a.negative : environment.rounding === 'down';
  const negative = total === 0n ? zeroIsNegative : total < 0n;
  return rounded(finite(negative, total < 0n ? -total : total, exponent), exponent, format, environment);
}
const sum: Operation = (a, b, format, environment) => {
  if (a.kind === 'finite' && b.kind === 'finite') return sumOfFinite(a, b, format, environment);
  if (a.kind === 'finite') return settled(infinity(b.negative), 0, format);
  const opposite = b.kind !== 'finite' && a.negative !== b.negative;
  return opposite ? invalid(FPSCR.VXISI, format) : settled(infinity(a.negative), 0, format);
};

const isZero = (value: Decimal): boolean => value.kind === 'finite' && value.coefficient === 0n;
const product: Operation = (a, b, format, environment) => {
  const negative = a.negative !== b.negative;
  if (a.kind === 'finite' && b.kind === 'finite') {
    const exponent = a.exponent + b.exponent;
    return rounded(finite(negative, a.coefficient * b.coefficient, exponent), exponent, format, environment);
  }
  if (isZero(a) || isZero(b)) return invalid(FPSCR.VXIMZ, format);
  return settled(infinity(negative), 0, format);
};

function quotientOfFinite(a: Finite, b: Finite, format: Format, environment: Environment): Outcome {
  const negative = a.negative !== b.negative;
  const ideal = a.exponent - b.exponent;
  if (b.coefficient === 0n) {
    if (a.coefficient === 0n) return invalid(FPSCR.VXZDZ, format);
    return settled(infinity(negative), FPSCR.ZX, format);
  }
  // More digits than the format has, and one more that says whether others follow.
  const scale = Math.max(0, format.precision + 3 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const dividend = a.coefficient * powerOfTen(scale);
  const follows = dividend % b.coefficient === 0n ? 0n : 1n;
  const coefficient = (dividend / b.coefficient) * 10n + follows;
  return rounded(finite(negative, coefficient, ideal - scale - 1), ideal, format, environment);
}
const quotient: Operation = (a, b, format, environment) => {
  const negative = a.negative !== b.negative;
  if (a.kind === 'finite' && b.kind === 'finite') return quotientOfFinite(a, b, format, environment);
  if (a.kind !== 'finite')
    return b.kind === 'finite' ? settled(infinity(negative), 0, format) : invalid(FPSCR.VXIDI, format);
  return settled(finite(negative, 0n, format.leastExponent), 0, format);
};

export const add = (format: Format): DecimalFunction => ofTwo(sum, format);
export const subtract = (format: Format): DecimalFunction =>
  ofTwo((a, b, ...rest) => sum(a, { ...b, negative: !b.negative }, ...rest), format);
export const multiply = (format: Format): DecimalFunction => ofTwo(product, format);
export const divide = (format: Format): DecimalFunction => ofTwo(quotient, format);

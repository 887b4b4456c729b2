/** Comparisons and tests (Book I 5.6.3, 5.6.4): a CR field, which is FPCC too. */
import { FPSCR } from '../floating-point/fpscr';
import type { DecimalFunction } from './arithmetic';
import { decode, digitsOf, isNaN, isSubnormal, powerOfTen, type Decimal, type Finite, type Format } from './format';

const LESS = 8;
const GREATER = 4;
const EQUAL = 2;
const UNORDERED = 1;

/** The field stands in the last bits of the result, and in FPCC. */
const fieldOutcome = (field: number, status = 0) => ({ bits: BigInt(field), status: status | (field << 12) });
const orderOf = <T extends bigint | number>(a: T, b: T): number => (a < b ? LESS : a > b ? GREATER : EQUAL);

function orderOfFinite(a: Finite, b: Finite): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (one: Finite) =>
    (one.negative ? -one.coefficient : one.coefficient) * powerOfTen(one.exponent - exponent);
  return orderOf(aligned(a), aligned(b));
}
function order(a: Decimal, b: Decimal): number {
  if (isNaN(a) || isNaN(b)) return UNORDERED;
  if (a.kind === 'finite' && b.kind === 'finite') return orderOfFinite(a, b);
  const rank = (value: Decimal) => (value.kind === 'finite' ? 0 : value.negative ? -1 : 1);
  return orderOf(rank(a), rank(b));
}

/** An unordered comparison minds signaling NaNs only. */
export const compare =
  (kind: 'unordered' | 'ordered', format: Format): DecimalFunction =>
  ([first = 0n, second = 0n], { trapsInvalid }) => {
    const [a, b] = [decode(first, format), decode(second, format)];
    const signaling = a.kind === 'signaling' || b.kind === 'signaling' ? FPSCR.VXSNAN : 0;
    const field = order(a, b);
    const minded = kind === 'ordered' && field === UNORDERED && !(signaling !== 0 && trapsInvalid);
    return fieldOutcome(field, signaling | (minded ? FPSCR.VXVC : 0));
  };

/** The sign, and whether the operand is one of what was asked for. */
const testOutcome = ({ negative }: Decimal, holds: boolean) =>
  fieldOutcome((negative ? LESS : 0) | (holds ? EQUAL : 0));

function dataClass(value: Decimal, format: Format): number {
  if (value.kind !== 'finite') return { infinity: 3, quiet: 4, signaling: 5 }[value.kind];
  if (value.coefficient === 0n) return 0;
  return isSubnormal(value, format) ? 1 : 2;
}
function dataGroup(value: Decimal, format: Format): number {
  if (value.kind !== 'finite') return 5;
  const extreme = value.exponent === format.leastExponent || value.exponent === format.greatestExponent;
  if (value.coefficient === 0n) return extreme ? 1 : 0;
  if (extreme || isSubnormal(value, format)) return 2;
  return digitsOf(value.coefficient) < format.precision ? 3 : 4;
}
const testFor =
  (numberOf: (value: Decimal, format: Format) => number, format: Format) =>
  (accepted: number): DecimalFunction =>
  ([bits = 0n]) => {
    const value = decode(bits, format);
    return testOutcome(value, ((accepted >> (5 - numberOf(value, format))) & 1) === 1);
  };
/** dtstdc: DCM names zero, subnormal, normal, infinity, quiet and signaling NaN from its first bit on. */
export const testDataClass = (format: Format) => testFor(dataClass, format);
/** dtstdg: DGM names groups by exponent and first digit. */
export const testDataGroup = (format: Format) => testFor(dataGroup, format);

/** dtstex: exponents are compared; two infinities are equal, and two NaNs. */
export const testExponent =
  (format: Format): DecimalFunction =>
  ([first = 0n, second = 0n]) => {
    const [a, b] = [decode(first, format), decode(second, format)];
    if (a.kind === 'finite' && b.kind === 'finite') return fieldOutcome(orderOf(a.exponent, b.exponent));
    const alike = a.kind === b.kind || (isNaN(a) && isNaN(b));
    return fieldOutcome(alike ? EQUAL : UNORDERED);
  };

/** dtstsf: a number of digits, in the last six bits of the first operand, against those of the second one. */
export const testSignificance =
  (format: Format): DecimalFunction =>
  ([first = 0n, second = 0n]) => {
    const value = decode(second, format);
    if (value.kind !== 'finite') return fieldOutcome(UNORDERED);
    const reference = Number(first & 63n);
    return fieldOutcome(reference === 0 ? GREATER : orderOf(reference, digitsOf(value.coefficient)));
  };

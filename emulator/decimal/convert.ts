/** Between the decimal formats, and between them and integers (Book I 5.6.6). */
import { FPSCR } from '../floating-point/fpscr';
import { propagated, type DecimalFunction } from './arithmetic';
import { decode, finite, infinity, type Decimal, type Format } from './format';
import { inexactStatus, rounded, roundToExponent, settled, type Outcome } from './round';

/** To a format in which every number has room, or where it is rounded. A NaN keeps the last digits that fit. */
export const convert =
  (from: Format, to: Format): DecimalFunction =>
  ([bits = 0n], environment) => {
    const value = decode(bits, from);
    const nan = propagated([value]);
    if (nan) return settled(nan.value, nan.status, to);
    if (value.kind !== 'finite') return settled(infinity(value.negative), 0, to);
    return rounded(value, value.exponent, to, environment);
  };

/** From and to the short format, which is for storage only: a signaling NaN is no exception, and stays one. */
export const convertForStorage =
  (from: Format, to: Format): DecimalFunction =>
  (operands, environment) => {
    const value = decode(operands[0] ?? 0n, from);
    if (value.kind === 'finite') return convert(from, to)(operands, environment);
    return settled(value.kind === 'infinity' ? infinity(value.negative) : value, 0, to);
  };

export const fromInteger =
  (format: Format): DecimalFunction =>
  ([bits = 0n], environment) => {
    const integer = BigInt.asIntN(64, bits);
    return rounded(finite(integer < 0n, integer < 0n ? -integer : integer, 0), 0, format, environment);
  };

const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);
const saturated = (negative: boolean): Outcome => ({
  bits: BigInt.asUintN(64, negative ? LEAST : MOST),
  status: FPSCR.VXCVI,
});
function integerOf(value: Decimal, rounding: Parameters<typeof roundToExponent>[2]): Outcome {
  if (value.kind === 'infinity') return saturated(value.negative);
  if (value.kind !== 'finite') {
    const status = value.kind === 'signaling' ? FPSCR.VXSNAN : 0;
    return { bits: BigInt.asUintN(64, LEAST), status: status | FPSCR.VXCVI };
  }
  const cut = roundToExponent(value, 0, rounding);
  const integer = value.negative ? -cut.value.coefficient : cut.value.coefficient;
  if (integer < LEAST || integer > MOST) return saturated(value.negative);
  return { bits: BigInt.asUintN(64, integer), status: inexactStatus(cut) };
}
export const toInteger =
  (format: Format): DecimalFunction =>
  ([bits = 0n], { rounding }) =>
    integerOf(decode(bits, format), rounding);

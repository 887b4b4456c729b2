/** Adjusting a number's exponent or precision (Book I 5.6.5). */
import { FPSCR } from '../floating-point/fpscr';
import { invalid, propagated, type DecimalFunction } from './arithmetic';
import { decode, digitsOf, infinity, powerOfTen, type Decimal, type Finite, type Format } from './format';
import { inexactStatus, roundToExponent, roundingNamed, settled, type Outcome, type Rounding } from './round';

const fits = ({ coefficient, exponent }: Finite, { precision, greatestExponent }: Format): boolean =>
  digitsOf(coefficient) <= precision && exponent <= greatestExponent;

function quantized(value: Finite, exponent: number, rounding: Rounding, format: Format): Outcome {
  const cut = roundToExponent(value, exponent, rounding);
  return fits(cut.value, format) ? settled(cut.value, inexactStatus(cut), format) : invalid(FPSCR.VXCVI, format);
}

/** dquai: the exponent is an immediate, which no infinity can have. */
export const quantizeTo =
  (format: Format) =>
  (exponent: number, rmc: number): DecimalFunction =>
  ([bits = 0n], environment) => {
    const value = decode(bits, format);
    const nan = propagated([value]);
    if (nan) return settled(nan.value, nan.status, format);
    if (value.kind !== 'finite') return invalid(FPSCR.VXCVI, format);
    return quantized(value, exponent, roundingNamed(0, rmc, environment), format);
  };

/** dqua: the exponent is that of the first operand. An infinity goes with an infinity only. */
export const quantize =
  (format: Format) =>
  (rmc: number): DecimalFunction =>
  ([first = 0n, second = 0n], environment) => {
    const [like, value] = [decode(first, format), decode(second, format)];
    const nan = propagated([like, value]);
    if (nan) return settled(nan.value, nan.status, format);
    if (like.kind === 'finite' && value.kind === 'finite')
      return quantized(value, like.exponent, roundingNamed(0, rmc, environment), format);
    if (like.kind === 'finite' || value.kind === 'finite') return invalid(FPSCR.VXCVI, format);
    return settled(infinity(value.negative), 0, format);
  };

/** To so many digits; one that a carry adds goes again. */
function withDigits(value: Finite, digits: number, rounding: Rounding) {
  const cut = roundToExponent(value, value.exponent + digitsOf(value.coefficient) - digits, rounding);
  if (digitsOf(cut.value.coefficient) <= digits) return cut;
  const shorter = { ...cut.value, coefficient: powerOfTen(digits - 1), exponent: cut.value.exponent + 1 };
  return { ...cut, value: shorter };
}
/** drrnd: to as many digits as the last six bits of the first operand say, if the second one has more. */
export const reround =
  (format: Format) =>
  (rmc: number): DecimalFunction =>
  ([first = 0n, second = 0n], environment) => {
    const value = decode(second, format);
    const nan = propagated([value]);
    if (nan) return settled(nan.value, nan.status, format);
    if (value.kind !== 'finite') return settled(infinity(value.negative), 0, format);
    const digits = Number(first & 63n);
    if (digits === 0 || digitsOf(value.coefficient) <= digits) return settled(value, 0, format);
    const cut = withDigits(value, digits, roundingNamed(0, rmc, environment));
    return fits(cut.value, format) ? settled(cut.value, inexactStatus(cut), format) : invalid(FPSCR.VXCVI, format);
  };

/** To an integer in the same format; only drintx says that it was none. */
export const roundToInteger =
  (saysInexact: boolean, format: Format) =>
  (r: number, rmc: number): DecimalFunction =>
  ([bits = 0n], environment) => {
    const value: Decimal = decode(bits, format);
    const nan = propagated([value]);
    if (nan) return settled(nan.value, nan.status, format);
    if (value.kind !== 'finite') return settled(infinity(value.negative), 0, format);
    if (value.exponent >= 0) return settled(value, 0, format);
    const cut = roundToExponent(value, 0, roundingNamed(r, rmc, environment));
    return settled(cut.value, saysInexact ? inexactStatus(cut) : 0, format);
  };

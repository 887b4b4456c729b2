/** Packed decimal: a digit in four bits, and a sign in the last four (Book I 5.6.6, 6.17). */
import { FPSCR } from '../floating-point/fpscr';
import { invalid, type DecimalFunction } from './arithmetic';
import { decode, finite, powerOfTen, type Format } from './format';
import { settled } from './round';

const PLUS = 0xcn;
const MINUS = 0xdn;
/** What the preferred code of plus is where an instruction asks for the other one. */
const OTHER_PLUS = 0xfn;
const isMinus = (sign: bigint): boolean => sign === 0xbn || sign === MINUS;

const packedDigits = (number: bigint): bigint => BigInt(`0x${number.toString()}`);
/** Undefined if there is something else than digits. */
function numberOfDigits(packed: bigint): bigint | undefined {
  const text = packed.toString(16);
  return /[a-f]/.test(text) ? undefined : BigInt(text);
}
interface Signed {
  readonly negative: boolean;
  readonly magnitude: bigint;
}
function signedOf(packed: bigint): Signed | undefined {
  const magnitude = numberOfDigits(packed >> 4n);
  const sign = packed & 15n;
  return magnitude === undefined || sign < 10n ? undefined : { negative: isMinus(sign), magnitude };
}
const packedSigned = ({ negative, magnitude }: Signed, plus: bigint): bigint =>
  (packedDigits(magnitude) << 4n) | (negative ? MINUS : plus);

/** ddedpd: the last digits, and the sign if SP asks for one. */
export const toPacked =
  (format: Format) =>
  (sp: number): DecimalFunction =>
  ([bits = 0n]) => {
    const { negative, coefficient } = decode(bits, format);
    const digits = format.width / 4;
    if (sp < 2) return { bits: packedDigits(coefficient % powerOfTen(digits)), status: 0 };
    const magnitude = coefficient % powerOfTen(digits - 1);
    return { bits: packedSigned({ negative, magnitude }, sp === 2 ? PLUS : OTHER_PLUS), status: 0 };
  };

/** denbcd: an integer from packed digits, with a sign if S says so. */
export const fromPacked =
  (format: Format) =>
  (s: number): DecimalFunction =>
  ([bits = 0n]) => {
    const unsigned = s === 0 ? numberOfDigits(bits) : undefined;
    const number = unsigned === undefined ? undefined : { negative: false, magnitude: unsigned };
    const value = s === 0 ? number : signedOf(bits);
    if (!value) return invalid(FPSCR.VXCVI, format);
    return settled(finite(value.negative, value.magnitude, 0), 0, format);
  };

const DIGITS_OF_VECTOR = 31;
const LESS = 8;
const GREATER = 4;
const EQUAL = 2;
const OVERFLOW = 1;

/** bcdadd. and bcdsub.: 31 digits and a sign, and a CR field. */
export function addPacked(a: bigint, b: bigint, subtracts: boolean, ps: number): { packed: bigint; field: number } {
  const [first, second] = [signedOf(a), signedOf(b)];
  // What is not decimal leaves the result undefined; ours is zero.
  if (!first || !second) return { packed: 0n, field: OVERFLOW };
  const integer = ({ negative, magnitude }: Signed) => (negative ? -magnitude : magnitude);
  const sum = integer(first) + (subtracts ? -integer(second) : integer(second));
  const negative = sum < 0n;
  const all = negative ? -sum : sum;
  const magnitude = all % powerOfTen(DIGITS_OF_VECTOR);
  const order = sum === 0n ? EQUAL : negative ? LESS : GREATER;
  return {
    packed: packedSigned({ negative, magnitude }, ps === 0 ? PLUS : OTHER_PLUS),
    field: order | (all === magnitude ? 0 : OVERFLOW),
  };
}

/** Taking numbers apart and putting them together (Book I 5.6.6): none of these touches the FPSCR. */
import type { DecimalFunction } from './arithmetic';
import { decode, encode, powerOfTen, type Decimal, type Format } from './format';

const quiet = (bits: bigint) => ({ bits, status: 0 });

/** What stands for a biased exponent where there is none. */
const codes = { infinity: -1n, quiet: -2n, signaling: -3n } as const;
const kinds: Readonly<Record<string, 'infinity' | 'signaling'>> = { '-1': 'infinity', '-3': 'signaling' };

/** dxex. */
export const extractExponent =
  (format: Format): DecimalFunction =>
  ([bits = 0n]) => {
    const value = decode(bits, format);
    const exponent = value.kind === 'finite' ? BigInt(value.exponent + format.bias) : codes[value.kind];
    return quiet(BigInt.asUintN(64, exponent));
  };

/** diex: the biased exponent is an integer; what is neither one nor a code makes a quiet NaN. */
export const insertExponent =
  (format: Format): DecimalFunction =>
  ([integer = 0n, bits = 0n]) => {
    const { negative, coefficient } = decode(bits, format);
    const biased = BigInt.asIntN(64, integer);
    if (biased >= 0n && biased <= BigInt(format.greatestExponent + format.bias)) {
      const exponent = Number(biased) - format.bias;
      return quiet(encode({ kind: 'finite', negative, coefficient, exponent }, format));
    }
    const kind = kinds[biased.toString()] ?? 'quiet';
    return quiet(encode({ kind, negative, coefficient }, format));
  };

/** dscli and dscri: the digits move, and the exponent stays; an infinity or NaN has one digit fewer. */
const shift =
  (move: (coefficient: bigint, digits: number) => bigint, format: Format) =>
  (digits: number): DecimalFunction =>
  ([bits = 0n]) => {
    const value: Decimal = decode(bits, format);
    const coefficient = move(value.coefficient, digits) % powerOfTen(format.precision);
    return quiet(encode({ ...value, coefficient }, format));
  };
export const shiftLeft = (format: Format) => shift((coefficient, digits) => coefficient * powerOfTen(digits), format);
export const shiftRight = (format: Format) => shift((coefficient, digits) => coefficient / powerOfTen(digits), format);

import { unsigned64 } from '../word/unsigned';
import type { Element, ElementBits } from './vector-operations';

/** Two hexadecimal digits a byte: much faster than to shift a long number for each. */
const bytesOf = (value: bigint, count: number): readonly string[] =>
  value
    .toString(16)
    .padStart(count * 2, '0')
    .match(/../g) ?? [];

/** Vectors as bigints of 128 bits: the part of the vector vocabulary that needs no machine. */
export const bigintVectors = {
  element(vector: bigint, { bits, signed }: Element, index: number): bigint {
    const shifted = vector >> BigInt(128 - bits * (index + 1));
    return signed ? unsigned64(BigInt.asIntN(bits, shifted)) : BigInt.asUintN(bits, shifted);
  },
  vectorOf: (bits: ElementBits, elements: readonly bigint[]): bigint =>
    elements.reduce((vector, one) => (vector << BigInt(bits)) | BigInt.asUintN(bits, one), 0n),
  permute(first: bigint, second: bigint, chosen: bigint): bigint {
    const bytes = bytesOf((first << 128n) | second, 32);
    let result = '';
    for (const selector of bytesOf(chosen, 16)) result += bytes[parseInt(selector, 16) & 31]!;
    return BigInt(`0x${result}`);
  },
};

import { signed64, unsigned64 } from '../word/unsigned';

/** The arithmetic of instructions on bigints that hold 64 bits: the part of the vocabulary that needs no machine. */
export const bigintArithmetic = {
  constant: (value: number | bigint): bigint => unsigned64(BigInt(value)),
  add: (a: bigint, b: bigint): bigint => unsigned64(a + b),
  subtract: (a: bigint, b: bigint): bigint => unsigned64(a - b),
  and: (a: bigint, b: bigint): bigint => a & b,
  or: (a: bigint, b: bigint): bigint => a | b,
  xor: (a: bigint, b: bigint): bigint => a ^ b,
  shiftLeft: (a: bigint, amount: bigint): bigint => unsigned64(a << (amount & 63n)),
  shiftRight: (a: bigint, amount: bigint): bigint => a >> (amount & 63n),
  shiftRightSigned: (a: bigint, amount: bigint): bigint => unsigned64(signed64(a) >> (amount & 63n)),
  rotateLeft: (a: bigint, amount: bigint): bigint => unsigned64(a << (amount & 63n)) | (a >> (64n - (amount & 63n))),
  multiply: (a: bigint, b: bigint): bigint => unsigned64(a * b),
  multiplyHighSigned: (a: bigint, b: bigint): bigint => unsigned64((signed64(a) * signed64(b)) >> 64n),
  multiplyHighUnsigned: (a: bigint, b: bigint): bigint => (a * b) >> 64n,
  divideSigned: (a: bigint, b: bigint): bigint => unsigned64(signed64(a) / signed64(b)),
  divideUnsigned: (a: bigint, b: bigint): bigint => a / b,
  signExtend: (a: bigint, bits: 8 | 16 | 32): bigint => unsigned64(BigInt.asIntN(bits, a)),
  countLeadingZeros(a: bigint): bigint {
    const high = Math.clz32(Number(a >> 32n));
    return BigInt(high < 32 ? high : 32 + Math.clz32(Number(a & 0xffff_ffffn)));
  },

  equal: (a: bigint, b: bigint): boolean => a === b,
  lessSigned: (a: bigint, b: bigint): boolean => signed64(a) < signed64(b),
  lessUnsigned: (a: bigint, b: bigint): boolean => a < b,
  both: (a: boolean, b: boolean): boolean => a && b,
  either: (a: boolean, b: boolean): boolean => a || b,
  not: (a: boolean): boolean => !a,
  select: (condition: boolean, whenTrue: bigint, whenFalse: bigint): bigint => (condition ? whenTrue : whenFalse),
};

/** Steps of the Advanced Encryption Standard (FIPS 197) on a state of 128 bits, whose first byte is its first. */

/** A byte times x in the field of 256 elements, modulo x^8 + x^4 + x^3 + x + 1. */
const timesX = (byte: number): number => ((byte << 1) ^ (byte & 0x80 ? 0x11b : 0)) & 0xff;
function product(a: number, b: number): number {
  let sum = 0;
  for (let shifted = a, rest = b; rest !== 0; rest >>= 1, shifted = timesX(shifted)) if (rest & 1) sum ^= shifted;
  return sum;
}

/** FIPS 197, 5.1.1: the inverse in the field (0 for 0), then an affine transformation of its bits. */
function substituted(byte: number): number {
  const inverse = Array.from({ length: 256 }, (_, candidate) => candidate).find((one) => product(byte, one) === 1) ?? 0;
  let result = 0x63;
  for (const turn of [0, 1, 2, 3, 4]) result ^= (inverse << turn) | (inverse >> (8 - turn));
  return result & 0xff;
}
const substitution: readonly number[] = Array.from({ length: 256 }, (_, byte) => substituted(byte));
const inverseSubstitution: readonly number[] = substitution.map((_, byte) => substitution.indexOf(byte));

type State = readonly number[];
const stateOf = (value: bigint): State =>
  Array.from({ length: 16 }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(120 - i * 8))));
const valueOf = (state: State): bigint => state.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** Column by column, so that row r of column c is byte 4c + r; row r turns by r columns. */
const shiftRows = (state: State): State => state.map((_, i) => state[(i + (i % 4) * 4) % 16]!);
const inverseShiftRows = (state: State): State => state.map((_, i) => state[(i + (4 - (i % 4)) * 4) % 16]!);
const substitute = (state: State): State => state.map((byte) => substitution[byte]!);
const inverseSubstitute = (state: State): State => state.map((byte) => inverseSubstitution[byte]!);

/** Each column times a polynomial, whose coefficients for row 0 are given; each further row has them one later. */
const mixColumns = (state: State, coefficients: readonly number[]): State =>
  state.map((_, i) => {
    const row = i % 4;
    const column = state.slice(i - row, i - row + 4);
    return column.reduce((sum, byte, other) => sum ^ product(byte, coefficients[(other - row + 4) % 4]!), 0);
  });

const encrypted = (state: bigint): State => shiftRows(substitute(stateOf(state)));
const decrypted = (state: bigint): State => inverseSubstitute(inverseShiftRows(stateOf(state)));

export const substituteBytes = (state: bigint): bigint => valueOf(substitute(stateOf(state)));
export const encryptRound = (state: bigint, key: bigint): bigint =>
  valueOf(mixColumns(encrypted(state), [2, 3, 1, 1])) ^ key;
export const encryptLastRound = (state: bigint, key: bigint): bigint => valueOf(encrypted(state)) ^ key;
/** In the order of the standard's inverse cipher: the key comes before the columns are mixed. */
export const decryptRound = (state: bigint, key: bigint): bigint =>
  valueOf(mixColumns(stateOf(valueOf(decrypted(state)) ^ key), [14, 11, 13, 9]));
export const decryptLastRound = (state: bigint, key: bigint): bigint => valueOf(decrypted(state)) ^ key;

/** Bytes as they lie in memory, and the numbers that they are in one byte order or the other. */

export function bytesOf(value: bigint, length: number, littleEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  return littleEndian ? bytes : bytes.reverse();
}

export function valueOf(bytes: Uint8Array, littleEndian: boolean): bigint {
  const mostSignificantFirst = littleEndian ? [...bytes].reverse() : [...bytes];
  return mostSignificantFirst.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

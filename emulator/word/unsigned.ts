/** A number as the 64 bits that a register holds. */
export const unsigned64 = (value: bigint): bigint => BigInt.asUintN(64, value);
/** Those 64 bits read as a signed number. */
export const signed64 = (value: bigint): bigint => BigInt.asIntN(64, value);
export const hexadecimal = (value: bigint | number): string => `0x${value.toString(16)}`;

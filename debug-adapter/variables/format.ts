import { hexadecimal } from '../../emulator/index';

export { hexadecimal };

/** A register's value with all its digits, so that columns of them line up. */
export const register64 = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;
export const register32 = (value: bigint): string => `0x${value.toString(16).padStart(8, '0')}`;

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
/** "256 MiB", "1 byte". */
export function sizeText(bytes: bigint): string {
  if (bytes === 1n) return '1 byte';
  let unit = 0;
  let value = bytes;
  while (value >= 1024n && value % 1024n === 0n && unit < units.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  return `${value} ${units[unit] ?? ''}`;
}
export const pageSizeText = (shift: number): string => (shift === 0 ? 'reserved' : sizeText(1n << BigInt(shift)));

/** Bytes as they lie in memory: "5a 00". */
export const bytesText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** "a, b and c". */
export function listText(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** "256 MiB": the largest unit in which the number is whole. */
export function sizeText(bytes: bigint): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024n && value % 1024n === 0n && unit < units.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  return `${value} ${units[unit] ?? ''}`;
}

export const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;

import { readAddressList, type AddressRange } from './address-list';
import { attribute } from './constants';
import type { Entry } from './entry';

const known = new WeakMap<Entry, readonly AddressRange[]>();

/** The code that a unit, a function or a block consists of; empty for what has none. */
export function rangesOf(entry: Entry): readonly AddressRange[] {
  const ranges = known.get(entry) ?? readRanges(entry);
  known.set(entry, ranges);
  return ranges;
}

function readRanges(entry: Entry): readonly AddressRange[] {
  const ranges = entry.raw(attribute.RANGES);
  if (ranges) return readAddressList(entry.unit, ranges, 'range');
  const low = entry.address(attribute.LOW_PC);
  if (low === undefined) return [];
  const end = entry.address(attribute.HIGH_PC);
  const length = entry.constant(attribute.HIGH_PC);
  const high = end ?? (length === undefined ? undefined : low + length);
  return high === undefined || high <= low ? [] : [{ low, high }];
}

export const isIn = (ranges: readonly AddressRange[], address: bigint): boolean =>
  ranges.some(({ low, high }) => address >= low && address < high);

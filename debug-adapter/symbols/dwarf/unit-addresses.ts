import { Cursor, TruncatedError } from '../cursor';
import type { AddressRange } from './address-list';
import { rangesOf } from './address-ranges';
import type { DebugSections } from './sections';
import type { Unit } from './unit';
import { readInitialLength } from './unit-header';

/** What is asked of the file. */
interface UnitHolder {
  readonly sections: DebugSections;
  readonly littleEndian: boolean;
  readonly units: readonly Unit[];
  unitAt(offset: number): Unit | undefined;
}
interface Owned extends AddressRange {
  readonly unit: Unit;
}

/** Which unit an address belongs to: from .debug_aranges, and from the units themselves where that leaves them out. */
export class UnitAddresses {
  /** Sorted by where they begin. */
  readonly #ranges: readonly Owned[];

  constructor(information: UnitHolder) {
    const owned = readAddressRanges(information);
    const covered = new Set(owned.map(({ unit }) => unit));
    for (const unit of information.units) {
      if (covered.has(unit) || unit.isTypeUnit || !unit.root) continue;
      for (const range of rangesOf(unit.root)) owned.push({ ...range, unit });
    }
    this.#ranges = owned.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  }

  at(address: bigint): Unit | undefined {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low - 1];
    return range && address < range.high ? range.unit : undefined;
  }
}

function readAddressRanges(information: UnitHolder): Owned[] {
  const found: Owned[] = [];
  const cursor = new Cursor(information.sections.get('aranges'), information.littleEndian);
  try {
    while (!cursor.atEnd) readSet(cursor, information, found);
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return found;
}

function readSet(cursor: Cursor, information: UnitHolder, found: Owned[]): void {
  const start = cursor.position;
  const { is64, length } = readInitialLength(cursor);
  const set = cursor.part(length);
  const headerBytes = cursor.position - length - start;
  set.skip(2);
  const unit = information.unitAt(set.offset(is64));
  const size = set.u8();
  set.skip(1);
  // Pairs are aligned to their own size, as counted from the beginning of the set.
  const pair = 2 * size;
  if (size !== 4 && size !== 8) return;
  set.skip((pair - ((headerBytes + set.position) % pair)) % pair);
  while (!set.atEnd) {
    const [low, bytes] = [set.unsigned(size), set.unsigned(size)];
    if (low === 0n && bytes === 0n) return;
    if (unit && bytes > 0n) found.push({ low, high: low + bytes, unit });
  }
}

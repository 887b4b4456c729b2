import { Cursor, TruncatedError } from '../cursor';
import type { Abbreviation } from './abbreviations';
import { skipForm } from './form';
import type { UnitHeader } from './unit-header';

/** Where the entries of a unit are and how they hang together, by their number in the order of the file. */
export interface EntryTree {
  /** Ascending. */
  readonly offsets: readonly number[];
  readonly abbreviations: readonly Abbreviation[];
  /** -1 for the root. */
  readonly parents: readonly number[];
  /** The number of the entry behind the last one below this. */
  readonly ends: readonly number[];
  /** Whether the unit could be read to its end. */
  readonly isWhole: boolean;
}

export function readEntryTree(
  bytes: Uint8Array,
  littleEndian: boolean,
  header: UnitHeader,
  abbreviations: ReadonlyMap<number, Abbreviation>,
): EntryTree {
  const offsets: number[] = [];
  const used: Abbreviation[] = [];
  const parents: number[] = [];
  const ends: number[] = [];
  const open: number[] = [];
  const cursor = new Cursor(bytes.subarray(0, header.end), littleEndian, header.entriesOffset);
  let isWhole = true;
  try {
    do {
      const offset = cursor.position;
      const code = cursor.count();
      if (code === 0) {
        const closed = open.pop();
        if (closed !== undefined) ends[closed] = offsets.length;
        continue;
      }
      const abbreviation = abbreviations.get(code);
      if (!abbreviation) throw new TruncatedError();
      for (const { form } of abbreviation.attributes) skipForm(cursor, form, header);
      const number = offsets.length;
      offsets.push(offset);
      used.push(abbreviation);
      parents.push(open.at(-1) ?? -1);
      ends.push(number + 1);
      if (abbreviation.hasChildren) open.push(number);
    } while (open.length > 0 && !cursor.atEnd);
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
    isWhole = false;
  }
  for (const number of open) ends[number] = offsets.length;
  return { offsets, abbreviations: used, parents, ends, isWhole };
}

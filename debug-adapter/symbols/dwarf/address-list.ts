/** Range lists and location lists (DWARF 5, sections 2.6.2 and 2.17.3), and what earlier versions had in their place. */
import { Cursor, TruncatedError } from '../cursor';
import { attribute } from './constants';
import type { RawValue } from './form';
import type { EntryUnit } from './entry';

/** From the first address on, up to but without the second one. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}
interface ListEntry extends AddressRange {
  /** Of a location list: where the variable is while the program is at these addresses. */
  readonly expression: Uint8Array;
}

type ListKind = 'range' | 'location';
const MAXIMUM_ENTRIES = 1_000_000;
const none = new Uint8Array(0);

/** A list by the value of the attribute that names it; as much of it as can be read. */
export function readAddressList(unit: EntryUnit, raw: RawValue, kind: ListKind): readonly ListEntry[] {
  const found: ListEntry[] = [];
  try {
    for (const entry of listEntries(unit, raw, kind)) {
      if (entry.low < entry.high) found.push(entry);
      if (found.length > MAXIMUM_ENTRIES) break;
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return found;
}

/** Where a unit's offsets into lists count from, until a list says otherwise. */
const baseOf = (unit: EntryUnit): bigint => unit.skeleton.root?.address(attribute.LOW_PC) ?? 0n;

function listEntries(unit: EntryUnit, raw: RawValue, kind: ListKind): Generator<ListEntry> {
  const isNew = unit.header.version >= 5;
  const isSplit = unit.information.skeleton !== undefined;
  const section = kind === 'range' ? (isNew ? 'rnglists' : 'ranges') : isNew ? 'loclists' : 'loc';
  // DWARF 4 kept the ranges of split units in the linked file.
  const holder = section === 'ranges' ? unit.skeleton : unit;
  const start = (): number => {
    if (raw.kind === 'list-index') return unit.listOffset(raw.value, kind === 'range' ? 'rnglists' : 'loclists');
    const offset = raw.kind === 'section-offset' ? raw.value : raw.kind === 'data' ? Number(raw.value) : Infinity;
    const isRelative = section === 'ranges' && isSplit;
    return offset + (isRelative ? (unit.skeleton.sectionOffset(attribute.GNU_RANGES_BASE) ?? 0) : 0);
  };
  const cursor = new Cursor(holder.information.sections.get(section), unit.information.littleEndian, start());
  if (isNew) return newEntries(cursor, unit, kind);
  return section === 'loc' && isSplit ? splitEntries(cursor, unit) : oldEntries(cursor, unit, kind);
}

/** Before DWARF 5: pairs of offsets; all ones in the first say that the second is a new base. */
function* oldEntries(cursor: Cursor, unit: EntryUnit, kind: ListKind): Generator<ListEntry> {
  const size = unit.header.addressSize;
  const isBase = (1n << BigInt(8 * size)) - 1n;
  let base = baseOf(unit);
  for (;;) {
    const [low, high] = [cursor.unsigned(size), cursor.unsigned(size)];
    if (low === 0n && high === 0n) return;
    if (low === isBase) base = high;
    else {
      const expression = kind === 'range' ? none : cursor.take(cursor.u16());
      yield { low: base + low, high: base + high, expression };
    }
  }
}

/** The entries of GNU's split files before DWARF 5. */
function* splitEntries(cursor: Cursor, unit: EntryUnit): Generator<ListEntry> {
  const indexed = (): bigint => unit.addressOfIndex(cursor.count()) ?? missing();
  let base = baseOf(unit);
  for (;;) {
    const code = cursor.u8();
    if (code === 0) return;
    if (code === 1) {
      base = indexed();
      continue;
    }
    if (code > 4) throw new TruncatedError();
    const low = code === 4 ? base + BigInt(cursor.u32()) : indexed();
    const high = code === 2 ? indexed() : code === 3 ? low + BigInt(cursor.u32()) : base + BigInt(cursor.u32());
    yield { low, high, expression: cursor.take(cursor.u16()) };
  }
}

function missing(): never {
  throw new TruncatedError();
}

type Operation =
  | 'end'
  | 'base-index'
  | 'index-index'
  | 'index-length'
  | 'offset-offset'
  | 'default'
  | 'base'
  | 'start-end'
  | 'start-length'
  | 'view-pair';

const operations: Readonly<Record<ListKind, readonly Operation[]>> = {
  range: ['end', 'base-index', 'index-index', 'index-length', 'offset-offset', 'base', 'start-end', 'start-length'],
  location: [
    'end',
    'base-index',
    'index-index',
    'index-length',
    'offset-offset',
    'default',
    'base',
    'start-end',
    'start-length',
    'view-pair',
  ],
};

function* newEntries(cursor: Cursor, unit: EntryUnit, kind: ListKind): Generator<ListEntry> {
  const size = unit.header.addressSize;
  const indexed = (): bigint => unit.addressOfIndex(cursor.count()) ?? missing();
  let base = baseOf(unit);
  for (;;) {
    const operation = operations[kind][cursor.u8()];
    let low = 0n;
    let high = 0n;
    switch (operation) {
      case undefined:
        throw new TruncatedError();
      case 'end':
        return;
      case 'base-index':
        base = indexed();
        continue;
      case 'base':
        base = cursor.unsigned(size);
        continue;
      case 'view-pair':
        cursor.skipLeb();
        cursor.skipLeb();
        continue;
      case 'index-index':
        [low, high] = [indexed(), indexed()];
        break;
      case 'index-length':
        low = indexed();
        high = low + cursor.unsignedLeb();
        break;
      case 'offset-offset':
        [low, high] = [base + cursor.unsignedLeb(), base + cursor.unsignedLeb()];
        break;
      case 'default':
        [low, high] = [0n, 1n << 64n];
        break;
      case 'start-end':
        [low, high] = [cursor.unsigned(size), cursor.unsigned(size)];
        break;
      case 'start-length':
        low = cursor.unsigned(size);
        high = low + cursor.unsignedLeb();
        break;
    }
    yield { low, high, expression: kind === 'range' ? none : cursor.take(cursor.count()) };
  }
}

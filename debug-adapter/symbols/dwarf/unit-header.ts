import { type Cursor, TruncatedError } from '../cursor';
import { unitType } from './constants';
import type { Encoding } from './form';

/** What stands before the entries of a unit (DWARF 5, section 7.5.1). Offsets count from the section's beginning. */
export interface UnitHeader extends Encoding {
  readonly offset: number;
  readonly end: number;
  readonly entriesOffset: number;
  readonly abbreviationsOffset: number;
  /** One of `unitType`. */
  readonly type: number;
  /** Of a type unit: what references to its type name. Of a skeleton and its split unit: what both have. */
  readonly id: bigint | undefined;
  /** Of a type unit: where its type's entry is. */
  readonly typeOffset: number | undefined;
}

/** The headers of all units of .debug_info, or of .debug_types, which DWARF 4 had; a damaged one is the last. */
export function readUnitHeaders(cursor: Cursor, isTypes = false): readonly UnitHeader[] {
  const headers: UnitHeader[] = [];
  try {
    while (!cursor.atEnd) {
      const header = readUnitHeader(cursor, isTypes);
      if (header) headers.push(header);
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return headers;
}

/** Undefined for a unit of a version that is not known, which is passed over. */
function readUnitHeader(cursor: Cursor, isTypes: boolean): UnitHeader | undefined {
  const offset = cursor.position;
  const { is64, length } = readInitialLength(cursor);
  const end = cursor.position + length;
  if (end > cursor.bytes.length) throw new TruncatedError();
  const version = cursor.u16();
  const header =
    version >= 2 && version <= 4
      ? readOldHeader(cursor, { offset, end, version, is64 }, isTypes)
      : version === 5
        ? readNewHeader(cursor, { offset, end, version, is64 })
        : undefined;
  cursor.position = end;
  return header && [4, 8].includes(header.addressSize) ? header : undefined;
}

type Beginning = Pick<UnitHeader, 'offset' | 'end' | 'version' | 'is64'>;

function readOldHeader(cursor: Cursor, beginning: Beginning, isTypes: boolean): UnitHeader {
  const { offset, is64 } = beginning;
  const abbreviationsOffset = cursor.offset(is64);
  const addressSize = cursor.u8();
  const id = isTypes ? cursor.u64() : undefined;
  const typeOffset = isTypes ? offset + cursor.offset(is64) : undefined;
  const type = isTypes ? unitType.TYPE : unitType.COMPILE;
  return { ...beginning, abbreviationsOffset, addressSize, type, id, typeOffset, entriesOffset: cursor.position };
}

function readNewHeader(cursor: Cursor, beginning: Beginning): UnitHeader {
  const { offset, is64 } = beginning;
  const type = cursor.u8();
  const addressSize = cursor.u8();
  const abbreviationsOffset = cursor.offset(is64);
  const hasId = [unitType.TYPE, unitType.SPLIT_TYPE, unitType.SKELETON, unitType.SPLIT_COMPILE].some(
    (one) => one === type,
  );
  const id = hasId ? cursor.u64() : undefined;
  const isTypeUnit = type === unitType.TYPE || type === unitType.SPLIT_TYPE;
  const typeOffset = isTypeUnit ? offset + cursor.offset(is64) : undefined;
  return { ...beginning, type, addressSize, abbreviationsOffset, id, typeOffset, entriesOffset: cursor.position };
}

/** The length that a contribution to a section begins with; its value says how wide offsets are. */
export function readInitialLength(cursor: Cursor): { readonly is64: boolean; readonly length: number } {
  const first = cursor.u32();
  return first === 0xffff_ffff ? { is64: true, length: Number(cursor.u64()) } : { is64: false, length: first };
}

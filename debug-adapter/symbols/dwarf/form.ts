import { type Cursor, TruncatedError } from '../cursor';
import { form as forms } from './constants';

/** What a unit's header says about how its entries are written. */
export interface Encoding {
  readonly version: number;
  readonly addressSize: number;
  /** Whether offsets have eight bytes (64-bit DWARF). */
  readonly is64: boolean;
}

/** A value as it stands in the file. What refers elsewhere is still an offset or an index. */
export type RawValue =
  | { readonly kind: 'address' | 'constant'; readonly value: bigint }
  /** Of unknown sign: as wide as it was written. */
  | { readonly kind: 'data'; readonly value: bigint; readonly size: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | {
      readonly kind:
        'string-offset' | 'line-string-offset' | 'string-index' | 'address-index' | 'list-index' | 'section-offset';
      readonly value: number;
    }
  /** Relative to the unit, or to the section. */
  | { readonly kind: 'unit-reference' | 'section-reference'; readonly value: number }
  | { readonly kind: 'signature'; readonly value: bigint }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array }
  /** In a supplementary file (DW_FORM_GNU_ref_alt and its kin), which is not read. */
  | { readonly kind: 'elsewhere' };

export function readForm(cursor: Cursor, form: number, implicit: bigint, encoding: Encoding): RawValue {
  const data = (size: number): RawValue => ({ kind: 'data', value: cursor.unsigned(size), size });
  switch (form) {
    case forms.ADDR:
      return { kind: 'address', value: cursor.unsigned(encoding.addressSize) };
    case forms.DATA1:
      return data(1);
    case forms.DATA2:
      return data(2);
    case forms.DATA4:
      return data(4);
    case forms.DATA8:
      return data(8);
    case forms.SDATA:
      return { kind: 'constant', value: cursor.signedLeb() };
    case forms.UDATA:
      return { kind: 'constant', value: cursor.unsignedLeb() };
    case forms.IMPLICIT_CONST:
      return { kind: 'constant', value: implicit };
    case forms.FLAG:
      return { kind: 'flag', value: cursor.u8() !== 0 };
    case forms.FLAG_PRESENT:
      return { kind: 'flag', value: true };
    case forms.STRING:
      return { kind: 'text', value: cursor.text() };
    case forms.STRP:
      return { kind: 'string-offset', value: cursor.offset(encoding.is64) };
    case forms.LINE_STRP:
      return { kind: 'line-string-offset', value: cursor.offset(encoding.is64) };
    case forms.SEC_OFFSET:
      return { kind: 'section-offset', value: cursor.offset(encoding.is64) };
    case forms.REF1:
      return { kind: 'unit-reference', value: cursor.u8() };
    case forms.REF2:
      return { kind: 'unit-reference', value: cursor.u16() };
    case forms.REF4:
      return { kind: 'unit-reference', value: cursor.u32() };
    case forms.REF8:
      return { kind: 'unit-reference', value: Number(cursor.u64()) };
    case forms.REF_UDATA:
      return { kind: 'unit-reference', value: cursor.count() };
    case forms.REF_ADDR:
      return { kind: 'section-reference', value: referenceOffset(cursor, encoding) };
    case forms.REF_SIG8:
      return { kind: 'signature', value: cursor.u64() };
    case forms.INDIRECT:
      return readIndirect(cursor, encoding);
    case forms.REF_SUP4:
    case forms.REF_SUP8:
    case forms.STRP_SUP:
    case forms.GNU_REF_ALT:
    case forms.GNU_STRP_ALT:
      skipForm(cursor, form, encoding);
      return { kind: 'elsewhere' };
    default:
      return readIndex(cursor, form) ?? readBlock(cursor, form);
  }
}

function readIndirect(cursor: Cursor, encoding: Encoding): RawValue {
  const form = cursor.count();
  // One that names itself would go on for ever; a constant has no place to stand in.
  if (form === forms.INDIRECT || form === forms.IMPLICIT_CONST) throw new TruncatedError();
  return readForm(cursor, form, 0n, encoding);
}

/** DWARF 2 gave a reference the size of an address. */
const referenceOffset = (cursor: Cursor, { version, addressSize, is64 }: Encoding): number =>
  cursor.offset(version <= 2 ? addressSize === 8 : is64);

function readIndex(cursor: Cursor, form: number): RawValue | undefined {
  switch (form) {
    case forms.STRX:
    case forms.GNU_STR_INDEX:
      return { kind: 'string-index', value: cursor.count() };
    case forms.STRX1:
      return { kind: 'string-index', value: cursor.u8() };
    case forms.STRX2:
      return { kind: 'string-index', value: cursor.u16() };
    case forms.STRX3:
      return { kind: 'string-index', value: cursor.u24() };
    case forms.STRX4:
      return { kind: 'string-index', value: cursor.u32() };
    case forms.ADDRX:
    case forms.GNU_ADDR_INDEX:
      return { kind: 'address-index', value: cursor.count() };
    case forms.ADDRX1:
      return { kind: 'address-index', value: cursor.u8() };
    case forms.ADDRX2:
      return { kind: 'address-index', value: cursor.u16() };
    case forms.ADDRX3:
      return { kind: 'address-index', value: cursor.u24() };
    case forms.ADDRX4:
      return { kind: 'address-index', value: cursor.u32() };
    case forms.LOCLISTX:
    case forms.RNGLISTX:
      return { kind: 'list-index', value: cursor.count() };
    default:
      return undefined;
  }
}

function readBlock(cursor: Cursor, form: number): RawValue {
  switch (form) {
    case forms.EXPRLOC:
      return { kind: 'expression', bytes: cursor.take(cursor.count()) };
    case forms.BLOCK:
      return { kind: 'block', bytes: cursor.take(cursor.count()) };
    case forms.BLOCK1:
      return { kind: 'block', bytes: cursor.take(cursor.u8()) };
    case forms.BLOCK2:
      return { kind: 'block', bytes: cursor.take(cursor.u16()) };
    case forms.BLOCK4:
      return { kind: 'block', bytes: cursor.take(cursor.u32()) };
    case forms.DATA16:
      return { kind: 'block', bytes: cursor.take(16) };
    default:
      // Its size is not known, so nothing behind it can be found.
      throw new TruncatedError();
  }
}

/** Bytes that a form always takes; 0 for those that tell their size themselves. */
const fixedSizes: Readonly<Record<number, number>> = {
  [forms.DATA1]: 1,
  [forms.DATA2]: 2,
  [forms.DATA4]: 4,
  [forms.DATA8]: 8,
  [forms.DATA16]: 16,
  [forms.FLAG]: 1,
  [forms.REF1]: 1,
  [forms.REF2]: 2,
  [forms.REF4]: 4,
  [forms.REF8]: 8,
  [forms.REF_SIG8]: 8,
  [forms.REF_SUP4]: 4,
  [forms.REF_SUP8]: 8,
  [forms.STRX1]: 1,
  [forms.STRX2]: 2,
  [forms.STRX3]: 3,
  [forms.STRX4]: 4,
  [forms.ADDRX1]: 1,
  [forms.ADDRX2]: 2,
  [forms.ADDRX3]: 3,
  [forms.ADDRX4]: 4,
};

/** Goes past a value without making it: most entries are only passed on the way to another. */
export function skipForm(cursor: Cursor, form: number, encoding: Encoding): void {
  switch (form) {
    case forms.FLAG_PRESENT:
    case forms.IMPLICIT_CONST:
      return;
    case forms.ADDR:
      return cursor.skip(encoding.addressSize);
    case forms.STRP:
    case forms.LINE_STRP:
    case forms.SEC_OFFSET:
    case forms.STRP_SUP:
    case forms.GNU_REF_ALT:
    case forms.GNU_STRP_ALT:
      return cursor.skip(encoding.is64 ? 8 : 4);
    case forms.REF_ADDR:
      referenceOffset(cursor, encoding);
      return;
    case forms.UDATA:
    case forms.SDATA:
    case forms.REF_UDATA:
    case forms.STRX:
    case forms.ADDRX:
    case forms.LOCLISTX:
    case forms.RNGLISTX:
    case forms.GNU_ADDR_INDEX:
    case forms.GNU_STR_INDEX:
      return cursor.skipLeb();
    case forms.STRING:
      return cursor.skipText();
    case forms.EXPRLOC:
    case forms.BLOCK:
      return cursor.skip(cursor.count());
    case forms.BLOCK1:
      return cursor.skip(cursor.u8());
    case forms.BLOCK2:
      return cursor.skip(cursor.u16());
    case forms.BLOCK4:
      return cursor.skip(cursor.u32());
    case forms.INDIRECT:
      readIndirect(cursor, encoding);
      return;
    default: {
      const size = fixedSizes[form];
      if (size === undefined) throw new TruncatedError();
      cursor.skip(size);
    }
  }
}

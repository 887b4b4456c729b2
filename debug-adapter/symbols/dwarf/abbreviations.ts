import { type Cursor, TruncatedError } from '../cursor';
import { form as forms } from './constants';

export interface AttributeShape {
  readonly name: number;
  readonly form: number;
  /** DW_FORM_implicit_const's value, which stands here in place of in the entry. */
  readonly implicit: bigint;
}
/** What the entries that use one abbreviation look like. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

const MAXIMUM_ATTRIBUTES = 1000;

/** The abbreviations of one unit, by their code. What a damaged file has twice counts as it stands last. */
export function readAbbreviations(cursor: Cursor): ReadonlyMap<number, Abbreviation> {
  const found = new Map<number, Abbreviation>();
  for (let code = cursor.count(); code !== 0; code = cursor.count()) {
    const tag = cursor.count();
    const hasChildren = cursor.u8() !== 0;
    found.set(code, { tag, hasChildren, attributes: readShapes(cursor) });
  }
  return found;
}

function readShapes(cursor: Cursor): readonly AttributeShape[] {
  const shapes: AttributeShape[] = [];
  for (;;) {
    const [name, form] = [cursor.count(), cursor.count()];
    const implicit = form === forms.IMPLICIT_CONST ? cursor.signedLeb() : 0n;
    if (name === 0 && form === 0) return shapes;
    if (shapes.push({ name, form, implicit }) > MAXIMUM_ATTRIBUTES) throw new TruncatedError();
  }
}

import { TruncatedError, type Cursor } from '../cursor';
import type { Abbreviation } from './abbreviations';
import { attribute } from './constants';
import { readForm, skipForm, type RawValue } from './form';
import type { DebugSections } from './sections';
import type { UnitHeader } from './unit-header';

/** What entries ask of the unit that they stand in. */
export interface EntryUnit {
  readonly header: UnitHeader;
  readonly information: EntryInformation;
  readonly root: Entry | undefined;
  /** The unit that the linker has filled in the addresses of; this one, unless it is split. */
  readonly skeleton: EntryUnit;
  cursorAt(offset: number): Cursor;
  entryAt(offset: number): Entry | undefined;
  parentOf(entry: Entry): Entry | undefined;
  childrenOf(entry: Entry): readonly Entry[];
  entriesWith(...tags: readonly number[]): readonly Entry[];
  text(raw: RawValue): string | undefined;
  addressOfIndex(index: number): bigint | undefined;
  listOffset(index: number, section: 'rnglists' | 'loclists'): number;
  sectionOffset(name: number): number | undefined;
  referred(raw: RawValue): Entry | undefined;
}
/** What units ask of the file that they stand in. */
export interface EntryInformation {
  readonly sections: DebugSections;
  readonly littleEndian: boolean;
  /** Of a split file: the unit of the linked file that stands for it. */
  readonly skeleton: EntryUnit | undefined;
  entryAt(offset: number): Entry | undefined;
  typeOfSignature(signature: bigint): Entry | undefined;
  abbreviationsAt(offset: number): ReadonlyMap<number, Abbreviation>;
}

const MAXIMUM_ORIGINS = 8;

/** A debugging information entry: what the compiler says about a function, a variable, a type. */
export class Entry {
  readonly unit: EntryUnit;
  readonly number: number;
  readonly offset: number;
  readonly #abbreviation: Abbreviation;
  #values: ReadonlyMap<number, RawValue> | undefined;

  constructor(unit: EntryUnit, number: number, offset: number, abbreviation: Abbreviation) {
    this.unit = unit;
    this.number = number;
    this.offset = offset;
    this.#abbreviation = abbreviation;
  }

  get tag(): number {
    return this.#abbreviation.tag;
  }
  get parent(): Entry | undefined {
    return this.unit.parentOf(this);
  }
  get children(): readonly Entry[] {
    return this.unit.childrenOf(this);
  }

  has(name: number): boolean {
    return this.#abbreviation.attributes.some((one) => one.name === name);
  }
  raw(name: number): RawValue | undefined {
    if (!this.has(name)) return undefined;
    this.#values ??= this.#read();
    return this.#values.get(name);
  }

  text(name: number): string | undefined {
    const raw = this.raw(name);
    return raw && this.unit.text(raw);
  }
  flag(name: number): boolean {
    const raw = this.raw(name);
    return raw?.kind === 'flag' ? raw.value : false;
  }
  /** A number whose sign the form does not tell counts as unsigned. */
  constant(name: number): bigint | undefined {
    const raw = this.raw(name);
    return raw?.kind === 'constant' || raw?.kind === 'data' ? raw.value : undefined;
  }
  /** The same with the highest bit as sign, where the form leaves that open. */
  signedConstant(name: number): bigint | undefined {
    const raw = this.raw(name);
    return raw?.kind === 'data' ? BigInt.asIntN(8 * raw.size, raw.value) : this.constant(name);
  }
  address(name: number): bigint | undefined {
    const raw = this.raw(name);
    if (raw?.kind === 'address') return raw.value;
    return raw?.kind === 'address-index' ? this.unit.addressOfIndex(raw.value) : undefined;
  }
  /** A location or value that is one expression, not a list. */
  expression(name: number): Uint8Array | undefined {
    const raw = this.raw(name);
    return raw?.kind === 'expression' || raw?.kind === 'block' ? raw.bytes : undefined;
  }
  reference(name: number): Entry | undefined {
    const raw = this.raw(name);
    return raw && this.unit.referred(raw);
  }

  /** This entry, or the one that it completes or is an instance of, whichever says something about this. */
  holderOf(name: number): Entry | undefined {
    return this.#holderWithin(name, MAXIMUM_ORIGINS);
  }
  #holderWithin(name: number, steps: number): Entry | undefined {
    if (this.has(name)) return this;
    const { origin } = this;
    return steps > 0 && origin ? origin.#holderWithin(name, steps - 1) : undefined;
  }
  get origin(): Entry | undefined {
    return this.reference(attribute.ABSTRACT_ORIGIN) ?? this.reference(attribute.SPECIFICATION);
  }
  get name(): string | undefined {
    return this.holderOf(attribute.NAME)?.text(attribute.NAME);
  }
  get type(): Entry | undefined {
    return this.holderOf(attribute.TYPE)?.reference(attribute.TYPE);
  }

  #read(): ReadonlyMap<number, RawValue> {
    const values = new Map<number, RawValue>();
    const cursor = this.unit.cursorAt(this.offset);
    try {
      cursor.skipLeb();
      for (const { name, form, implicit } of this.#abbreviation.attributes) {
        if (name === attribute.SIBLING) skipForm(cursor, form, this.unit.header);
        else values.set(name, readForm(cursor, form, implicit, this.unit.header));
      }
    } catch (error) {
      if (!(error instanceof TruncatedError)) throw error;
    }
    return values;
  }
}

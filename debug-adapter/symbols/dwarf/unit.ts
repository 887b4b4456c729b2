import { Cursor, textAt, TruncatedError } from '../cursor';
import { readAbbreviations, type Abbreviation } from './abbreviations';
import { attribute, unitType } from './constants';
import { Entry, type EntryInformation, type EntryUnit } from './entry';
import { readEntryTree, type EntryTree } from './entry-tree';
import type { RawValue } from './form';
import type { UnitHeader } from './unit-header';

/** Bytes before the offsets of the first contribution to a section of a split file, which names no base for them. */
const SPLIT_LIST_BASE = { narrow: 12, wide: 20 } as const;
const SPLIT_STRING_BASE = { narrow: 8, wide: 16 } as const;

/** A file that may keep units in files of their own. */
export interface UnitInformation extends EntryInformation {
  splitUnitOf(unit: Unit): Unit | undefined;
}

/** One compilation unit. Its entries are found when the first of them is asked for, and read one by one. */
export class Unit implements EntryUnit {
  readonly header: UnitHeader;
  readonly information: UnitInformation;
  /** Whether it stands in .debug_types. */
  readonly #isTypes: boolean;
  #tree: EntryTree | undefined;
  #abbreviations: ReadonlyMap<number, Abbreviation> | undefined;
  readonly #entries = new Map<number, Entry>();
  #split: Unit | undefined;
  #hasLookedForSplit = false;

  constructor(information: UnitInformation, header: UnitHeader, isTypes: boolean) {
    this.information = information;
    this.header = header;
    this.#isTypes = isTypes;
  }

  get root(): Entry | undefined {
    // Without the tree, which many units are never asked for.
    const known = this.#entries.get(0);
    if (known) return known;
    const abbreviation = this.#abbreviationAt(this.header.entriesOffset);
    if (!abbreviation) return undefined;
    const entry = new Entry(this, 0, this.header.entriesOffset, abbreviation);
    this.#entries.set(0, entry);
    return entry;
  }
  get isTypeUnit(): boolean {
    return this.header.type === unitType.TYPE || this.header.type === unitType.SPLIT_TYPE;
  }
  /** Whether all of it could be read. */
  get isWhole(): boolean {
    return this.#treeOf().isWhole;
  }

  /** The unit of the split file that this skeleton stands for, where that can be found; or this one. */
  get full(): Unit {
    if (!this.#hasLookedForSplit) {
      this.#hasLookedForSplit = true;
      this.#split = this.information.splitUnitOf(this);
    }
    return this.#split ?? this;
  }
  /** The skeleton that the linker has filled in the addresses of; or this one. */
  get skeleton(): EntryUnit {
    return this.information.skeleton ?? this;
  }

  /** The bytes of the section up to the unit's end. */
  cursorAt(offset: number): Cursor {
    return new Cursor(this.#section.subarray(0, this.header.end), this.information.littleEndian, offset);
  }
  get #section(): Uint8Array {
    return this.information.sections.get(this.#isTypes ? 'types' : 'info');
  }

  /** The entry that begins at an offset of the section. */
  entryAt(offset: number): Entry | undefined {
    const { offsets } = this.#treeOf();
    let [low, high] = [0, offsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return offsets[low] === offset ? this.#entry(low) : undefined;
  }
  parentOf({ number }: Entry): Entry | undefined {
    const parent = this.#treeOf().parents[number] ?? -1;
    return parent < 0 ? undefined : this.#entry(parent);
  }
  childrenOf({ number }: Entry): readonly Entry[] {
    const { ends } = this.#treeOf();
    const children: Entry[] = [];
    for (let child = number + 1; child < (ends[number] ?? 0); child = ends[child]!) children.push(this.#entry(child));
    return children;
  }
  /** Every entry with one of some tags, in the order of the file. */
  entriesWith(...tags: readonly number[]): readonly Entry[] {
    const found: Entry[] = [];
    this.#treeOf().abbreviations.forEach(({ tag }, number) => {
      if (tags.includes(tag)) found.push(this.#entry(number));
    });
    return found;
  }

  /** What a raw value that is a text, or names one, says. */
  text(raw: RawValue): string | undefined {
    const { sections } = this.information;
    try {
      if (raw.kind === 'text') return raw.value;
      if (raw.kind === 'string-offset') return textAt(sections.get('str'), raw.value);
      if (raw.kind === 'line-string-offset') return textAt(sections.get('line_str'), raw.value);
      return raw.kind === 'string-index' ? textAt(sections.get('str'), this.#stringOffset(raw.value)) : undefined;
    } catch (error) {
      if (error instanceof TruncatedError) return undefined;
      throw error;
    }
  }
  #stringOffset(index: number): number {
    const { is64, version } = this.header;
    const split = version < 5 ? 0 : SPLIT_STRING_BASE[is64 ? 'wide' : 'narrow'];
    const base = this.sectionOffset(attribute.STR_OFFSETS_BASE) ?? (this.information.skeleton ? split : 0);
    const at = base + index * (is64 ? 8 : 4);
    const bytes = this.information.sections.get('str_offsets');
    return new Cursor(bytes, this.information.littleEndian, at).offset(is64);
  }

  /** The address of .debug_addr that an index stands for. */
  addressOfIndex(index: number): bigint | undefined {
    const { skeleton } = this;
    const base =
      skeleton.sectionOffset(attribute.ADDR_BASE) ?? skeleton.sectionOffset(attribute.GNU_ADDR_BASE) ?? undefined;
    if (base === undefined) return undefined;
    const { addressSize } = this.header;
    const { sections, littleEndian } = skeleton.information;
    try {
      return new Cursor(sections.get('addr'), littleEndian, base + index * addressSize).unsigned(addressSize);
    } catch (error) {
      if (error instanceof TruncatedError) return undefined;
      throw error;
    }
  }

  /** Where in its section a range or location list begins that is named by its number. */
  listOffset(index: number, section: 'rnglists' | 'loclists'): number {
    const { is64 } = this.header;
    const name = section === 'rnglists' ? attribute.RNGLISTS_BASE : attribute.LOCLISTS_BASE;
    const base = this.sectionOffset(name) ?? SPLIT_LIST_BASE[is64 ? 'wide' : 'narrow'];
    const bytes = this.information.sections.get(section);
    const at = base + index * (is64 ? 8 : 4);
    return base + new Cursor(bytes, this.information.littleEndian, at).offset(is64);
  }

  /** What an attribute of the unit itself says that is a place in another section. */
  sectionOffset(name: number): number | undefined {
    const raw = this.root?.raw(name);
    if (raw?.kind === 'section-offset') return raw.value;
    // DWARF 2 and 3 had no form of its own for it.
    return raw?.kind === 'data' ? Number(raw.value) : undefined;
  }

  /** The entry that a raw value refers to. */
  referred(raw: RawValue): Entry | undefined {
    if (raw.kind === 'unit-reference') return this.entryAt(this.header.offset + raw.value);
    if (raw.kind === 'section-reference') return this.information.entryAt(raw.value);
    return raw.kind === 'signature' ? this.information.typeOfSignature(raw.value) : undefined;
  }

  #treeOf(): EntryTree {
    this.#tree ??= readEntryTree(
      this.#section,
      this.information.littleEndian,
      this.header,
      this.#abbreviations ?? this.#readAbbreviations(),
    );
    return this.#tree;
  }
  #entry(number: number): Entry {
    const known = this.#entries.get(number);
    if (known) return known;
    const { offsets, abbreviations } = this.#treeOf();
    const entry = new Entry(this, number, offsets[number]!, abbreviations[number]!);
    this.#entries.set(number, entry);
    return entry;
  }

  get abbreviations(): ReadonlyMap<number, Abbreviation> {
    return this.#abbreviations ?? this.#readAbbreviations();
  }
  #abbreviationAt(offset: number): Abbreviation | undefined {
    try {
      return this.abbreviations.get(this.cursorAt(offset).count());
    } catch (error) {
      if (error instanceof TruncatedError) return undefined;
      throw error;
    }
  }
  #readAbbreviations(): ReadonlyMap<number, Abbreviation> {
    this.#abbreviations = this.information.abbreviationsAt(this.header.abbreviationsOffset);
    return this.#abbreviations;
  }
}

/** The abbreviations at an offset, or none where the file is damaged. */
export function abbreviationsAt(
  bytes: Uint8Array,
  littleEndian: boolean,
  offset: number,
): ReadonlyMap<number, Abbreviation> {
  try {
    return readAbbreviations(new Cursor(bytes, littleEndian, offset));
  } catch (error) {
    if (error instanceof TruncatedError) return new Map();
    throw error;
  }
}

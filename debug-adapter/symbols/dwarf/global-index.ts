/** The names that a program has outside its functions, in all units. Made in one go over the entries that are on top. */
import { TruncatedError, type Cursor } from '../cursor';
import type { Abbreviation } from './abbreviations';
import { attribute, tag } from './constants';
import type { DebugInformation } from './debug-information';
import type { Entry } from './entry';
import { readForm, skipForm, type RawValue } from './form';
import type { Unit } from './unit';

/** What a name can stand for. The tags of C's structs, unions and enums are names of their own. */
type NameSpace = 'variable' | 'function' | 'type' | 'struct' | 'union' | 'enum' | 'enumerator';

interface Place {
  readonly unit: Unit;
  readonly offset: number;
}

const spaces: Readonly<Record<number, NameSpace>> = {
  [tag.VARIABLE]: 'variable',
  [tag.SUBPROGRAM]: 'function',
  [tag.TYPEDEF]: 'type',
  [tag.BASE_TYPE]: 'type',
  [tag.STRUCTURE_TYPE]: 'struct',
  [tag.CLASS_TYPE]: 'struct',
  [tag.UNION_TYPE]: 'union',
  [tag.ENUMERATION_TYPE]: 'enum',
  [tag.ENUMERATOR]: 'enumerator',
};

export class GlobalIndex {
  readonly #places: Readonly<Record<NameSpace, Map<string, Place | readonly Place[]>>> = {
    variable: new Map(),
    function: new Map(),
    type: new Map(),
    struct: new Map(),
    union: new Map(),
    enum: new Map(),
    enumerator: new Map(),
  };

  constructor(information: DebugInformation) {
    for (const unit of information.units) this.#addUnit(unit.full);
  }

  /** What defines a name: every variable and function of that name; of types, which units repeat, the first. */
  find(space: NameSpace, name: string): readonly Entry[] {
    const places = this.#places[space].get(name);
    if (!places) return [];
    const list = 'unit' in places ? [places] : places;
    return list.flatMap(({ unit, offset }) => unit.entryAt(offset) ?? []);
  }
  names(space: NameSpace): Iterable<string> {
    return this.#places[space].keys();
  }

  #add(space: NameSpace, name: string, place: Place): void {
    const map = this.#places[space];
    const before = map.get(name);
    if (!before) map.set(name, place);
    else if (space === 'variable' || space === 'function') {
      map.set(name, [...('unit' in before ? [before] : before), place]);
    }
  }

  #addUnit(unit: Unit): void {
    const scan = new TopScan(unit, (space, name, offset) => this.#add(space, name, { unit, offset }));
    try {
      scan.run();
    } catch (error) {
      // What stands before the damage counts.
      if (!(error instanceof TruncatedError)) throw error;
    }
  }
}

/** One pass over the top of a unit, which makes no entries: a kernel has millions. */
class TopScan {
  readonly #unit: Unit;
  readonly #found: (space: NameSpace, name: string, offset: number) => void;
  readonly #cursor: Cursor;
  /** Names of what is only declared so far, by offset: a definition may refer to them. */
  readonly #declared = new Map<number, string>();

  constructor(unit: Unit, found: (space: NameSpace, name: string, offset: number) => void) {
    this.#unit = unit;
    this.#found = found;
    this.#cursor = unit.cursorAt(unit.header.entriesOffset);
  }

  run(): void {
    const root = this.#abbreviation();
    if (!root) return;
    this.#skip(root);
    while (!this.#cursor.atEnd) {
      const offset = this.#cursor.position;
      const abbreviation = this.#abbreviation();
      if (!abbreviation) return;
      this.#entry(offset, abbreviation);
    }
  }

  /** Undefined for the end of a list of children. */
  #abbreviation(): Abbreviation | undefined {
    const code = this.#cursor.count();
    if (code === 0) return undefined;
    const abbreviation = this.#unit.abbreviations.get(code);
    if (!abbreviation) throw new TruncatedError();
    return abbreviation;
  }
  #skip({ attributes }: Abbreviation): void {
    for (const { form } of attributes) skipForm(this.#cursor, form, this.#unit.header);
  }

  #entry(offset: number, abbreviation: Abbreviation): void {
    const space = spaces[abbreviation.tag];
    let name: RawValue | undefined;
    let sibling: RawValue | undefined;
    let completes: RawValue | undefined;
    let isDeclaration = false;
    let hasPlace = false;
    for (const { name: what, form, implicit } of abbreviation.attributes) {
      const read = (): RawValue => readForm(this.#cursor, form, implicit, this.#unit.header);
      if (what === attribute.SIBLING) sibling = read();
      else if (space === undefined) skipForm(this.#cursor, form, this.#unit.header);
      else if (what === attribute.NAME) name = read();
      else if (what === attribute.SPECIFICATION || what === attribute.ABSTRACT_ORIGIN) completes = read();
      else {
        if (what === attribute.DECLARATION) isDeclaration = true;
        if (what === attribute.LOCATION || what === attribute.CONST_VALUE) hasPlace = true;
        skipForm(this.#cursor, form, this.#unit.header);
      }
    }
    if (space) this.#name(space, offset, { name, completes, isDeclaration, hasPlace });
    if (abbreviation.hasChildren) this.#passChildren(space, sibling);
  }

  #name(
    space: NameSpace,
    offset: number,
    says: { name: RawValue | undefined; completes: RawValue | undefined; isDeclaration: boolean; hasPlace: boolean },
  ): void {
    const { header } = this.#unit;
    const own = says.name && this.#unit.text(says.name);
    const name =
      own ??
      (says.completes?.kind === 'unit-reference'
        ? this.#declared.get(header.offset + says.completes.value)
        : undefined);
    if (name === undefined) return;
    if (space === 'variable' || space === 'function') this.#declared.set(offset, name);
    if (says.isDeclaration || (space === 'variable' && !says.hasPlace)) return;
    this.#found(space, name, offset);
  }

  #passChildren(space: NameSpace | undefined, sibling: RawValue | undefined): void {
    if (space === 'enum') {
      for (;;) {
        const offset = this.#cursor.position;
        const child = this.#abbreviation();
        if (!child) return;
        this.#entry(offset, child);
      }
    }
    if (sibling?.kind === 'unit-reference') {
      const next = this.#unit.header.offset + sibling.value;
      // Never backwards, which a damaged file could ask for.
      if (next <= this.#cursor.position) throw new TruncatedError();
      this.#cursor.position = next;
      return;
    }
    for (let depth = 1; depth > 0;) {
      const child = this.#abbreviation();
      if (!child) depth -= 1;
      else {
        this.#skip(child);
        if (child.hasChildren) depth += 1;
      }
    }
  }
}

import { Cursor } from '../cursor';
import type { Abbreviation } from './abbreviations';
import { UnitAddresses } from './unit-addresses';
import { attribute, tag } from './constants';
import type { Entry } from './entry';
import type { DebugSections } from './sections';
import { abbreviationsAt, Unit, type UnitInformation } from './unit';
import { readUnitHeaders } from './unit-header';

/** Finds the sections of a split file by the name that its skeleton has for it; undefined where there is none. */
export type SplitLoader = (name: string, compiledIn: string) => DebugSections | undefined;

/** What a file says about its source program, found piece by piece as it is asked for. */
export class DebugInformation implements UnitInformation {
  readonly sections: DebugSections;
  readonly littleEndian: boolean;
  /** In the order of the file. */
  readonly units: readonly Unit[];
  /** Of a split file: the unit of the linked file that stands for it. */
  readonly skeleton: Unit | undefined;
  readonly #typeUnits: readonly Unit[];
  readonly #loadSplit: SplitLoader;
  readonly #abbreviations = new Map<number, ReadonlyMap<number, Abbreviation>>();
  #signatures: ReadonlyMap<bigint, Entry> | undefined;
  #addresses: UnitAddresses | undefined;

  constructor(sections: DebugSections, loadSplit: SplitLoader = () => undefined, skeleton?: Unit) {
    this.sections = sections;
    this.littleEndian = sections.littleEndian;
    this.skeleton = skeleton;
    this.#loadSplit = loadSplit;
    const cursor = (name: 'info' | 'types') => new Cursor(sections.get(name), this.littleEndian);
    this.units = readUnitHeaders(cursor('info')).map((header) => new Unit(this, header, false));
    this.#typeUnits = [
      ...this.units.filter(({ isTypeUnit }) => isTypeUnit),
      ...readUnitHeaders(cursor('types'), true).map((header) => new Unit(this, header, true)),
    ];
  }

  /** The unit that the instruction at an address was compiled in. */
  unitOfAddress(address: bigint): Unit | undefined {
    this.#addresses ??= new UnitAddresses(this);
    return this.#addresses.at(address);
  }

  /** The unit that begins at an offset of the section. */
  unitAt(offset: number): Unit | undefined {
    const unit = this.#unitHolding(offset);
    return unit?.header.offset === offset ? unit : undefined;
  }
  entryAt(offset: number): Entry | undefined {
    return this.#unitHolding(offset)?.entryAt(offset);
  }
  #unitHolding(offset: number): Unit | undefined {
    let [low, high] = [0, this.units.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.units[middle]!.header.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit && offset < unit.header.end ? unit : undefined;
  }

  typeOfSignature(signature: bigint): Entry | undefined {
    this.#signatures ??= new Map(
      this.#typeUnits.flatMap((unit) => {
        const { id, typeOffset } = unit.header;
        const entry = typeOffset === undefined ? undefined : unit.entryAt(typeOffset);
        return id === undefined || !entry ? [] : [[id, entry] as const];
      }),
    );
    return this.#signatures.get(signature);
  }

  splitUnitOf(unit: Unit): Unit | undefined {
    if (this.skeleton || !unit.root) return undefined;
    const { root } = unit;
    const name = root.text(attribute.DWO_NAME) ?? root.text(attribute.GNU_DWO_NAME);
    if (name === undefined) return undefined;
    const sections = this.#loadSplit(name, root.text(attribute.COMP_DIR) ?? '');
    if (sections?.littleEndian !== this.littleEndian) return undefined;
    const id = unit.header.id ?? root.constant(attribute.GNU_DWO_ID);
    const split = new DebugInformation(sections, undefined, unit);
    return split.units.find((one) => {
      if (one.isTypeUnit || one.root?.tag === tag.SKELETON_UNIT) return false;
      return (one.header.id ?? one.root?.constant(attribute.GNU_DWO_ID)) === id;
    });
  }

  abbreviationsAt(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.#abbreviations.get(offset);
    if (known) return known;
    const read = abbreviationsAt(this.sections.get('abbrev'), this.littleEndian, offset);
    this.#abbreviations.set(offset, read);
    return read;
  }
}

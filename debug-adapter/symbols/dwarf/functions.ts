/** Which function, and which calls that were inlined into it, an instruction belongs to. */
import { isIn, rangesOf } from './address-ranges';
import type { AddressRange } from './address-list';
import { attribute, tag } from './constants';
import type { DebugInformation } from './debug-information';
import type { Entry } from './entry';
import type { Unit } from './unit';

/** A function at one instruction: its own code, or a call that was inlined into the code of another. */
export interface FunctionPlace {
  readonly entry: Entry;
  readonly name: string;
  /** The blocks of it that the instruction lies in, the function itself first. */
  readonly blocks: readonly Entry[];
  /** Where it was called, when it is inlined: the number of the file as the line table counts, and the line. */
  readonly calledFrom: { readonly file: number; readonly line: number } | undefined;
}

interface Located extends AddressRange {
  readonly entry: Entry;
}

export class Functions {
  readonly #information: DebugInformation;
  readonly #ofUnit = new Map<Unit, readonly Located[]>();

  constructor(information: DebugInformation) {
    this.#information = information;
  }

  /** The function at an address first, what was inlined into it behind it; empty where nothing is known. */
  at(address: bigint): readonly FunctionPlace[] {
    const entry = this.functionAt(address);
    if (!entry) return [];
    const places: { entry: Entry; blocks: Entry[] }[] = [{ entry, blocks: [entry] }];
    const inner = (holder: Entry): Entry | undefined =>
      holder.children.find((child) => isBlock(child) && isIn(rangesOf(child), address));
    for (let holder = inner(entry); holder; holder = inner(holder)) {
      if (holder.tag === tag.INLINED_SUBROUTINE) places.push({ entry: holder, blocks: [holder] });
      else places.at(-1)!.blocks.push(holder);
    }
    return places.map(({ entry: one, blocks }) => ({
      entry: one,
      name: one.name ?? '?',
      blocks,
      calledFrom: callOf(one),
    }));
  }

  /** The function whose own code an address lies in. */
  functionAt(address: bigint): Entry | undefined {
    const unit = this.#information.unitOfAddress(address)?.full;
    if (!unit) return undefined;
    const located = this.#functionsOf(unit);
    let [low, high] = [0, located.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (located[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    const found = located[low - 1];
    return found && address < found.high ? found.entry : undefined;
  }

  #functionsOf(unit: Unit): readonly Located[] {
    const known = this.#ofUnit.get(unit);
    if (known) return known;
    const located = unit
      .entriesWith(tag.SUBPROGRAM)
      .flatMap((entry) => rangesOf(entry).map((range): Located => ({ ...range, entry })))
      .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    this.#ofUnit.set(unit, located);
    return located;
  }
}

const isBlock = (entry: Entry): boolean => entry.tag === tag.LEXICAL_BLOCK || entry.tag === tag.INLINED_SUBROUTINE;

function callOf(entry: Entry): FunctionPlace['calledFrom'] {
  if (entry.tag !== tag.INLINED_SUBROUTINE) return undefined;
  const [file, line] = [entry.constant(attribute.CALL_FILE), entry.constant(attribute.CALL_LINE)];
  return { file: Number(file ?? 0n), line: Number(line ?? 0n) };
}

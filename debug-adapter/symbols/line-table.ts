import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { ElfFile } from '../../emulator/index';
import { attribute } from './dwarf/constants';
import type { DebugInformation } from './dwarf/debug-information';
import type { EntryUnit } from './dwarf/entry';
import { debugSection } from './debug-section';
import type { LineProgram, LineRow } from './line-program';
import { linePrograms } from './line-program';

/** A line of source text. */
export interface SourceLine {
  readonly path: string;
  readonly line: number;
}

/** A line that a breakpoint was asked for, as the code has it. */
export interface LinePlace {
  /** The line itself, or the next one that has code. */
  readonly line: number;
  /** Every address at which code of the line begins, in order; several stretches may come of one line. */
  readonly addresses: readonly bigint[];
}

/** Where sources are looked for. */
export interface SourceFolders {
  /** Names that are relative count from here, and sources may lie here beside the program. */
  readonly program: string;
  /** Beginnings of paths as the compiler had them, and what stands there now. */
  readonly map: Readonly<Record<string, string>>;
}

/** Which instruction was made from which line, both ways. Programs are run when they are needed. */
export class LineTable {
  readonly #programs: readonly LineProgram[];
  readonly #byOffset: ReadonlyMap<number, LineProgram>;
  /** Without it, every program has to be run to find an address. */
  readonly #information: DebugInformation | undefined;
  readonly #folders: SourceFolders;
  readonly #hasCodeAtZero: boolean;
  readonly #paths = new Map<string, string>();
  readonly #rowsOfProgram = new Map<LineProgram, ProgramRows>();
  #unreferenced: ProgramRows | undefined;

  constructor(
    programs: readonly LineProgram[],
    folders: SourceFolders,
    information?: DebugInformation,
    hasCodeAtZero = false,
  ) {
    this.#programs = programs;
    this.#byOffset = new Map(programs.map((program) => [program.offset, program]));
    this.#folders = folders;
    this.#information = information;
    this.#hasCodeAtZero = hasCodeAtZero;
  }

  /** The line that the instruction at an address was made from. */
  lineAt(address: bigint): SourceLine | undefined {
    const row = this.#rowAt(address);
    return row && !row.endsSequence && row.line > 0 ? { path: this.#pathOf(row.file), line: row.line } : undefined;
  }

  /** Whether the code of a line begins at exactly this address: where a step from line to line may end. */
  isStartOfLine(address: bigint): boolean {
    const row = this.#rowAt(address);
    return row?.address === address && row.isStatement && !row.endsSequence;
  }

  /** The addresses in a stretch of code at which a line begins, in order. */
  startsBetween(low: bigint, high: bigint): readonly bigint[] {
    return this.#rowsAt(low).startsBetween(low, high);
  }

  /** Where to stop for a line; undefined when the file has no code at or behind it. */
  placesOf(file: string, line: number): LinePlace | undefined {
    const rows = this.#rowsOf(file).filter((row) => row.isStatement && !row.endsSequence && row.line >= line);
    if (rows.length === 0) return undefined;
    const nearest = rows.reduce((least, row) => Math.min(least, row.line), Infinity);
    const addresses = rows.filter((row) => row.line === nearest).map(({ address }) => address);
    return { line: nearest, addresses: [...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1)) };
  }

  /** The path of a file by the number that a unit's entries have for it. */
  fileOf(unit: EntryUnit, number: number): string | undefined {
    const file = this.#programOf(unit)?.files?.path(number);
    return file === undefined ? undefined : this.#pathOf(file);
  }

  /** Every file that the programs name, in order. */
  files(): readonly string[] {
    const named = this.#programs.flatMap((program) => program.files?.all() ?? []);
    return [...new Set(named.map((file) => this.#pathOf(file)))].sort();
  }

  /** A file by its path, or by its name alone when only one has it: sources may have moved since they were compiled. */
  #rowsOf(file: string): readonly LineRow[] {
    const name = path.basename(file);
    const named = this.#programs.flatMap((program) =>
      (program.files?.pathsOf(name) ?? []).map((one) => ({ program, one })),
    );
    const exact = named.filter(({ one }) => isSamePath(this.#pathOf(one), file));
    const chosen = exact.length > 0 ? exact : named;
    if (exact.length === 0 && new Set(named.map(({ one }) => this.#pathOf(one))).size !== 1) return [];
    const files = new Set(chosen.map(({ one }) => one));
    return [...new Set(chosen.map(({ program }) => program))].flatMap((program) =>
      this.#live(program).filter((row) => files.has(row.file)),
    );
  }

  #live(program: LineProgram): readonly LineRow[] {
    return this.#hasCodeAtZero ? program.rows() : liveSequences(program.rows());
  }

  #rowAt(address: bigint): LineRow | undefined {
    return this.#rowsAt(address).at(address);
  }

  /** The rows of the unit that an address belongs to, or of all programs that no unit refers to. */
  #rowsAt(address: bigint): ProgramRows {
    const unit = this.#information?.unitOfAddress(address);
    const program = unit && this.#programOf(unit);
    if (!program)
      return (this.#unreferenced ??= new ProgramRows(this.#programsOfNoUnit().flatMap((one) => this.#live(one))));
    const known = this.#rowsOfProgram.get(program) ?? new ProgramRows(this.#live(program));
    this.#rowsOfProgram.set(program, known);
    return known;
  }
  #programOf(unit: EntryUnit): LineProgram | undefined {
    const offset = unit.skeleton.sectionOffset(attribute.STMT_LIST);
    return offset === undefined ? undefined : this.#byOffset.get(offset);
  }
  #programsOfNoUnit(): readonly LineProgram[] {
    const referenced = new Set(this.#information?.units.map((unit) => unit.sectionOffset(attribute.STMT_LIST)));
    return this.#programs.filter(({ offset }) => !referenced.has(offset));
  }

  #pathOf(file: string): string {
    const known = this.#paths.get(file) ?? resolveSource(file, this.#folders);
    this.#paths.set(file, known);
    return known;
  }
}

/** Rows by their address. */
class ProgramRows {
  /** One row for each address that has some; each reaches to the next one. */
  readonly #effective: readonly LineRow[];

  constructor(rows: readonly LineRow[]) {
    // Where one sequence ends at the address at which the next begins, the beginning counts.
    const sorted = [...rows].sort((a, b) =>
      a.address === b.address ? Number(b.endsSequence) - Number(a.endsSequence) : a.address < b.address ? -1 : 1,
    );
    this.#effective = onePerAddress(sorted);
  }

  at(address: bigint): LineRow | undefined {
    return this.#effective[this.#indexBehind(address) - 1];
  }
  startsBetween(low: bigint, high: bigint): readonly bigint[] {
    return this.#effective
      .slice(this.#indexBehind(low - 1n), this.#indexBehind(high - 1n))
      .filter((row) => row.isStatement && !row.endsSequence)
      .map(({ address }) => address);
  }

  /** The number of rows that begin at or before an address. */
  #indexBehind(address: bigint): number {
    let [low, high] = [0, this.#effective.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#effective[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Optimizing compilers list several lines for one instruction: the last one that is a statement is where it stands. */
function onePerAddress(rows: readonly LineRow[]): readonly LineRow[] {
  const chosen: LineRow[] = [];
  for (const row of rows) {
    const before = chosen.at(-1);
    if (before?.address !== row.address) chosen.push(row);
    else if (before.endsSequence || row.isStatement || !before.isStatement) chosen[chosen.length - 1] = row;
  }
  return chosen;
}

/** Without the code that the linker dropped: it leaves such sequences at address zero. */
function liveSequences(rows: readonly LineRow[]): LineRow[] {
  const live: LineRow[] = [];
  let start = 0;
  rows.forEach((row, index) => {
    if (!row.endsSequence) return;
    if (rows[start]!.address !== 0n) for (let at = start; at <= index; at++) live.push(rows[at]!);
    start = index + 1;
  });
  return live;
}

const isSamePath = (a: string, b: string): boolean =>
  process.platform === 'win32' ? a.toLowerCase() === b.toLowerCase() : a === b;

/** Compilers name files relative to where they ran; what a guest ships beside itself is looked for there too. */
function resolveSource(file: string, { program, map }: SourceFolders): string {
  const resolved = mapped(path.resolve(program, file), map);
  const beside = path.join(program, path.basename(file));
  return !existsSync(resolved) && existsSync(beside) ? beside : resolved;
}

/** The longest beginning that the map has counts. */
function mapped(file: string, map: SourceFolders['map']): string {
  const beginnings = Object.keys(map).filter(
    (one) => file === one || file.startsWith(one.endsWith('/') ? one : `${one}/`),
  );
  const longest = beginnings.reduce((best, one) => (one.length > best.length ? one : best), '');
  return longest === '' ? file : path.join(map[longest] ?? '', file.slice(longest.length));
}

const ALLOCATED = 2n;

/** The line table of a guest; empty when it was built without debug information. */
export const lineTableOf = (
  elf: Pick<ElfFile, 'sections' | 'endian'>,
  folders: SourceFolders,
  information?: DebugInformation,
): LineTable =>
  new LineTable(
    linePrograms(
      {
        lines: debugSection(elf, '.debug_line'),
        lineStrings: debugSection(elf, '.debug_line_str'),
        strings: debugSection(elf, '.debug_str'),
      },
      elf.endian === 'little',
    ),
    folders,
    information,
    elf.sections.some(({ flags, address, size }) => (flags & ALLOCATED) !== 0n && address === 0n && size > 0n),
  );

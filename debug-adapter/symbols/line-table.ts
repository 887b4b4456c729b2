import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { ElfFile } from '../../emulator/index';
import { debugSection } from './debug-section';
import { readLinePrograms, type LineRow } from './line-program';

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

type Row = Pick<LineRow, 'address' | 'line' | 'isStatement' | 'endsSequence'> & { readonly path: string };

/** Which instruction was made from which line, both ways. */
export class LineTable {
  /** Sorted by address. */
  readonly #rows: readonly Row[];
  /** One row for each address that has some; each reaches to the next one. */
  readonly #effective: readonly Row[];

  constructor(rows: readonly LineRow[], programFolder: string, hasCodeAtZero = false) {
    const paths = new Map<string, string>();
    const pathOf = (file: string): string => {
      const known = paths.get(file) ?? resolveSource(file, programFolder);
      paths.set(file, known);
      return known;
    };
    this.#rows = (hasCodeAtZero ? rows : liveSequences(rows))
      .map(({ file, ...row }) => ({ ...row, path: pathOf(file) }))
      // Where one sequence ends at the address at which the next begins, the beginning counts.
      .sort((a, b) =>
        a.address === b.address ? Number(b.endsSequence) - Number(a.endsSequence) : a.address < b.address ? -1 : 1,
      );
    this.#effective = onePerAddress(this.#rows);
  }

  /** The line that the instruction at an address was made from. */
  lineAt(address: bigint): SourceLine | undefined {
    const row = this.#rowAt(address);
    return row && !row.endsSequence && row.line > 0 ? { path: row.path, line: row.line } : undefined;
  }

  /** Whether the code of a line begins at exactly this address: where a step from line to line may end. */
  isStartOfLine(address: bigint): boolean {
    const row = this.#rowAt(address);
    return row?.address === address && row.isStatement && !row.endsSequence;
  }

  /** Where to stop for a line; undefined when the file has no code at or behind it. */
  placesOf(file: string, line: number): LinePlace | undefined {
    const rows = this.#rowsOf(file).filter((row) => row.isStatement && !row.endsSequence && row.line >= line);
    if (rows.length === 0) return undefined;
    const nearest = rows.reduce((least, row) => Math.min(least, row.line), Infinity);
    return { line: nearest, addresses: rows.filter((row) => row.line === nearest).map(({ address }) => address) };
  }

  /** A file by its path, or by its name alone when only one has it: sources may have moved since they were compiled. */
  #rowsOf(file: string): readonly Row[] {
    const exact = this.#rows.filter((row) => isSamePath(row.path, file));
    if (exact.length > 0) return exact;
    const alike = this.#rows.filter((row) => path.basename(row.path) === path.basename(file));
    return new Set(alike.map((row) => row.path)).size === 1 ? alike : [];
  }

  #rowAt(address: bigint): Row | undefined {
    let low = 0;
    let high = this.#effective.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#effective[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    return this.#effective[low - 1];
  }
}

/** Optimizing compilers list several lines for one instruction: the last one that is a statement is where it stands. */
function onePerAddress(rows: readonly Row[]): readonly Row[] {
  const chosen: Row[] = [];
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
    const sequence = rows.slice(start, index + 1);
    if (sequence[0]!.address !== 0n) live.push(...sequence);
    start = index + 1;
  });
  return live;
}

const isSamePath = (a: string, b: string): boolean =>
  process.platform === 'win32' ? a.toLowerCase() === b.toLowerCase() : a === b;

/** Compilers name files relative to where they ran; what a guest ships beside itself is looked for there too. */
function resolveSource(file: string, programFolder: string): string {
  const resolved = path.resolve(programFolder, file);
  const beside = path.join(programFolder, path.basename(file));
  return !existsSync(resolved) && existsSync(beside) ? beside : resolved;
}

const ALLOCATED = 2n;

/** The line table of a guest; empty when it was built without debug information. */
export const lineTableOf = (elf: Pick<ElfFile, 'sections' | 'endian'>, programFolder: string): LineTable =>
  new LineTable(
    readLinePrograms(
      {
        lines: debugSection(elf, '.debug_line'),
        lineStrings: debugSection(elf, '.debug_line_str'),
        strings: debugSection(elf, '.debug_str'),
      },
      elf.endian === 'little',
    ),
    programFolder,
    elf.sections.some(({ flags, address, size }) => (flags & ALLOCATED) !== 0n && address === 0n && size > 0n),
  );

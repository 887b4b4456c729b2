/** The line number programs of .debug_line, versions 2 to 5 (DWARF 5, chapter 6.2). */
import { Cursor, TruncatedError } from './cursor';
import { readInitialLength } from './dwarf/unit-header';
import { readFileNames, type FileNames, type NameSections } from './line-program-files';

/** One row of the matrix that a line number program stands for. */
export interface LineRow {
  readonly address: bigint;
  /** As the compiler named it: absolute, or relative to where it ran. */
  readonly file: string;
  readonly line: number;
  /** A good place for a breakpoint on the line. */
  readonly isStatement: boolean;
  /** The address is the first one behind the code that the rows before describe. */
  readonly endsSequence: boolean;
}

interface Header {
  readonly addressSize: number;
  readonly minimumInstructionLength: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  readonly files: FileNames;
  /** Where the program itself begins. */
  readonly start: number;
}

/** One unit's line number program. Its header is read when a file's name is asked for, and it is run when rows are. */
export class LineProgram {
  /** In .debug_line: what a unit refers to it by. */
  readonly offset: number;
  readonly #content: Cursor;
  readonly #is64: boolean;
  readonly #sections: NameSections;
  #header: Header | undefined;
  #isDamaged = false;

  constructor(offset: number, content: Cursor, is64: boolean, sections: NameSections) {
    this.offset = offset;
    this.#content = content;
    this.#is64 = is64;
    this.#sections = sections;
  }

  /** By the number that rows use, which counts from 0 in DWARF 5 and from 1 before. */
  get files(): FileNames | undefined {
    return this.#read()?.files;
  }

  /** All rows as they come; those before a damage, where there is one. */
  rows(): readonly LineRow[] {
    const rows: LineRow[] = [];
    const header = this.#read();
    if (!header) return rows;
    try {
      const { bytes, littleEndian } = this.#content;
      runProgram(new Cursor(bytes, littleEndian, header.start), header, rows);
    } catch (error) {
      if (!(error instanceof TruncatedError)) throw error;
    }
    return rows;
  }

  #read(): Header | undefined {
    if (this.#header || this.#isDamaged) return this.#header;
    try {
      const { bytes, littleEndian } = this.#content;
      this.#header = readHeader(new Cursor(bytes, littleEndian), this.#is64, this.#sections);
    } catch (error) {
      if (!(error instanceof TruncatedError)) throw error;
      this.#isDamaged = true;
    }
    return this.#header;
  }
}

/** All programs of the section; none is read yet. */
export function linePrograms(sections: NameSections, littleEndian: boolean): readonly LineProgram[] {
  const programs: LineProgram[] = [];
  const cursor = new Cursor(sections.lines, littleEndian);
  try {
    while (!cursor.atEnd) {
      const offset = cursor.position;
      const { is64, length } = readInitialLength(cursor);
      programs.push(new LineProgram(offset, cursor.part(length), is64, sections));
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return programs;
}

function readHeader(cursor: Cursor, is64: boolean, sections: NameSections): Header {
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new TruncatedError();
  const addressSize = version >= 5 ? cursor.u8() : 8;
  if (version >= 5) cursor.skip(1);
  const headerLength = cursor.offset(is64);
  const header = cursor.part(headerLength);
  const minimumInstructionLength = header.u8();
  if (version >= 4) header.skip(1);
  const defaultIsStatement = header.u8() !== 0;
  const lineBase = header.i8();
  const lineRange = header.u8();
  const opcodeBase = header.u8();
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => header.u8());
  const files = readFileNames(header, version, is64, sections);
  // No compiler says 0, and dividing by it would.
  if (lineRange === 0) throw new TruncatedError();
  return {
    addressSize,
    minimumInstructionLength,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    files,
    start: cursor.position,
  };
}

const standard = { COPY: 1, ADVANCE_PC: 2, ADVANCE_LINE: 3, SET_FILE: 4, NEGATE: 6, CONST_ADD_PC: 8, FIXED_PC: 9 };
const extended = { END_SEQUENCE: 1, SET_ADDRESS: 2 };

/** The registers of the machine that a line number program drives. */
class State {
  address = 0n;
  file = 1;
  line = 1;
  isStatement: boolean;

  constructor({ defaultIsStatement }: Header) {
    this.isStatement = defaultIsStatement;
  }
  advance(operations: number | bigint, { minimumInstructionLength }: Header): void {
    this.address = BigInt.asUintN(64, this.address + BigInt(operations) * BigInt(minimumInstructionLength));
  }
  row({ files }: Header, endsSequence: boolean): LineRow {
    const { address, line, isStatement } = this;
    return { address, file: files.path(this.file) ?? '', line, isStatement, endsSequence };
  }
}

function runProgram(cursor: Cursor, header: Header, rows: LineRow[]): void {
  let state = new State(header);
  while (!cursor.atEnd) {
    const opcode = cursor.u8();
    if (opcode >= header.opcodeBase) {
      const adjusted = opcode - header.opcodeBase;
      state.advance(Math.floor(adjusted / header.lineRange), header);
      state.line += header.lineBase + (adjusted % header.lineRange);
      rows.push(state.row(header, false));
    } else if (opcode !== 0) {
      runStandard(cursor, opcode, state, header, rows);
    } else if (runExtended(cursor, state, header, rows)) {
      state = new State(header);
    }
  }
}

function runStandard(cursor: Cursor, opcode: number, state: State, header: Header, rows: LineRow[]): void {
  switch (opcode) {
    case standard.COPY:
      rows.push(state.row(header, false));
      return;
    case standard.ADVANCE_PC:
      state.advance(cursor.unsignedLeb(), header);
      return;
    case standard.ADVANCE_LINE:
      state.line += Number(cursor.signedLeb());
      return;
    case standard.SET_FILE:
      state.file = Number(cursor.unsignedLeb());
      return;
    case standard.NEGATE:
      state.isStatement = !state.isStatement;
      return;
    case standard.CONST_ADD_PC:
      state.advance(Math.floor((255 - header.opcodeBase) / header.lineRange), header);
      return;
    case standard.FIXED_PC:
      state.address += BigInt(cursor.u16());
      return;
    default:
      for (let count = header.operandCounts[opcode - 1] ?? 0; count > 0; count--) cursor.unsignedLeb();
  }
}

/** True when a sequence has ended. */
function runExtended(cursor: Cursor, state: State, header: Header, rows: LineRow[]): boolean {
  const operation = cursor.part(Number(cursor.unsignedLeb()));
  switch (operation.u8()) {
    case extended.END_SEQUENCE:
      rows.push(state.row(header, true));
      return true;
    case extended.SET_ADDRESS:
      state.address = header.addressSize === 4 ? BigInt(operation.u32()) : operation.u64();
      return false;
    default:
      return false;
  }
}

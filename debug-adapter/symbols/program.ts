import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ElfError, readElf, type ElfFile } from '../../emulator/index';
import { errors } from '../errors';
import { lineTableOf, type LineTable } from './line-table';
import { SourceInformation } from './source-information';
import { SymbolTable } from './symbol-table';

/** The guest's file, and what it says about its code. */
export class Program {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly elf: ElfFile;
  readonly symbols: SymbolTable;
  #lines: LineTable | undefined;
  #source: SourceInformation | undefined;

  constructor(file: string, bytes: Uint8Array) {
    this.path = file;
    this.bytes = bytes;
    this.elf = elfOf(file, bytes);
    this.symbols = new SymbolTable(this.elf);
  }

  /** Read when it is first asked for: a kernel's takes a while, and few sessions need it. */
  get lines(): LineTable {
    this.#lines ??= lineTableOf(this.elf, { program: path.dirname(this.path), map: {} }, this.source.information);
    return this.#lines;
  }
  get source(): SourceInformation {
    this.#source ??= new SourceInformation(this.elf, this.elf, path.dirname(this.path));
    return this.#source;
  }
}

const RELOCATABLE = 1;

function elfOf(file: string, bytes: Uint8Array): ElfFile {
  const refuse = (problem: string) => errors.launch('program', `"${file}" ${problem}.`);
  try {
    const elf = readElf(bytes);
    if (elf.type === RELOCATABLE) throw refuse('is an object file that has yet to be linked');
    if (elf.segments.length === 0) throw refuse('has no segment to load into memory');
    return elf;
  } catch (error) {
    if (error instanceof ElfError) throw refuse(error.message);
    throw error;
  }
}

/** Reads a file that a launch configuration names, or says in its field's name why that cannot be done. */
export function readNamedFile(field: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problems: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist',
      EISDIR: 'is a folder, not a file',
      EACCES: 'may not be read',
    };
    throw errors.launch(field, `"${file}" ${problems[code ?? ''] ?? `cannot be read (${code ?? String(error)})`}.`);
  }
}

/** Reads the guest that a launch configuration names. */
export const loadProgram = (file: string): Program => new Program(file, readNamedFile('program', file));

/** What a program's debug information says about its source: one door to it, behind which all is read when needed. */
import * as path from 'node:path';
import { readFileSync } from 'node:fs';
import { readElf, type ElfFile } from '../../emulator/index';
import { TypeReader } from './dwarf/type-reader';
import { tag } from './dwarf/constants';
import { DebugInformation, type SplitLoader } from './dwarf/debug-information';
import type { Entry } from './dwarf/entry';
import { FrameTable } from './dwarf/frame-table';
import { Functions } from './dwarf/functions';
import { GlobalIndex } from './dwarf/global-index';
import { DebugSections } from './dwarf/sections';
import { debugSection } from './debug-section';

export class SourceInformation {
  readonly information: DebugInformation;
  readonly functions: Functions;
  readonly types: TypeReader;
  readonly #elf: ElfFile;
  readonly #debug: ElfFile;
  #globals: GlobalIndex | undefined;
  #frames: FrameTable | undefined;

  /** `program` is the file that is loaded, whose sections say how to unwind; `debug` the one with the debug sections. */
  constructor(program: ElfFile, debug: ElfFile, folder: string) {
    this.#elf = program;
    this.#debug = debug;
    this.information = new DebugInformation(new DebugSections(debug), splitLoader(folder));
    this.functions = new Functions(this.information);
    this.types = new TypeReader((entry) => this.#definition(entry));
  }

  get globals(): GlobalIndex {
    this.#globals ??= new GlobalIndex(this.information);
    return this.#globals;
  }
  get frames(): FrameTable {
    this.#frames ??= frameTableOf(this.#elf, this.#debug);
    return this.#frames;
  }

  /** Where a struct, union or enum is defined that a unit only declares. */
  #definition(entry: Entry): Entry | undefined {
    if (entry.name === undefined) return undefined;
    const space = entry.tag === tag.UNION_TYPE ? 'union' : entry.tag === tag.ENUMERATION_TYPE ? 'enum' : 'struct';
    return this.globals.find(space, entry.name)[0];
  }
}

function frameTableOf(program: ElfFile, debug: ElfFile): FrameTable {
  const exceptionFrame = program.sections.find(({ name }) => name === '.eh_frame');
  return new FrameTable(
    [
      {
        bytes: exceptionFrame?.bytes ?? new Uint8Array(0),
        address: exceptionFrame?.address ?? 0n,
        isExceptionFrame: true,
      },
      { bytes: debugSection(debug, '.debug_frame'), address: 0n, isExceptionFrame: false },
    ],
    program.endian === 'little',
  );
}

/** Split files lie where the compiler put them, or beside the program. */
const splitLoader =
  (folder: string): SplitLoader =>
  (name, compiledIn) => {
    const candidates = [
      path.resolve(compiledIn, name),
      path.resolve(folder, name),
      path.join(folder, path.basename(name)),
    ];
    for (const candidate of candidates) {
      try {
        return new DebugSections(readElf(new Uint8Array(readFileSync(candidate))), '.dwo');
      } catch {
        // Absent or no ELF file: the next place may have it.
      }
    }
    return undefined;
  };

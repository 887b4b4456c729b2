import type { ElfFile } from '../../../emulator/index';
import { debugSection } from '../debug-section';

type SectionName =
  | 'info'
  | 'types'
  | 'abbrev'
  | 'str'
  | 'line_str'
  | 'str_offsets'
  | 'addr'
  | 'aranges'
  | 'ranges'
  | 'rnglists'
  | 'loc'
  | 'loclists'
  | 'line'
  | 'frame';

/** The debug sections of one file, each decompressed when it is first asked for. */
export class DebugSections {
  readonly littleEndian: boolean;
  readonly #elf: Pick<ElfFile, 'sections' | 'endian'>;
  /** ".dwo" for the sections of a split file. */
  readonly #suffix: string;
  readonly #read = new Map<SectionName, Uint8Array>();

  constructor(elf: Pick<ElfFile, 'sections' | 'endian'>, suffix: '' | '.dwo' = '') {
    this.#elf = elf;
    this.#suffix = suffix;
    this.littleEndian = elf.endian === 'little';
  }

  get(name: SectionName): Uint8Array {
    const known = this.#read.get(name);
    if (known) return known;
    const bytes = debugSection(this.#elf, `.debug_${name}${this.#suffix}`);
    this.#read.set(name, bytes);
    return bytes;
  }
}

import { ConfigurationError } from './configuration';
import { ElfError, readElf, type ElfFile } from './elf';

/** Real mode ignores the top four bits of an address: a kernel linked at 0xc000… lies at guest physical 0. */
export const physicalAddress = (address: bigint): bigint => address & ((1n << 60n) - 1n);

/** Reads the program's file, or says what is wrong with it. */
export function readProgram(bytes: Uint8Array): ElfFile {
  try {
    return readElf(bytes);
  } catch (error) {
    if (error instanceof ElfError) throw new ConfigurationError('program', error.message);
    throw error;
  }
}

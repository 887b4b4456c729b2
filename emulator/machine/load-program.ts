import { ConfigurationError } from './configuration';
import { ElfError, readElf, type ElfFile } from './elf';
import type { GuestMemory } from './guest-memory';

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

/** Puts the segments where their physical addresses say. */
export function loadSegments(program: ElfFile, memory: GuestMemory, memorySize: number): void {
  const loaded = program.segments.filter(({ memorySize: size }) => size > 0n);
  const end = loaded.reduce((most, segment) => {
    const last = physicalAddress(segment.physicalAddress) + segment.memorySize;
    return last > most ? last : most;
  }, 0n);
  if (end > BigInt(memorySize))
    throw new ConfigurationError(
      'memory',
      `the program's segments end at 0x${end.toString(16)}, beyond the guest's 0x${memorySize.toString(16)} bytes.`,
    );
  for (const { physicalAddress: address, bytes } of loaded) memory.write(physicalAddress(address), bytes);
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ElfError, readElf } from '../../../emulator/machine/elf';
import { buildElf, type ElfParts } from '../../support/adapter-elf-builder';
import { Random } from '../../support/adapter-random';

const code = Uint8Array.of(0x60, 0, 0, 0);
const whole: ElfParts = {
  entry: 0xc000000000000100n,
  segments: [{ virtualAddress: 0xc000000000000000n, physicalAddress: 0n, bytes: code, memorySize: 0x1000n }],
  sections: [{ name: '.text', bytes: code, address: 0xc000000000000000n }],
  symbols: [
    { name: 'main', address: 0xc000000000000000n, size: 4n, type: 2, section: 1 },
    { name: 'machine', address: 0xc000000000000010n, size: 8n, type: 1, section: 1 },
    { name: 'image_start', address: 0xc000000000000000n, type: 0 },
    { name: 'main.c', address: 0n, type: 4 },
  ],
};

describe.each(['big', 'little'] as const)('a %s-endian ELF file', (endian) => {
  const elf = readElf(buildElf({ ...whole, endian }));

  it('is read with its entry and its segments', () => {
    expect(elf).toMatchObject({ endian, machine: 21, type: 2, entry: 0xc000000000000100n });
    expect(elf.segments).toEqual([
      {
        virtualAddress: 0xc000000000000000n,
        physicalAddress: 0n,
        fileSize: 4,
        memorySize: 0x1000n,
        flags: 7,
        bytes: code,
      },
    ]);
  });

  it('is read with its sections', () => {
    expect(elf.sections.map(({ name }) => name)).toEqual(['', '.text', '.symtab', '.strtab', '.shstrtab']);
    expect(elf.sections[1]).toMatchObject({ address: 0xc000000000000000n, size: 4n, bytes: code });
  });

  it('is read with the symbols that name places in memory', () => {
    expect(elf.symbols.map(({ name, address, size, kind, section }) => [name, address, size, kind, section])).toEqual([
      ['main', 0xc000000000000000n, 4n, 'function', '.text'],
      ['machine', 0xc000000000000010n, 8n, 'object', '.text'],
      ['image_start', 0xc000000000000000n, 0n, 'other', undefined],
    ]);
  });
});

describe('a file that is no guest', () => {
  const file = buildElf(whole);
  const changed = (at: number, ...bytes: number[]) => {
    const copy = file.slice();
    copy.set(bytes, at);
    return copy;
  };
  const firstSegment = 64;

  it.each([
    ['text', Buffer.from('int main(void);'), 'is not an ELF file'],
    ['nothing', new Uint8Array(0), 'is not an ELF file'],
    ['a 32-bit file', changed(4, 1), 'is a 32-bit ELF file, and the guest must be 64-bit'],
    ['a short 32-bit file', changed(4, 1).subarray(0, 52), 'is a 32-bit ELF file, and the guest must be 64-bit'],
    ['a class of its own', changed(4, 9), 'has an ELF class that is neither 32-bit nor 64-bit'],
    ['a byte order of its own', changed(5, 3), 'has an ELF byte order that is neither little nor big'],
    ['a program for a PC', changed(18, 0, 62), 'is for x86-64, not for 64-bit PowerPC'],
    ['a program for who knows what', changed(18, 0x12, 0x34), 'is for machine 4660, not for 64-bit PowerPC'],
    ['a header and no more', file.subarray(0, 60), 'is truncated: its header is incomplete'],
    ['no section table', file.subarray(0, 120), 'is truncated: the section table lies beyond the end of the file'],
    [
      'a segment elsewhere',
      changed(firstSegment + 8, 0x7f, 0xff, 0xff, 0xff),
      'is truncated: segment 0 lies beyond the end of the file',
    ],
    [
      'a segment that shrinks',
      changed(firstSegment + 40, 0, 0, 0, 0, 0, 0, 0, 1),
      'has more of segment 0 in the file than in memory',
    ],
    [
      'a segment without end',
      changed(firstSegment + 40, 255, 255, 255, 255, 255, 255, 255, 255),
      'has a segment 0 that wraps around address zero',
    ],
    ['other segment headers', changed(54, 0, 32), 'has a segment table with entries of 32 bytes in place of 56'],
    ['an unnamed section', changed(62, 0, 0), 'has no name in its tables for section 1'],
  ])('is refused: %s', (_what, bytes, message) => {
    expect(() => readElf(bytes)).toThrow(new ElfError(message));
  });

  it('is an ElfError whatever is wrong with it', () => {
    const random = new Random();
    const good = buildElf({ ...whole, endian: random.pick(['big', 'little'] as const) });
    for (let round = 0; round < 3000; round++) {
      const bytes = good.slice(0, random.below(4) === 0 ? random.below(good.length) : good.length);
      // Mostly the headers: that is where a number decides about another place.
      for (let change = random.below(6); change >= 0 && bytes.length > 6; change--) {
        bytes[6 + random.below(Math.min(bytes.length - 6, random.pick([60, 440, good.length])))] = random.pick([
          0,
          1,
          0x7f,
          0xff,
          random.below(256),
        ]);
      }
      try {
        readElf(bytes);
      } catch (error) {
        if (!(error instanceof ElfError)) throw new Error(`seed ${random.seed}, round ${round}`, { cause: error });
      }
    }
  });
});

const sample = (name: string) => join(import.meta.dirname, '../../../extension/samples/mmio-trap', name);
const names = ['mmio-trap.be.elf', 'mmio-trap.le.elf'].filter((name) => existsSync(sample(name)));

describe.each(names)('the sample %s', (name) => {
  it('is read', () => {
    const elf = readElf(readFileSync(sample(name)));
    expect(elf.segments[0]).toMatchObject({ virtualAddress: 0xc000000000000000n, physicalAddress: 0n });
    expect(elf.symbols.find((symbol) => symbol.name === 'main')).toMatchObject({ kind: 'function', section: '.text' });
  });
});

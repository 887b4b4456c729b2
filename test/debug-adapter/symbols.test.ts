import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LineTable, lineTableOf } from '../../debug-adapter/symbols/line-table';
import { linePrograms } from '../../debug-adapter/symbols/line-program';
import { SymbolTable } from '../../debug-adapter/symbols/symbol-table';
import { readElf } from '../../emulator/index';
import { buildElf } from '../support/adapter-elf-builder';
import { sample, sampleFolder } from '../support/adapter-client';
import { Random } from '../support/adapter-random';

const base = 0xc000000000000000n;

describe('a symbol table', () => {
  const elf = readElf(
    buildElf({
      sections: [{ name: '.text', bytes: new Uint8Array(0x400), address: base, flags: 2n }],
      symbols: [
        { name: 'data_storage', address: base + 0x300n, size: 0n, type: 0, section: 1 },
        { name: 'main', address: base + 0x380n, size: 0x20n, section: 1 },
        { name: 'label', address: base + 0x380n, size: 0n, type: 0, section: 1 },
        { name: 'absolute', address: 0x12n, type: 0 },
      ],
    }),
  );
  const symbols = new SymbolTable(elf);
  const at = (address: bigint, realMode = false) => {
    const place = symbols.at(address, realMode);
    return place && `${place.name}+${place.offset}`;
  };

  it('names an address by the function that it lies in', () => {
    expect(at(base + 0x384n)).toBe('main+4');
    expect(at(base + 0x3a0n)).toBeUndefined();
    expect(at(base + 0x304n)).toBe('data_storage+4');
    expect(at(base - 4n)).toBeUndefined();
  });

  it('does not look at the top four bits in real mode', () => {
    expect(at(0x304n, true)).toBe('data_storage+4');
    expect(at(0x304n, false)).toBeUndefined();
    expect(at(base + 0x380n, true)).toBe('main+0');
  });

  it('finds a symbol by its name', () => {
    expect(symbols.named('main').map(({ address }) => address)).toEqual([base + 0x380n]);
    expect(symbols.named('absolute')).toHaveLength(1);
    expect(symbols.named('nothing')).toEqual([]);
  });

  it("takes a function's code from its descriptor under the ELFv1 ABI", () => {
    const descriptor = new Uint8Array(24);
    new DataView(descriptor.buffer).setBigUint64(0, base + 0x40n);
    const old = readElf(
      buildElf({
        sections: [{ name: '.opd', bytes: descriptor, address: base + 0x1000n, flags: 2n }],
        symbols: [{ name: 'start', address: base + 0x1000n, size: 0x10n, section: 1 }],
      }),
    );
    expect(new SymbolTable(old).at(base + 0x44n, false)).toMatchObject({ name: 'start', offset: 4n });
  });
});

const folders = { program: sampleFolder, map: {} };
const samples = (['be', 'le'] as const).map((endian) => ({ endian, elf: readElf(readFileSync(sample(endian))) }));

describe.each(samples)('the lines of the $endian sample', ({ elf }) => {
  const lines = lineTableOf(elf, folders);
  const symbols = new SymbolTable(elf);

  it('lead from an address to a line and back', () => {
    const { address, localEntryOffset } = symbols.named('load_from_uart')[0]!;
    const file = `${sampleFolder}/devices.c`;
    const text = readFileSync(file, 'utf8').split('\n');
    // Compilers attribute a function's beginning to its brace.
    const line = text.findIndex((one) => one.startsWith('uint8_t load_from_uart')) + 2;
    expect(lines.placesOf(file, line)).toMatchObject({ line });
    expect(lines.placesOf(file, line)!.addresses).toContain(address);
    const inside = lines.lineAt(address + BigInt(localEntryOffset) + 4n)!;
    expect(inside.path).toBe(file);
    expect(text[inside.line - 1]).toContain('volatile uint8_t');
  });

  it('go on to the next line that has code', () => {
    expect(lines.placesOf(`${sampleFolder}/devices.c`, 1)!.line).toBeGreaterThan(1);
    expect(lines.placesOf(`${sampleFolder}/devices.c`, 100_000)).toBeUndefined();
    expect(lines.placesOf('/elsewhere/other.c', 1)).toBeUndefined();
  });

  it('find a source that has moved by its name', () => {
    expect(lines.placesOf('/home/somebody/devices.c', 20)).toEqual(lines.placesOf(`${sampleFolder}/devices.c`, 20));
  });
});

const objdump = 'powerpc64-linux-gnu-objdump';
const hasObjdump = spawnSync(objdump, ['--version']).status === 0;
if (!hasObjdump) console.log(`The comparison of line tables is skipped: ${objdump} is not installed.`);

describe.skipIf(!hasObjdump)('the lines that objdump reads', () => {
  it.each(samples)('are those of the $endian sample', ({ endian, elf }) => {
    const sections = {
      lines: elf.sections.find(({ name }) => name === '.debug_line')!.bytes,
      lineStrings: new Uint8Array(0),
      strings: new Uint8Array(0),
    };
    const ours = linePrograms(sections, elf.endian === 'little')
      .flatMap((program) => program.rows())
      .map(
        ({ file, line, address, endsSequence }) =>
          `${basename(file)} ${endsSequence ? 'END' : line} ${address.toString(16)}`,
      );
    const text = execFileSync(objdump, ['--dwarf=decodedline', sample(endian)], { encoding: 'utf8', stdio: 'pipe' });
    const theirs = [...text.matchAll(/^(\S+)\s+(\d+|-)\s+0x([0-9a-f]+)\b(.*)$/gm)].map(
      ([, file, line, address, rest]) => `${file} ${line === '-' || rest!.includes('END') ? 'END' : line} ${address}`,
    );
    expect(theirs.length).toBeGreaterThan(300);
    expect(ours).toEqual(theirs);
  });
});

const { elf: littleElf } = samples[1]!;
const plain = littleElf.sections.find(({ name }) => name === '.debug_line')!.bytes;

describe('a line table', () => {
  it('may be compressed', () => {
    const header = new Uint8Array(24);
    const view = new DataView(header.buffer);
    view.setUint32(0, 1, true);
    view.setBigUint64(8, BigInt(plain.length), true);
    const bytes = Buffer.concat([header, deflateSync(plain)]);
    const table = lineTableOf(
      { endian: 'little', sections: [{ name: '.debug_line', type: 1, flags: 0x800n, address: 0n, size: 0n, bytes }] },
      folders,
    );
    expect(table.lineAt(base + 0x2000n)).toEqual(lineTableOf(littleElf, folders).lineAt(base + 0x2000n));
    expect(table.lineAt(base + 0x2000n)).toBeDefined();
  });

  it('of a later version names files in another way', () => {
    // DWARF 5: two directories and two files as texts in place, one row, end of sequence.
    const text = (value: string) => [...Buffer.from(value), 0];
    const tables = [
      1,
      1,
      8,
      2,
      ...text('/build'),
      ...text('src'),
      2,
      1,
      8,
      2,
      11,
      2,
      ...text('a.c'),
      0,
      ...text('b.c'),
      1,
    ];
    const header = [4, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, ...tables];
    const address = [0, 0, 0, 0, 0, 0x10, 0, 0];
    const program = [0, 9, 2, ...address, 3, 41, 1, 2, 4, 0, 1, 1];
    const unit = [0, 5, 8, 0, 0, 0, 0, header.length, ...header, ...program];
    const none = new Uint8Array(0);
    const programs = linePrograms(
      { lines: Uint8Array.from([0, 0, 0, unit.length, ...unit]), lineStrings: none, strings: none },
      false,
    );
    expect(programs[0]!.rows()).toMatchObject([
      { address: 0x100000n, file: '/build/src/b.c', line: 42, endsSequence: false },
      { address: 0x100010n, endsSequence: true },
    ]);
    expect(new LineTable(programs, { program: '/anywhere', map: {} }).lineAt(0x100008n)).toEqual({
      path: '/build/src/b.c',
      line: 42,
    });
  });

  it('that is damaged gives fewer lines, and nothing worse', () => {
    const random = new Random();
    const none = new Uint8Array(0);
    for (let round = 0; round < 300; round++) {
      const bytes = plain.slice(0, random.below(plain.length));
      for (let change = 0; change < 20 && bytes.length > 0; change++)
        bytes[random.below(bytes.length)] = random.below(256);
      try {
        const programs = linePrograms({ lines: bytes, lineStrings: none, strings: none }, true);
        new LineTable(programs, { program: '/anywhere', map: {} }).lineAt(base);
      } catch (error) {
        throw new Error(`seed ${random.seed}, round ${round}`, { cause: error });
      }
    }
  });
});

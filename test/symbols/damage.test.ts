/**
 * Damaged debug information: whatever bytes are changed or missing, everything that is asked of it has an answer.
 * KEY31_SYMBOLS=full tries 100,000 cases.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memberValue, valueAt } from '../../debug-adapter/c-language/value';
import { valueText } from '../../debug-adapter/c-language/value-text';
import { bare, sizeOf } from '../../debug-adapter/symbols/dwarf/c-type';
import { readAddressList } from '../../debug-adapter/symbols/dwarf/address-list';
import { rangesOf } from '../../debug-adapter/symbols/dwarf/address-ranges';
import { attribute, tag } from '../../debug-adapter/symbols/dwarf/constants';
import { evaluateLocation, type FrameState } from '../../debug-adapter/symbols/dwarf/evaluate';
import { optimizedOut } from '../../debug-adapter/symbols/dwarf/location';
import { typeName } from '../../debug-adapter/symbols/dwarf/type-name';
import { lineTableOf } from '../../debug-adapter/symbols/line-table';
import { SourceInformation } from '../../debug-adapter/symbols/source-information';
import { readElf, type ElfFile } from '../../emulator/index';
import { sample, sampleFolder } from '../support/adapter-client';
import { Random } from '../support/adapter-random';

const cases = process.env.KEY31_SYMBOLS === 'full' ? 100_000 : 1500;
const elves = (['be', 'le'] as const).map((endian) => readElf(readFileSync(sample(endian))));

function damaged(elf: ElfFile, random: Random): ElfFile {
  const names = elf.sections.filter(({ name }) => /^\.(debug|eh_frame)/.test(name)).map(({ name }) => name);
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => names[random.below(names.length)]));
  const sections = elf.sections.map((section) => {
    if (!chosen.has(section.name)) return section;
    const bytes = section.bytes.slice(0, random.below(4) === 0 ? random.below(section.bytes.length) : undefined);
    for (let changes = random.below(30); changes > 0 && bytes.length > 0; changes--) {
      bytes[random.below(bytes.length)] = random.below(3) === 0 ? 0xff : random.below(256);
    }
    return { ...section, bytes };
  });
  return { ...elf, sections };
}

const frame = (littleEndian: boolean): FrameState => ({
  littleEndian,
  register: (number) => BigInt(number) << 33n,
  memory: (_address, length) => (length <= 65_536 ? new Uint8Array(length).fill(0x41) : undefined),
  frameBase: () => 0x1000n,
  canonicalFrameAddress: () => 0x2000n,
  registerAtEntry: () => 3n,
  parameterAtEntry: () => undefined,
  locationOf: () => optimizedOut,
});

/** Asks for all that a debugger would; returns how many things were found. */
function askEverything(elf: ElfFile, addresses: readonly bigint[]): number {
  const source = new SourceInformation(elf, elf, sampleFolder);
  const lines = lineTableOf(elf, { program: sampleFolder, map: {} }, source.information);
  const state = frame(elf.endian === 'little');
  let found = 0;
  for (const address of addresses) {
    found += source.functions.at(address).length;
    found += source.frames.rowAt(address) ? 1 : 0;
    found += lines.lineAt(address) ? 1 : 0;
  }
  found += lines.placesOf(`${sampleFolder}/devices.c`, 20)?.addresses.length ?? 0;
  for (const unit of source.information.units) {
    for (const entry of unit.entriesWith(tag.VARIABLE, tag.FORMAL_PARAMETER, tag.SUBPROGRAM, tag.LEXICAL_BLOCK)) {
      found += rangesOf(entry).length + (entry.name?.length ?? 0);
      const type = source.types.of(entry);
      found += typeName(type).length + (sizeOf(type) ?? 0);
      const raw = entry.raw(attribute.LOCATION);
      const bytes = entry.expression(attribute.LOCATION);
      const expressions = bytes
        ? [bytes]
        : raw
          ? readAddressList(unit, raw, 'location').map((one) => one.expression)
          : [];
      for (const expression of expressions.slice(0, 4)) {
        const value = valueAt(type, evaluateLocation(expression, unit, state), state);
        found += valueText(value, () => undefined).length;
        const actual = bare(type);
        if (actual.kind === 'struct') for (const member of actual.members()) memberValue(value, member);
      }
    }
  }
  return found + [...source.globals.names('variable')].length;
}

describe('damaged debug information', () => {
  it('answers what it can, and is never worse than silent', () => {
    const random = new Random();
    const addresses = Array.from({ length: 40 }, () => 0xc000000000000000n + BigInt(4 * random.below(0xd00)));
    const whole = elves.map((elf) => askEverything(elf, addresses));
    expect(Math.min(...whole)).toBeGreaterThan(1000);
    for (let round = 0; round < cases; round++) {
      try {
        askEverything(damaged(elves[round % 2]!, random), addresses);
      } catch (error) {
        throw new Error(`seed ${random.seed}, round ${round}`, { cause: error });
      }
    }
  }, 3_600_000);
});

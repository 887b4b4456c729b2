import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitionOf, nameAt, readAssemblyFile, referencesTo } from '../../../extension/language/assembly-file';
import { completionsAt } from '../../../extension/language/completion';
import { findings } from '../../../extension/language/diagnostics';
import { evaluate } from '../../../extension/language/expression';
import { formatted } from '../../../extension/language/format';
import { grammar } from '../../../extension/language/grammar';
import { hoverAt, mnemonicHover } from '../../../extension/language/hover';
import { signaturesAt } from '../../../extension/language/signature';
import { mnemonics } from '../../../extension/language/vocabulary';
import { words } from '../../../extension/language/words';
import { validLine } from '../../support/assembly-lines';
import { Random, seedFor } from '../../support/isa-random';

const folder = join(import.meta.dirname, '../../../extension/samples/mmio-trap');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const fileOf = (text: string) => readAssemblyFile('file:///a.S', text);

/** Documents of all the pieces that assembly is made of, in any order. */
function randomDocument(random: Random): string {
  const parts = [
    '"',
    '/*',
    '*/',
    '//',
    '#',
    '#define A ',
    '.macro m a, b\n',
    '.endm',
    '\\a',
    '1:',
    '1b',
    '(',
    ')',
    ',',
    ';',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '.machine power7\n',
    '.set x, ',
    '0x8000000000000000',
    "'",
    '\\',
    '@l',
    ':',
    '::',
    '%',
    'é',
    '\u{1f600}',
    '\0',
    'rlwinm r3,r4,',
    '#include "a.h"\n',
  ];
  return Array.from({ length: random.below(60) }, () =>
    random.below(3) === 0 ? ` ${validLine(random)}\n` : random.of(parts),
  ).join('');
}

describe('whatever is written', () => {
  it('nothing that a person can type makes the language server fail', () => {
    const random = new Random(seedFor('random documents'));
    for (let round = 0; round < 400; round++) {
      const text = randomDocument(random);
      const file = fileOf(text);
      findings(file);
      formatted(text);
      const line = random.below(file.source.lines.length);
      const character = random.below((file.source.lines[line] ?? '').length + 1);
      hoverAt(file, line, character);
      completionsAt(file, line, character);
      signaturesAt(file, line, character);
      const name = nameAt(file, line, character);
      const definition = name && definitionOf(file, name.text, line);
      if (definition) referencesTo(file, definition);
    }
  });

  it('formatting twice is formatting once, and changes no statement', () => {
    const random = new Random(seedFor('random formatting'));
    const statementsOf = (text: string) =>
      fileOf(text).source.statements.map(({ labels, operation, operands }) =>
        [labels, [operation], operands].map((some) => some.map((one) => one?.text)),
      );
    for (let round = 0; round < 400; round++) {
      const text = randomDocument(random).replaceAll('\r\n', '\n');
      const apply = (source: string) => {
        const changes = formatted(source);
        return source
          .split('\n')
          .map((line, i) => changes.get(i) ?? line)
          .join('\n');
      };
      const once = apply(text);
      expect(apply(once), text).toBe(once);
      expect(statementsOf(once), text).toEqual(statementsOf(text));
    }
  });
});

describe('the grammar', () => {
  const written = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../extension/syntaxes/powerpc.tmLanguage.json'), 'utf8'),
  ) as object;

  it('is what the instruction table gives (npm run build:grammar writes it)', () => {
    expect(written).toEqual(grammar());
  });

  it('names every mnemonic', () => {
    const { patterns } = grammar() as { patterns: { name?: string; match?: string }[] };
    const pattern = new RegExp(patterns.find(({ name }) => name === 'keyword.mnemonic.powerpc')?.match ?? '');
    expect(mnemonics().filter((one) => !pattern.test(` ${one} `))).toEqual([]);
    expect(pattern.test(' notamnemonic ')).toBe(false);
  });
});

describe('hover', () => {
  it('says what an instruction does, takes and needs', () => {
    const text = mnemonicHover('stdu') ?? '';
    expect(text).toContain('stdu RS,DS(RA)');
    expect(text).toContain('MEM(RA + DS, 8) ← RS');
    expect(text).toContain('a multiple of 4');
    expect(mnemonicHover('slbmte')).toContain('privileged');
    expect(mnemonicHover('xvadddp')).toContain('facility: vsx');
    expect(mnemonicHover('btar')).toContain('since Power ISA 2.07');
    expect(mnemonicHover('extrdi')).toContain('rldicl');
  });

  it('has something to say of every mnemonic', () => {
    expect(mnemonics().filter((one) => (mnemonicHover(one) ?? '').length < 20)).toEqual([]);
  });

  it('reads a number as the words of the MMU, and back again', () => {
    const hover = hoverAt(fileOf(' .quad 0x9000000000001033\n'), 0, 12)?.markdown ?? '';
    expect(hover).toContain('| MSR | SF HV');
    const random = new Random(seedFor('words'));
    for (let round = 0; round < 200; round++) {
      const value = random.wide();
      for (const word of words) {
        const masks = Object.values(word.mask);
        // No two fields share a bit, or a reading would say one thing twice.
        expect(masks.reduce((sum, mask) => sum + mask, 0n)).toBe(masks.reduce((all, mask) => all | mask, 0n));
        expect(Object.keys(word.decode(value))).toEqual(Object.keys(word.mask));
      }
    }
  });

  it('gives the value of a name', () => {
    const file = fileOf('#define BYTES 64\n#define SAVED (BYTES - 16)\n std r30, SAVED(r1)\n');
    expect(hoverAt(file, 2, 11)?.markdown).toContain('48 = 0x30');
  });
});

describe('names', () => {
  const include = (_from: string, name: string) => ({ uri: `file:///${name}`, text: read(name) });
  const file = readAssemblyFile('file:///start.S', read('start.S'), include);
  const at = (text: string) => {
    const line = file.source.lines.findIndex((one) => one.includes(text));
    return { line, character: (file.source.lines[line] ?? '').indexOf(text) };
  };

  it('lead to their definitions, also in what is included', () => {
    const { line, character } = at('load_linked_address r5');
    const name = nameAt(file, line, character);
    expect(definitionOf(file, name?.text ?? '', line)).toMatchObject({
      kind: 'macro',
      place: { uri: 'file:///assembly.h' },
      parameters: ['register', 'symbol'],
    });
    expect(definitionOf(file, 'entry', 0)).toMatchObject({ kind: 'label' });
  });

  it('of numeric labels mean the nearest one', () => {
    const text = '1: nop\n b 1b\n b 1f\n1: nop\n';
    const one = fileOf(text);
    expect([definitionOf(one, '1b', 1)?.place.line, definitionOf(one, '1f', 2)?.place.line]).toEqual([0, 3]);
    expect(referencesTo(one, definitionOf(one, '1b', 1)!).map(({ line }) => line)).toEqual([0, 1]);
  });
});

describe('completion and signature help', () => {
  const labels = (text: string) => {
    const lines = text.split('\n');
    return completionsAt(fileOf(text), lines.length - 1, lines.at(-1)!.length).map(({ label }) => label);
  };

  it('offers what the place can hold', () => {
    expect(labels(' lb')).toEqual(expect.arrayContaining(['lbz', 'lbzu', '.long']));
    expect(labels(' lbz ')).toContain('r31');
    expect(labels(' lbz ')).not.toContain('lbz');
    expect(labels(' lbz r3,8(')).not.toContain('r0');
    expect(labels(' bdnz ')).not.toContain('r3');
    expect(labels('loop: nop\n bdnz ')).toContain('loop');
    expect(labels(' mtspr ')).toContain('LPCR (318)');
    expect(labels(' .machine power7\n b')).not.toContain('btar');
    expect(labels(' nop # lb')).toEqual([]);
  });

  it('shows the operands, with the one that is being written', () => {
    expect(signaturesAt(fileOf(' ld r3,8('), 0, 9)).toMatchObject({
      signatures: [{ label: 'ld RT,DS(RA)', parameters: [{ label: 'RT' }, { label: 'DS' }, { label: 'RA' }] }],
      parameter: 2,
    });
  });
});

it.each([
  ['1 + 2 * 3', 7n],
  ['(1 << 40) | 0xf', 0x100_0000_000fn],
  ['~0 & 0xff', 0xffn],
  ['-8', -8n],
  ["'A'", 65n],
  ['010', 8n],
  ['1 / 0', undefined],
  ['name', undefined],
  ['1 +', undefined],
])('evaluates %s', (text, value) => {
  expect(evaluate(text)).toBe(value);
});

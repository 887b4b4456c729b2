import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, disassembleText, instructions } from '../../../emulator/isa/table';
import { readAssemblyFile } from '../../../extension/language/assembly-file';
import { findings } from '../../../extension/language/diagnostics';
import { invalidForm } from '../../../extension/language/invalid-forms';
import { changedLine, validLine } from '../../support/assembly-lines';
import { Random, seedFor } from '../../support/isa-random';

/** Lines with something wrong, by number, and what is said of them. */
const refusedLines = (text: string): ReadonlyMap<number, string> => {
  const found = findings(readAssemblyFile('file:///a.S', text)).filter(({ severity }) => severity !== 'hint');
  return new Map(found.map(({ piece, message }) => [piece.line, message]));
};

const assembler = 'powerpc64-linux-gnu-as';
const hasAssembler = spawnSync(assembler, ['--version']).status === 0;
if (!hasAssembler)
  console.log(`The comparison with GNU as is skipped; missing: ${assembler} (binutils-powerpc64-linux-gnu).`);

/** The lines that GNU as refuses, by number. */
function refusedByGnu(text: string): ReadonlyMap<number, string> {
  const folder = mkdtempSync(join(tmpdir(), 'key31-as-'));
  try {
    writeFileSync(join(folder, 'a.s'), text);
    const { stderr } = spawnSync(assembler, ['-mregnames', '-mpower8', 'a.s', '-o', '/dev/null'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const errors = [...stderr.matchAll(/^a\.s:(\d+): Error: (.*)$/gm)];
    return new Map(errors.map((match) => [Number(match[1]) - 1, match[2] ?? '']));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where GNU as is of another opinion than we want to be. */
const differences: readonly { readonly lines: RegExp; readonly reason: string }[] = [
  { lines: /^(l|st)fdpx?\b/, reason: 'Power ISA 2.06 has them as phased out; GNU as has them for POWER6 only' },
  { lines: /^mcrxr\b/, reason: 'the same' },
  { lines: /^sc \d/, reason: 'LEV above 1 is reserved' },
  { lines: /\bcr\d/, reason: 'GNU as takes the name of any register for a number, wherever a number may stand' },
];

describe('diagnostics', () => {
  it('has nothing against what the disassembler writes, for every instruction of the table', () => {
    const random = new Random(seedFor('diagnostics of the table'));
    const words = instructions.flatMap((one) =>
      [0, 1].map(() => one.encode(one.decode((random.next() & ~one.mask) | one.match))).filter((word) => decode(word)),
    );
    const invalid = words.filter((word) => invalidForm(word) !== undefined);
    const lines = words.filter((word) => !invalid.includes(word)).map((word) => ` ${disassembleText(word, 0n)}`);
    const refused = refusedLines(['.machine power8', ...lines].join('\n'));
    expect([...refused].map(([line, why]) => `${lines[line - 1]}: ${why}`)).toEqual([]);
    expect(lines.length).toBeGreaterThan(instructions.length);
  });

  it('has nothing against the samples but what is a hint', () => {
    const folder = join(import.meta.dirname, '../../../extension/samples/mmio-trap');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const find = (_from: string, name: string) =>
      readdirSync(folder).includes(name) ? { uri: name, text: read(name) } : undefined;
    const files = readdirSync(folder).filter((name) => name.endsWith('.S'));
    const found = files.flatMap((name) => findings(readAssemblyFile(name, read(name), find)));
    expect(files.length).toBeGreaterThan(3);
    expect(found.filter(({ severity }) => severity !== 'hint')).toEqual([]);
  });

  it.skipIf(!hasAssembler)('agrees with GNU as on lines right and wrong', () => {
    const random = new Random(seedFor('diagnostics and GNU as'));
    const lines = Array.from({ length: 4000 }, (_, i) =>
      i % 3 === 0 ? validLine(random) : changedLine(random, validLine(random)),
    );
    const text = ` .machine power8\n${lines.map((line) => ` ${line}\n`).join('')}`;
    const [ours, theirs] = [refusedLines(text), refusedByGnu(text)];
    const disagreements = lines.flatMap((line, i) => {
      const [our, their] = [ours.get(i + 1), theirs.get(i + 1)];
      if (differences.some(({ lines: known }) => known.test(line))) return [];
      return (our === undefined) === (their === undefined)
        ? []
        : [`${line} | we: ${our ?? 'fine'} | GNU as: ${their ?? 'fine'}`];
    });
    console.log(
      `${lines.length} lines, refused by both: ${[...ours.keys()].filter((line) => theirs.has(line)).length}`,
    );
    expect(disagreements).toEqual([]);
  });

  it.each([
    ['frob r3,r4', 'frob', 'unknown-mnemonic'],
    ['addi r3,r4,40000', '40000', 'bad-operands'],
    ['addi r3,r4', 'addi r3,r4', 'bad-operands'],
    ['ld r3,6(r4)', 'ld r3,6(r4)', 'bad-operands'],
    ['mtmsrd r3', 'mtmsrd', 'privileged'],
  ])('says of %s where it is wrong', (line, text, code) => {
    const [found] = findings(readAssemblyFile('a', ` .machine power8\n ${line}`));
    const shown = found && ` ${line}`.slice(found.piece.start, found.piece.end);
    expect({ code: found?.code, shown }).toEqual({ code, shown: text });
  });

  it('knows what the chosen processor lacks', () => {
    const found = findings(readAssemblyFile('a', ' .machine power7\n btar\n .machine power8\n btar\n'));
    expect(found.map(({ code, piece }) => [code, piece.line])).toEqual([['not-on-processor', 1]]);
  });

  it('leaves the assembly of other machines alone', () => {
    expect(findings(readAssemblyFile('a', ' push %rbp\n mov %rsp, %rbp\n pop %rbp\n ret\n'))).toEqual([]);
  });

  it('gives names that only the linker knows the benefit of the doubt', () => {
    const text =
      '#define OFFSET (8 * 2)\n .set FAR, 0x20000\n ld r3, OFFSET(r1)\n ld r3, symbol@toc@l(r2)\n b elsewhere\n li r4, FAR\n nop\n';
    expect([...refusedLines(text).keys()]).toEqual([5]);
  });
});

/**
 * The frames and variables of programs built for the purpose, at every line where they come by, as gdb sees them in a
 * core file of the same state.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { argumentsOf, localsOf, type Variable } from '../../debug-adapter/c-language/frame-variables';
import { symbolNames } from '../../debug-adapter/c-language/symbol-names';
import { valueText } from '../../debug-adapter/c-language/value-text';
import { callStack, type Frame } from '../../debug-adapter/session/call-stack';
import { symbolText, vcpuOf, type VcpuOfGuest } from '../../debug-adapter/session/guest';
import { loadProgram, type Program } from '../../debug-adapter/symbols/program';
import { createMachine, defaultConfiguration, type DebugTarget } from '../../emulator/index';
import { coreFile } from '../support/symbols-core-file';

const compilers = { be: 'powerpc64-linux-gnu-gcc', le: 'powerpc64le-linux-gnu-gcc' } as const;
const missing = [...Object.values(compilers), 'gdb-multiarch'].filter((tool) => spawnSync(tool, ['--version']).error);
if (missing.length > 0) console.log(`The comparison with gdb is skipped: ${missing.join(', ')} not installed.`);

interface Build {
  readonly endian: 'be' | 'le';
  readonly optimization: '0' | 'g' | '2' | '3';
  readonly version: 4 | 5;
  readonly sections: 'plain' | 'compressed' | 'split';
}
const builds = (['be', 'le'] as const).flatMap((endian): readonly Build[] => [
  { endian, optimization: '0', version: 5, sections: 'plain' },
  { endian, optimization: '0', version: 4, sections: 'compressed' },
  { endian, optimization: 'g', version: 5, sections: 'compressed' },
  { endian, optimization: '2', version: 4, sections: 'plain' },
  { endian, optimization: '2', version: 5, sections: 'split' },
  { endian, optimization: '3', version: 5, sections: 'plain' },
  { endian, optimization: '3', version: 4, sections: 'split' },
]);

const folder = mkdtempSync(join(tmpdir(), 'key31-symbols-'));
afterAll(() => rmSync(folder, { recursive: true }));

const here = import.meta.dirname;
const bare = ['-ffreestanding', '-nostdlib', '-static', '-fno-pic', '-no-pie', '-fno-stack-protector'];
// gdb also infers frames that a jump to another function has replaced, and Key31 does not.
const machine = ['-fno-optimize-sibling-calls', '-mcpu=power8', '-Wa,-mregnames', '-fasynchronous-unwind-tables'];
const sectionFlags = { plain: [], compressed: ['-gz'], split: ['-gsplit-dwarf'] };

function build({ endian, optimization, version, sections }: Build): string {
  const name = `${endian}-O${optimization}-${version}-${sections}`;
  const run = (...rest: readonly string[]): void => {
    const flags = [...bare, ...machine, `-O${optimization}`, '-g', `-gdwarf-${version}`, ...sectionFlags[sections]];
    execFileSync(compilers[endian], [...flags, ...rest], { cwd: folder, stdio: 'pipe' });
  };
  // Objects of their own: split debug information lies beside them.
  run('-c', join(here, '../differential/gcc-torture/start.S'), '-o', `${name}-start.o`);
  run('-c', join(here, 'programs/variables.c'), '-o', `${name}.o`);
  const link = ['-Wl,--build-id=none,-z,norelro', '-T', join(here, 'programs/program.ld')];
  run(...link, `${name}-start.o`, `${name}.o`, '-o', `${name}.elf`);
  return join(folder, `${name}.elf`);
}

/** What is known at one stop: the frames, then the arguments and locals of each, as gdb writes them. */
interface Seen {
  readonly frames: readonly string[];
  readonly variables: readonly string[];
}

/**
 * At -Og gdb 13 says of `value` in the inlined `twice` that it is 14 where its double is 14: it is a value at the entry of
 * the function that `twice` is inlined into, and gdb takes that of another call.
 */
const corrected = ({ frames, variables: [value, doubled, ...rest] }: Seen): Seen =>
  value === 'value = 14' && doubled === 'doubled = 14'
    ? { frames, variables: ['value = 7', doubled, ...rest] }
    : { frames, variables: [value, doubled, ...rest].filter((one) => one !== undefined) };

const AREA = 0x10000;
/** The program, its data and its stack, and what null pointers with a distance point to. */
const areas = [0, 0x100000, 0x110000, 0x120000, 0x130000];
const VISITS = 2;
const FRAMES = 8;

type GuestFrame = Extract<Frame, { kind: 'guest' }>;

function look(of: VcpuOfGuest): Seen {
  const frames = callStack(of, true).filter((frame): frame is GuestFrame => frame.kind === 'guest');
  const text = (list: readonly Variable[]): string[] =>
    list.map(({ name, value }) => `${name} = ${valueText(value, symbolNames(of))}`);
  const variables = frames
    .slice(0, FRAMES)
    .flatMap(({ sourceFrame }) =>
      sourceFrame ? [...text(argumentsOf(of, sourceFrame)), ...text(localsOf(of, sourceFrame))] : [],
    );
  const shown = frames.map(({ name, source }) => `${name.replace(/[.+ ].*/, '')}:${source?.line ?? ''}`);
  return { frames: shown, variables: variables.map(normal) };
}

/** Runs a program from line to line; keeps what Key31 sees at each, and writes a core file for gdb. */
function runThrough(
  program: Program,
  name: string,
): { readonly ours: readonly Seen[]; readonly cores: readonly string[] } {
  const target: DebugTarget = createMachine({ ...defaultConfiguration, memory: 1 << 26, program: program.bytes });
  const of = vcpuOf({ target, program }, 0);
  const starts = program.elf.symbols
    .filter(({ kind }) => kind === 'function')
    .flatMap((symbol) => program.symbols.named(symbol.name))
    .flatMap(({ address, size }) => program.lines.startsBetween(address, address + size));
  const breakpoints = new Set(starts);
  const visits = new Map<bigint, number>();
  const ours: Seen[] = [];
  const cores: string[] = [];
  for (;;) {
    const outcome = target.run(5_000_000, { breakpoints, events: new Set(), event: () => false, console: () => {} });
    if (outcome.kind !== 'breakpoint') throw new Error(`The program did not come to its end: ${outcome.kind}.`);
    const { address } = outcome;
    if (symbolText(of, address)?.startsWith('exit')) return { ours, cores };
    const count = (visits.get(address) ?? 0) + 1;
    visits.set(address, count);
    if (count === VISITS) breakpoints.delete(address);
    ours.push(look(of));
    const core = join(folder, `${name}-${cores.length}.core`);
    const memory = areas.map((at) => ({ address: BigInt(at), bytes: target.readGuestPhysical(BigInt(at), AREA) }));
    const littleEndian = program.elf.endian === 'little';
    writeFileSync(core, coreFile(target, littleEndian, littleEndian ? 2 : 1, memory));
    cores.push(core);
  }
}

const settings = [
  'set pagination off',
  'set width 0',
  'set osabi GNU/Linux',
  'set host-charset ASCII',
  'set target-charset ASCII',
  'set print repeats unlimited',
  'set print elements unlimited',
  'set print frame-arguments none',
  'set print entry-values no',
];
const MARK = '@@@';

function askGdb(file: string, cores: readonly string[]): readonly Seen[] {
  const commands = cores.flatMap((core) => [
    `core-file ${core}`,
    `echo ${MARK}\\n`,
    'bt',
    `echo ${MARK}\\n`,
    ...Array.from({ length: FRAMES }, (_, level) => `frame apply level ${level} -q -s info args`).flatMap(
      (one, level) => [one, `frame apply level ${level} -q -s info locals`],
    ),
    `echo ${MARK}\\n`,
  ]);
  const script = join(folder, 'script');
  writeFileSync(script, [...settings, `file ${file}`, ...commands].join('\n'));
  const text = execFileSync('gdb-multiarch', ['-nx', '-batch', '-x', script], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBUGINFOD_URLS: '' },
    maxBuffer: 1 << 28,
  });
  const parts = text.split(`${MARK}\n`);
  return cores.map((_, index) => ({
    frames: [...parts[3 * index + 1]!.matchAll(/^#\d+\s+(?:0x[0-9a-f]+ in )?(\w+).*?(?::(\d+))?$/gm)].map(
      ([, name, line]) => `${name}:${line ?? ''}`,
    ),
    variables: parts[3 * index + 2]!.split('\n')
      .filter((line) => line.includes(' = '))
      .map(normal),
  }));
}

/** What both say in words of their own, in the same ones. */
function normal(line: string): string {
  return (
    line
      .replaceAll(/(\\000)+"/g, '"')
      .replaceAll(/\+0x([0-9a-f]+)>/g, (_, digits: string) => `+${parseInt(digits, 16)}>`)
      // The ELFv1 ABI's descriptors.
      .replaceAll(/@(0x[0-9a-f]+): 0x[0-9a-f]+ /g, '$1 ')
      .replaceAll(/ <error: Cannot access memory at address 0x[0-9a-f]+>/g, '')
      .replaceAll(/(?<![\w.])-?\d+\.\d+(e[-+]\d+)?/g, (digits) => String(Number(digits)))
  );
}

describe.skipIf(missing.length > 0)('frames and variables are those that gdb sees', () => {
  it.each(builds)(
    'in a $endian program at -O$optimization, DWARF $version, $sections',
    (how) => {
      const file = build(how);
      const { ours, cores } = runThrough(loadProgram(file), JSON.stringify(how).replaceAll(/\W+/g, '-'));
      const theirs = askGdb(file, cores);
      expect(ours.length).toBeGreaterThan(30);
      ours.forEach((seen, stop) => {
        // gdb goes no further out than main.
        const frames = seen.frames.slice(0, theirs[stop]!.frames.length);
        expect({ stop, frames, variables: seen.variables }).toEqual({ stop, ...corrected(theirs[stop]!) });
      });
      for (const core of cores) rmSync(core);
    },
    120_000,
  );
});

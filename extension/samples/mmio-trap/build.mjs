/**
 * Builds mmio-trap.be.elf and mmio-trap.le.elf, next to this file or in the directory given as the argument.
 * The bytes depend on the sources and the compiler's version only, never on where the checkout lies.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const sourceDirectory = import.meta.dirname;

/** All but the story, for other guests to be built from. */
export const sharedSources = [
  'start.S',
  'interrupts.S',
  'processor.S',
  'hypervisor-call.S',
  'rtas-entry.S',
  'interrupts.c',
  'page-table.c',
  'device-tree.c',
  'devices.c',
  'console.c',
  'memory.c',
  'power-off.c',
];
const sources = [...sharedSources.slice(0, 5), 'main.c', ...sharedSources.slice(5)];

const targets = [
  { name: 'mmio-trap.be.elf', compiler: 'powerpc64-linux-gnu-gcc' },
  { name: 'mmio-trap.le.elf', compiler: 'powerpc64le-linux-gnu-gcc' },
];

// Nobody enables the floating-point or vector facility for this guest, and it starts on the oldest processor modelled.
const processorFlags = [
  '-m64',
  '-mabi=elfv2',
  '-mcpu=power7',
  '-msoft-float',
  '-mno-altivec',
  '-mno-vsx',
  '-mno-multiple',
  '-mstrict-align',
  // A table behind each function, for unwinders older than DWARF, would be disassembled as instructions.
  '-mtraceback=no',
  '-Wa,-mregnames',
];
const freestandingFlags = ['-ffreestanding', '-nostdlib', '-static', '-no-pie', '-fno-pic', '-fno-stack-protector'];
// -Og keeps every variable and call that a person stepping through the source expects to see.
const debugFlags = ['-std=gnu17', '-Wall', '-Wextra', '-Werror', '-Wno-main', '-Og', '-g', '-gdwarf-4'];
/** For a compiler that runs in this directory. */
export const compilerFlags = [...processorFlags, ...freestandingFlags, ...debugFlags];
export const linkFlags = [
  ...processorFlags,
  ...freestandingFlags,
  '-Wl,--build-id=none',
  '-Wl,-z,max-page-size=4096',
  '-Wl,--fatal-warnings',
  '-Wl,-T,sample.lds',
];

function run(compiler, argumentList) {
  const { error, status } = spawnSync(compiler, argumentList, { cwd: sourceDirectory, stdio: 'inherit' });
  if (error)
    throw new Error(
      `${compiler} cannot be started (Debian packages gcc-powerpc64-linux-gnu and gcc-powerpc64le-linux-gnu)`,
      { cause: error },
    );
  if (status !== 0) throw new Error(`${compiler} ended with status ${status}`);
}

function build({ name, compiler }, objectDirectory, outputDirectory) {
  const objects = sources.map((source) => {
    const object = join(objectDirectory, `${basename(source)}.o`);
    const anywhere = `-ffile-prefix-map=${sourceDirectory}=.`;
    run(compiler, [...compilerFlags, anywhere, '-c', source, '-o', object]);
    return object;
  });
  run(compiler, [...linkFlags, ...objects, '-o', join(outputDirectory, name)]);
}

if (process.argv[1] === import.meta.filename) {
  const outputDirectory = resolve(process.argv[2] ?? sourceDirectory);
  const objectDirectory = mkdtempSync(join(tmpdir(), 'mmio-trap-'));
  try {
    mkdirSync(outputDirectory, { recursive: true });
    for (const target of targets) build(target, objectDirectory, outputDirectory);
  } finally {
    rmSync(objectDirectory, { recursive: true });
  }
}

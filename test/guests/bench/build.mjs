/**
 * Builds each workload as an ELF for either byte order, next to this file or in the directory given as the argument,
 * around what the sample guest mmio-trap brings for a bare machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const sourceDirectory = import.meta.dirname;
const sample = resolve(sourceDirectory, '../../../extension/samples/mmio-trap');

export const workloads = ['arithmetic', 'loads-and-stores', 'calls', 'mix', 'exceptions'];
workloads.push('mmio', 'hypercalls', 'page-faults');
const fromSample = ['start.S', 'interrupts.S', 'processor.S', 'hypervisor-call.S', 'rtas-entry.S', 'interrupts.c'];
fromSample.push('page-table.c', 'device-tree.c', 'console.c', 'memory.c', 'power-off.c');

const targets = [
  { suffix: 'be', compiler: 'powerpc64-linux-gnu-gcc' },
  { suffix: 'le', compiler: 'powerpc64le-linux-gnu-gcc' },
];

const flags = ['-m64', '-mabi=elfv2', '-mcpu=power7', '-msoft-float', '-mno-altivec', '-mno-vsx', '-mno-multiple'];
flags.push('-mtraceback=no', '-Wa,-mregnames', '-ffreestanding', '-nostdlib', '-static', '-no-pie', '-fno-pic');
flags.push(
  '-fno-stack-protector',
  '-fno-strict-aliasing',
  '-std=gnu17',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-main',
  '-O2',
);
flags.push('-Wl,--build-id=none', '-Wl,-z,max-page-size=4096', '-Wl,--fatal-warnings', '-Wl,-T,sample.lds', '-s');

function run(compiler, argumentList, directory) {
  const { error, status } = spawnSync(compiler, argumentList, { cwd: directory, stdio: 'inherit' });
  if (error)
    throw new Error(`${compiler} cannot be started (Debian package gcc-powerpc64*-linux-gnu)`, { cause: error });
  if (status !== 0) throw new Error(`${compiler} ended with status ${status}`);
}

function buildTarget({ suffix, compiler }, objectDirectory, outputDirectory) {
  const compile = (directory, source) => {
    const object = join(objectDirectory, `${suffix}-${basename(source)}.o`);
    run(compiler, [...flags, `-I${sample}`, '-c', source, '-o', object], directory);
    return object;
  };
  const common = [...fromSample.map((source) => compile(sample, source)), compile(sourceDirectory, 'main.c')];
  for (const workload of workloads) {
    const objects = [...common, compile(sourceDirectory, `${workload}.c`)];
    run(compiler, [...flags, ...objects, '-o', join(outputDirectory, `${workload}.${suffix}.elf`)], sample);
  }
}

function build(outputDirectory) {
  const objectDirectory = mkdtempSync(join(tmpdir(), 'key31-bench-'));
  try {
    mkdirSync(outputDirectory, { recursive: true });
    for (const target of targets) buildTarget(target, objectDirectory, outputDirectory);
  } finally {
    rmSync(objectDirectory, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) build(resolve(process.argv[2] ?? sourceDirectory));

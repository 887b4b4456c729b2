/**
 * Builds every scenario's guest.elf, each in its folder or in that of the same name in the directory given as the
 * argument. What they have in common comes from ../mmio-trap and ./common.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { compilerFlags, linkFlags, sharedSources } from '../mmio-trap/build.mjs';

const here = import.meta.dirname;
const compiler = 'powerpc64-linux-gnu-gcc';
const mmioTrap = join(here, '../mmio-trap');

function run(argumentList) {
  const { error, status } = spawnSync(compiler, argumentList, { cwd: mmioTrap, stdio: 'inherit' });
  if (error)
    throw new Error(`${compiler} cannot be started (Debian package gcc-powerpc64-linux-gnu)`, { cause: error });
  if (status !== 0) throw new Error(`${compiler} ended with status ${status}`);
}

function compile(source, objectDirectory) {
  const object = join(objectDirectory, `${basename(source)}.o`);
  const anywhere = `-ffile-prefix-map=${join(here, '..')}=.`;
  run([...compilerFlags, anywhere, '-I.', `-I${join(here, 'common')}`, '-c', source, '-o', object]);
  return object;
}

const outputDirectory = resolve(process.argv[2] ?? here);
const objectDirectory = mkdtempSync(join(tmpdir(), 'review-'));
try {
  const common = [...sharedSources.map((source) => join(mmioTrap, source)), join(here, 'common/scene.c')].map(
    (source) => compile(source, objectDirectory),
  );
  const scenarios = readdirSync(here, { withFileTypes: true }).filter(
    (one) => one.isDirectory() && one.name !== 'common',
  );
  for (const { name } of scenarios) {
    const main = compile(join(here, name, 'main.c'), objectDirectory);
    mkdirSync(join(outputDirectory, name), { recursive: true });
    run([...linkFlags, main, ...common, '-o', join(outputDirectory, name, 'guest.elf')]);
  }
} finally {
  rmSync(objectDirectory, { recursive: true });
}

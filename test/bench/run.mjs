// npm run bench -- [--write] [rounds] [workload…]: bundles product and bench, runs it, and prints a report or writes it
// into BENCHMARKS.md.
import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

import { prebuiltInterpreter } from '../../.ci/prebuild.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const heading = `# Benchmarks

Written by \`npm run bench -- --write\`. The workloads are in \`test/guests/bench\`; each is a process of its own, and is timed
from the line with which it begins to the line with its result, which has to be the same on Key31 and on QEMU.
Reproducibility is what QEMU -icount shares with Key31: there, too, a run is a function of its input.

`;
const directory = mkdtempSync(join(tmpdir(), 'key31-bench-'));
// As the product is built.
const shared = { bundle: true, platform: 'node', logLevel: 'warning', plugins: [prebuiltInterpreter] };
try {
  await build({
    ...shared,
    entryPoints: [join(here, 'compare.ts'), join(here, 'run-guest.ts')],
    format: 'esm',
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    // Where the sources would be, beside which they look for files.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/support/bench.mjs')).href) },
  });
  const key31 = join(directory, 'key31.cjs');
  await build({ ...shared, entryPoints: [join(root, 'debug-adapter/main.ts')], format: 'cjs', outfile: key31 });
  const { compare } = await import(pathToFileURL(join(directory, 'compare.mjs')).href);
  const words = process.argv.slice(2);
  const [rounds = '5', ...workloads] = words.filter((word) => word !== '--write');
  const guests = join(here, '../guests/bench');
  const runGuest = join(directory, 'run-guest.mjs');
  const report = await compare({ guests, runGuest, key31, rounds: Number(rounds), workloads });
  const file = join(root, 'BENCHMARKS.md');
  const written = await format(heading + report, { ...(await resolveConfig(file)), filepath: file });
  if (words.includes('--write')) writeFileSync(file, written);
  else console.log(report);
} finally {
  rmSync(directory, { recursive: true });
}

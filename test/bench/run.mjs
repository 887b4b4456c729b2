// npm run bench [rounds] [workload…]: bundles the emulator and the bench, and runs it.
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const here = import.meta.dirname;
const directory = mkdtempSync(join(tmpdir(), 'key31-bench-'));
try {
  await build({
    entryPoints: [join(here, 'compare.ts'), join(here, 'run-guest.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const { compare } = await import(pathToFileURL(join(directory, 'compare.mjs')).href);
  const [rounds = '5', ...workloads] = process.argv.slice(2);
  const guests = join(here, '../guests/bench');
  await compare({ guests, runGuest: join(directory, 'run-guest.mjs'), rounds: Number(rounds), workloads });
} finally {
  rmSync(directory, { recursive: true });
}

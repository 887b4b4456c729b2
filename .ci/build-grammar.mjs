// Writes the TextMate grammar that the instruction table gives; a test compares.
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'key31-grammar-'));
try {
  const outfile = join(folder, 'grammar.mjs');
  await build({
    entryPoints: ['extension/language/grammar.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const { grammar } = await import(pathToFileURL(outfile).href);
  writeFileSync('extension/syntaxes/powerpc.tmLanguage.json', `${JSON.stringify(grammar(), null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

// Bundles the entry points of the product into dist/.
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { prebuiltInterpreter } from './prebuild.mjs';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
};

await Promise.all([
  build({
    ...shared,
    entryPoints: ['debug-adapter/main.ts'],
    outfile: 'dist/key31.cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [prebuiltInterpreter],
  }),
  build({ ...shared, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] }),
  build({ ...shared, entryPoints: ['extension/language/server-node.ts'], outfile: 'dist/language-server.cjs' }),
  build({
    ...shared,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: ['extension/webviews/main.ts'],
    outfile: 'dist/webviews/main.js',
  }),
]);
mkdirSync('dist/webviews', { recursive: true });
copyFileSync('extension/webviews/style.css', 'dist/webviews/style.css');

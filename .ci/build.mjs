// Bundles the entry points of the product into dist/.
import { build } from 'esbuild';

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
  }),
  build({ ...shared, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] }),
  build({ ...shared, entryPoints: ['extension/language/server-node.ts'], outfile: 'dist/language-server.cjs' }),
]);

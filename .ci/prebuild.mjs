// An esbuild plugin: puts the interpreter's WebAssembly, generated now, into a bundle in the place of
// emulator/engine/interpreter/prebuilt.ts.
import { build } from 'esbuild';

async function prebuiltSource() {
  const { outputFiles } = await build({
    entryPoints: ['emulator/engine/interpreter/prebuild.ts'],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    write: false,
    logLevel: 'warning',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const { prebuild } = await import(`data:text/javascript;base64,${code}`);
  const prebuilt = prebuild((bytes) => Buffer.from(bytes).toString('base64'));
  // JSON in a string is read faster than an object's text.
  return `export const prebuilt = JSON.parse(${JSON.stringify(JSON.stringify(prebuilt))});`;
}

let source;
export const prebuiltInterpreter = {
  name: 'prebuilt interpreter',
  setup({ onLoad }) {
    onLoad({ filter: /engine[\\/]interpreter[\\/]prebuilt\.ts$/ }, async () => ({
      contents: await (source ??= prebuiltSource()),
      loader: 'js',
    }));
  },
};

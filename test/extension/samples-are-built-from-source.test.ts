import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const samples = join(import.meta.dirname, '../../extension/samples');
const scenarios = readdirSync(join(samples, 'review'), { withFileTypes: true })
  .filter((one) => one.isDirectory() && one.name !== 'common')
  .map(({ name }) => ({ elf: `review/${name}/guest.elf`, tools: 'powerpc64-linux-gnu' }));

const programs = [
  { elf: 'mmio-trap/mmio-trap.be.elf', tools: 'powerpc64-linux-gnu' },
  { elf: 'mmio-trap/mmio-trap.le.elf', tools: 'powerpc64le-linux-gnu' },
  ...scenarios,
];

/** undefined if the tool is not installed. */
function versionLine(tool: string): string | undefined {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** Another compiler or assembler makes other bytes of the same source; both leave their version in what they make. */
function reasonNotToCompare({ elf, tools }: (typeof programs)[number]): string | undefined {
  const compiler = versionLine(`${tools}-gcc`);
  const assembler = versionLine(`${tools}-as`);
  if (compiler === undefined || assembler === undefined)
    return `${tools}-gcc is not installed (Debian package gcc-${tools})`;
  const committed = readFileSync(join(samples, elf), 'latin1');
  const compilerMark = `GCC: ${compiler.slice(compiler.indexOf('('))}`;
  const assemblerMark = `GNU AS ${assembler.split(' ').at(-1)}`;
  const marks = [compilerMark, assemblerMark];
  return marks.every((mark) => committed.includes(mark)) ? undefined : `${elf} was not built by ${marks.join(' and ')}`;
}

const reason = programs.map(reasonNotToCompare).find((found) => found !== undefined);
if (reason !== undefined) console.log(`skipped: ${reason}`);

describe.skipIf(reason !== undefined)('the sample guests', () => {
  let elsewhere: string;

  beforeEach(() => {
    elsewhere = mkdtempSync(join(tmpdir(), 'key31-sample-'));
  });

  afterEach(() => rmSync(elsewhere, { recursive: true }));

  it('are committed as they are built from their sources, whatever directory those lie in', { timeout: 60_000 }, () => {
    cpSync(samples, join(elsewhere, 'source'), { recursive: true, filter: (path) => !path.endsWith('.elf') });
    const built = join(elsewhere, 'built');
    for (const folder of ['mmio-trap', 'review']) {
      const script = join(elsewhere, 'source', folder, 'build.mjs');
      const { status, stderr } = spawnSync(process.execPath, [script, join(built, folder)], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
    for (const { elf } of programs) {
      const isAsCommitted = readFileSync(join(built, elf)).equals(readFileSync(join(samples, elf)));
      expect(isAsCommitted, `${elf}: run "npm run build:guests" after a change of its source`).toBe(true);
    }
  });
});

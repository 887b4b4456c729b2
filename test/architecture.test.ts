import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTypeScriptConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { ESLint } from 'eslint';
import typescriptEslint from 'typescript-eslint';
import { afterEach, describe, expect, it } from 'vitest';
import manifest from '../package.json';

const root = join(import.meta.dirname, '..');
const sourceFolders = ['emulator', 'debug-adapter', 'extension'];
const folderToRemove: string[] = [];

afterEach(() => {
  for (const folder of folderToRemove.splice(0)) rmSync(folder, { recursive: true });
});

/** The imports below a folder that holds the source folders, judged by the rules of this repository. */
async function judgeImports(baseDir: string, folders: string[]): Promise<ICruiseResult['summary']> {
  const options = await extractOptions(join(root, '.dependency-cruiser.cjs'));
  const { output } = await cruise(
    folders.filter((folder) => existsSync(join(baseDir, folder))),
    { ...options, baseDir },
    undefined,
    { tsConfig: extractTypeScriptConfig(join(root, 'tsconfig.json')) },
  );
  if (typeof output === 'string') throw new Error(output);
  return output.summary;
}

/** Writes a small tree of our shape, with one import that is to be judged. */
function plant(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'key31-planted-'));
  folderToRemove.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe('the direction of imports', () => {
  it('holds in every source file', async () => {
    const { violations, totalCruised } = await judgeImports(root, sourceFolders);
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`)).toEqual([]);
    // A checker that understands no TypeScript finds no modules, and no violations either.
    expect(totalCruised).toBeGreaterThan(0);
  });

  it.each([
    ['the MMU knows the hypervisor', 'emulator/mmu/walk.ts', 'emulator/kvm/slots.ts'],
    ['the emulator knows the debugger', 'emulator/machine/run.ts', 'debug-adapter/session.ts'],
    ['a room uses the facade', 'emulator/machine/run.ts', 'emulator/index.ts'],
    ['a folder without a rule', 'emulator/helpers/all.ts', 'emulator/word/bits.ts'],
    ['the adapter goes past the facade', 'debug-adapter/session.ts', 'emulator/mmu/walk.ts'],
    ['the extension runs the emulator', 'extension/main.ts', 'emulator/index.ts'],
    ['the product uses a test', 'emulator/word/bits.ts', 'test/support.ts'],
  ])('is seen to be broken when %s', async (_what, from, to) => {
    const upwards = '../'.repeat(from.split('/').length - 1);
    const folder = plant({
      [from]: `import { planted } from '${upwards}${to.replace('.ts', '')}';\nexport const user = planted;\n`,
      [to]: 'export const planted = 1;\n',
    });
    const { violations } = await judgeImports(folder, sourceFolders);
    expect(violations.map((violation) => [violation.from, violation.to])).toContainEqual([from, to]);
  });

  it('is seen to be broken when the emulator imports Node', async () => {
    const folder = plant({ 'emulator/machine/run.ts': "import 'node:fs';\n" });
    const { violations } = await judgeImports(folder, sourceFolders);
    expect(violations.map(({ rule }) => rule.name)).toContain('the emulator imports only itself');
  });

  it('is seen to be broken when two files import each other', async () => {
    const folder = plant({
      'emulator/word/a.ts': "export { b as a } from './b';\n",
      'emulator/word/b.ts': "export { a as b } from './a';\n",
    });
    const { violations } = await judgeImports(folder, sourceFolders);
    expect(violations.map(({ rule }) => rule.name)).toContain('no cycles');
  });
});

describe('determinism', () => {
  /** Names of the rules that a line of emulator source breaks. The planted line has no file, hence no types. */
  async function rulesBrokenBy(line: string, filePath: string) {
    const eslint = new ESLint({
      cwd: root,
      overrideConfig: {
        ...typescriptEslint.configs.disableTypeChecked,
        languageOptions: { parserOptions: { projectService: false, program: null, project: false } },
      } as ESLint.Options['overrideConfig'] & object,
    });
    const [result] = await eslint.lintText(`${line}\n`, { filePath: join(root, filePath) });
    return result!.messages.map(({ ruleId }) => ruleId);
  }

  it.each([
    ['export const now = Date.now();', 'no-restricted-globals'],
    ['export const now = performance.now();', 'no-restricted-globals'],
    ['setTimeout(() => 0, 1);', 'no-restricted-globals'],
    ['export const home = process.env;', 'no-restricted-globals'],
    ['export const way = globalThis;', 'no-restricted-globals'],
    ['export const any = Math.random();', 'no-restricted-properties'],
    ["export { readFileSync } from 'node:fs';", 'no-restricted-imports'],
    ["import fs from 'fs';\nexport const read = fs;", 'no-restricted-imports'],
  ])('of the emulator is guarded against "%s"', async (line, rule) => {
    expect(await rulesBrokenBy(line, 'emulator/planted.ts')).toEqual([rule]);
  });

  it('is asked of the emulator only', async () => {
    expect(await rulesBrokenBy('export const now = Date.now();', 'debug-adapter/planted.ts')).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names commands that exist', () => {
    const file = join(root, 'CONTRIBUTING.md');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name);
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
  });
});

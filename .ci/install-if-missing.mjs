// Lets `npm start` and `npm test` work in a fresh clone: installs the packages when they are not all there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packages of a lock file, as path below the root and description. */
const packagesOf = (lockFile) => {
  const { packages } = JSON.parse(readFileSync(join(root, lockFile), 'utf8'));
  return Object.entries(packages).filter(([path]) => path !== '');
};

/** npm writes the inner lock file when an install has ended, so an interrupted install lacks it or its packages. */
const isComplete = () => {
  const installedLock = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, installedLock))) return false;
  const installed = Object.fromEntries(packagesOf(installedLock));
  return packagesOf('package-lock.json').every(
    // What is for another platform, or could not be built here, is rightly absent.
    ([path, { version, optional }]) =>
      optional || (installed[path]?.version === version && existsSync(join(root, path, 'package.json'))),
  );
};

if (!isComplete()) {
  const npm = process.env.npm_execpath;
  const { status } = npm
    ? spawnSync(process.execPath, [npm, 'ci'], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm ci', { cwd: root, stdio: 'inherit', shell: true });
  process.exitCode = status ?? 1;
}

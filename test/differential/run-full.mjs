// Runs the differential tests and writes what they compared into RESULTS.md. With --full the long forms: a kernel's
// whole code, all of gcc's torture programs, a hundred thousand vectors of each function of TestFloat, and at least two
// million instructions under QEMU; what is not installed is fetched. Without it the forms that `npm test` has.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const full = process.argv.includes('--full');
const LEAST_EXECUTED = 2_000_000;

const folder = mkdtempSync(join(tmpdir(), 'key31-differential-'));
const countsFile = join(folder, 'counts.jsonl');
const counts = () =>
  existsSync(countsFile)
    ? readFileSync(countsFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];

let failures = 0;
const run = (command, words, environment = {}) => {
  const { status } = spawnSync(command, words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { KEY31_SEED: 'clock', ...process.env, KEY31_COUNTS: countsFile, ...environment },
  });
  if (status !== 0) failures++;
  return status === 0;
};
const vitest = (pattern, environment) => run('npx', ['vitest', 'run', ...[pattern].flat()], environment);
const userMode = ['user', 'floating-point', 'vector', 'decimal'].map((what) => `test/differential/qemu-${what}`);

/** Where the kernel is; fetched if need be. */
const kernel = () => {
  const { stdout } = spawnSync('bash', [join(here, 'fetch-kernel.sh')], { encoding: 'utf8' });
  return stdout.trim().split('\n').at(-1) ?? '';
};
const executed = () =>
  counts()
    .filter(({ test }) => test.startsWith('QEMU user mode'))
    .reduce((sum, { counts: { executed: more } }) => sum + more, 0);

if (full) {
  // Not against another program, but a plain model: ten million operations, half of them for each behaviour.
  vitest('test/emulator/kvm/guest-memory.property', { KEY31_OPERATIONS: '5000000' });
  run('bash', [join(here, 'gcc-torture', 'build.sh'), '--full']);
  run('bash', [join(here, 'build-testfloat.sh')]);
  vitest('test/differential/kernel-text', { KEY31_KERNEL: kernel() });
  vitest('test/differential/gcc-torture', { KEY31_FULL: '1' });
  vitest('test/differential/testfloat', { KEY31_TESTFLOAT_VECTORS: '100000' });
  vitest('test/differential/objdump');
  vitest('test/differential/sample');
  vitest(['test/differential/qemu-privileged', 'test/differential/qemu-special'], { KEY31_FULL: '1' });
  // Each time with another seed, which it prints.
  while (vitest(userMode) && executed() < LEAST_EXECUTED);
} else vitest('test/differential/');

/** Counts of one test, which may have run several times, added up; what is counted once stays as it is. */
const summary = new Map();
for (const { test, counts: some } of counts()) {
  const before = summary.get(test) ?? {};
  const added = Object.entries(some).map(([what, count]) => [
    what,
    what === 'mnemonics' ? Math.max(before[what] ?? 0, count) : (before[what] ?? 0) + count,
  ]);
  summary.set(test, { ...before, ...Object.fromEntries(added) });
}
const grouped = (count) => count.toLocaleString('en-US');
/** Counts have short names; a difference is named by its reason, a whole phrase. */
const isReason = (what) => what.length > 36;
const rows = [...summary].map(([test, some]) => {
  const plain = Object.entries(some).filter(([what]) => !isReason(what));
  return `| ${test} | ${plain.map(([what, count]) => `${grouped(count)} ${what}`).join('; ')} |`;
});
const reasons = [...summary].flatMap(([test, some]) =>
  Object.entries(some)
    .filter(([what]) => isReason(what))
    .map(([what, count]) => `- ${test}: ${grouped(count)} times ${what}`),
);
const failed = failures === 1 ? 'One run' : `${failures} runs`;
const verdict = failures === 0 ? 'All agree.' : `${failed} failed: see the output.`;
const date = new Date().toISOString().slice(0, 10);
const page = [
  '# What the differential tests compared',
  '',
  `\`npm run test:differential -- --full\` wrote this on ${date}. ${verdict}`,
  '',
  '| against | counted |',
  '| --- | --- |',
  ...rows,
  '',
  'Differences that have a reason:',
  '',
  ...reasons,
  '',
].join('\n');
if (full) {
  const results = join(here, 'RESULTS.md');
  writeFileSync(results, page);
  spawnSync('npx', ['prettier', '--write', '--log-level', 'warn', results], { stdio: 'inherit' });
}
rmSync(folder, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;

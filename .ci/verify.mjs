// Tests, checks and starts the product, goes on after a failure, and prints the total as its last line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const total = { passed: 0, failed: 0 };

/** Output goes straight to the log, except where it is read. */
const npm = (words, stdout = 'inherit') =>
  spawnSync(`npm ${words.join(' ')}`, {
    shell: true,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });

const count = (passed, failed) => {
  total.passed += passed;
  total.failed += failed;
};

/** Counts from vitest's own report. In continuous integration nothing may be skipped, so a skipped test has failed. */
const countTests = (reportFile, status) => {
  if (!existsSync(reportFile)) return count(0, 1);
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status !== 'passed' && test.status !== 'failed'),
  );
  for (const { fullName } of skipped) console.log(`skipped, which counts as a failure here: ${fullName}`);
  const failed = report.numFailedTests + skipped.length;
  // A file that cannot be loaded, or an error outside every test, fails the run without failing a test.
  count(report.numPassedTests, failed === 0 && status !== 0 ? 1 : failed);
};

const folder = mkdtempSync(join(tmpdir(), 'key31-report-'));
const reportFile = join(folder, 'tests.json');
const tests = npm(['test', '--', '--reporter=default', '--reporter=json', `--outputFile.json="${reportFile}"`]);
countTests(reportFile, tests.status);
rmSync(folder, { recursive: true });

const checks = npm(['run', 'check'], 'pipe');
console.log(checks.stdout);
const [, passedChecks, failedChecks] = /(\d+) checks passed, (\d+) failed/.exec(checks.stdout) ?? [0, 0, 1];
count(Number(passedChecks), Number(failedChecks));

const start = npm(['start']);
count(start.status === 0 ? 1 : 0, start.status === 0 ? 0 : 1);

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

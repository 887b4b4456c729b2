/** gcc's own torture programs, each on a whole machine: what gcc-torture/build.sh has built of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, defaultConfiguration, type DebugTarget, type Watch } from '../../emulator/index';
import { recordCounts } from '../support/differential-counts';

const folder = process.env['KEY31_TORTURE_DIR'] ?? join(tmpdir(), 'key31-gcc-torture');
const full = process.env['KEY31_FULL'] !== undefined;
/** Of all that is built, the short form runs every eighth of the sources, as the build script counts them. */
const EVERY = 8;
const MOST_INSTRUCTIONS = 400_000_000;
/** Programs no longer than this are run by the reference engine as well, in the long form. */
const SHORT = 200_000;
const MEBIBYTE = 2 ** 20;

const orders = ['le', 'be'] as const;
type ByteOrder = (typeof orders)[number];

const sources = join(folder, 'sources');
const available = existsSync(sources) && orders.every((order) => existsSync(join(folder, order)));
if (!available) console.log('skipped: gcc-torture/build.sh has not been run, so there are no programs');

const names = (): string[] =>
  readdirSync(sources)
    .filter((name) => name.endsWith('.c'))
    .sort((a, b) => (a < b ? -1 : 1))
    .filter((_, i) => full || (i + 1) % EVERY === 0)
    .map((name) => name.slice(0, -'.c'.length));

const quiet: Watch = { breakpoints: new Set(), events: new Set(), event: () => false, console: () => undefined };

interface Ending {
  readonly how: string;
  readonly machine: DebugTarget;
}
/** exit(0) powers the machine off, all else starts it again: see start.S. */
function run(program: Uint8Array, engine: 'interpreter' | 'reference'): Ending {
  const machine = createMachine({ ...defaultConfiguration, program, memory: 32 * MEBIBYTE, engine });
  const outcome = machine.run(MOST_INSTRUCTIONS, quiet);
  if (outcome.kind === 'powered-off') return { how: outcome.how === 'power-off' ? 'passed' : 'failed', machine };
  return { how: outcome.kind === 'stuck' ? outcome.why : 'does not end', machine };
}

function runAll(order: ByteOrder) {
  const failed: string[] = [];
  const counts = { passed: 0, 'not built': 0, instructions: 0, 'by the reference engine too': 0 };
  for (const name of names()) {
    const file = join(folder, order, `${name}.elf`);
    if (!existsSync(file)) {
      counts['not built']++;
      continue;
    }
    const program = readFileSync(file);
    const { how, machine } = run(program, 'interpreter');
    counts.instructions += machine.instructionCount;
    if (full && machine.instructionCount < SHORT) {
      const again = run(program, 'reference');
      const same = again.how === how && again.machine.instructionCount === machine.instructionCount;
      if (!same) failed.push(`${name}: the reference engine has another end, ${again.how}`);
      counts['by the reference engine too']++;
    }
    if (how === 'passed') counts.passed++;
    else failed.push(`${name}: ${how}`);
  }
  recordCounts(`gcc torture, ${order}`, { ...counts, failed: failed.length });
  return { failed, passed: counts.passed };
}

test.skipIf(!available).for(orders)('torture programs pass, %s', { timeout: 900_000 }, (order) => {
  const { failed, passed } = runAll(order);
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(150);
});

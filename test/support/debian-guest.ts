/** Debian's kernel and busybox for ppc64el, as test/differential/fetch-kernel.sh brings them, put together to a guest. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  createMachine,
  defaultConfiguration,
  type DebugTarget,
  type MachineConfiguration,
  type RunOutcome,
} from '../../emulator/index';
import { writeArchive } from './cpio';
import { MEBIBYTE } from './emulator-guest';

const folder = process.env['KEY31_KERNEL_DIR'] ?? join(tmpdir(), 'key31-kernel');
export const kernelFile = join(folder, 'vmlinux');
const busyboxFile = join(folder, 'busybox');
const moduleFolder = join(folder, 'modules');
const init = new URL('../guests/debian/init', import.meta.url);

export const debianIsThere = existsSync(kernelFile) && existsSync(busyboxFile) && existsSync(moduleFolder);
/** Printed by whoever needs it and does without. */
export const debianIsMissing =
  'skipped: Debian’s kernel for ppc64el is not here (npm run test:debian fetches it with apt)';

/** `script`: the first program, one of test/guests/debian. `programs`: more of them, by path in a folder of the root. */
export const debianInitrd = (script = init, programs: Readonly<Record<string, Uint8Array>> = {}): Buffer =>
  gzipSync(
    writeArchive([
      ...['bin', 'dev', 'disk', 'modules', 'proc', 'selftests', 'sys', 'tmp'].map(
        (path) => ({ path, kind: 'directory' }) as const,
      ),
      { path: 'dev/console', kind: 'character device', device: { major: 5, minor: 1 } },
      { path: 'dev/null', kind: 'character device', device: { major: 1, minor: 3 } },
      { path: 'dev/zero', kind: 'character device', device: { major: 1, minor: 5 } },
      { path: 'bin/busybox', kind: 'file', mode: 0o755, content: readFileSync(busyboxFile) },
      { path: 'bin/sh', kind: 'link', content: 'busybox' },
      ...readdirSync(moduleFolder).map(
        (name) => ({ path: `modules/${name}`, kind: 'file', content: readFileSync(join(moduleFolder, name)) }) as const,
      ),
      { path: 'init', kind: 'file', mode: 0o755, content: readFileSync(script) },
      ...Object.entries(programs).map(([path, content]) => ({ path, kind: 'file', mode: 0o755, content }) as const),
    ]),
  );

export interface DebianRun {
  readonly outcome: RunOutcome;
  readonly console: string;
  /** Instructions begun when the line that starts the first program was complete. */
  readonly countAtInit: number | undefined;
}

export const debianMachine = (changed: Partial<MachineConfiguration> = {}) =>
  createMachine({
    ...defaultConfiguration,
    program: readFileSync(kernelFile),
    initrd: debianInitrd(),
    append: 'disable_radix console=hvc0',
    memory: 512 * MEBIBYTE,
    ...changed,
  });

/** So fine is the count at which something was written known. */
const SLICE = 100_000;
const RUN_INIT = 'Run /init as init process';

export const bootDebian = (changed: Partial<MachineConfiguration> = {}, most = 3e9, until?: string): DebianRun =>
  runDebian(debianMachine(changed), most, until);

/** Runs the guest to its end, or until it says `until`. */
export function runDebian(machine: DebugTarget, most = 3e9, until?: string): DebianRun {
  let console = '';
  let countAtInit: number | undefined;
  let outcome: RunOutcome = { kind: 'budget' };
  const watch = {
    breakpoints: new Set<bigint>(),
    events: new Set<never>(),
    event: () => false,
    console: (bytes: Uint8Array) => {
      console += Buffer.from(bytes).toString('latin1');
    },
  };
  while (outcome.kind === 'budget' && machine.instructionCount < most) {
    outcome = machine.run(SLICE, watch);
    if (countAtInit === undefined && console.includes(RUN_INIT)) countAtInit = machine.instructionCount;
    if (until !== undefined && console.includes(until)) break;
  }
  return { outcome, console: console.replaceAll('\r', ''), countAtInit };
}

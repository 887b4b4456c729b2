/** The kernel's own tests of floating point and VMX, in Debian's kernel on our machine. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bootDebian, debianInitrd, debianIsMissing, debianIsThere } from '../support/debian-guest';

const init = new URL('../guests/debian/init-selftests', import.meta.url);
const script = join(import.meta.dirname, '../guests/debian/build-selftests.sh');
const built = debianIsThere ? spawnSync('bash', [script], { encoding: 'utf8' }) : undefined;
const folder = built?.status === 0 ? built.stdout.trim() : undefined;
if (!debianIsThere) console.log(debianIsMissing);
else if (folder === undefined) console.log(`skipped: ${script} failed: ${built?.stderr.slice(-300) ?? ''}`);

/** Programs, and the names by which they announce themselves. */
const tests = { fpu_denormal: 'fpu_denormal', fpu_syscall: 'syscall_fpu', vmx_syscall: 'vmx_syscall' };

it.skipIf(folder === undefined)(
  'the kernel’s self-tests of floating point and VMX pass',
  { timeout: 1_800_000 },
  () => {
    const programs = readdirSync(folder!).filter((name) => name !== 'complete');
    expect(programs.sort()).toEqual(Object.keys(tests));
    const files = Object.fromEntries(programs.map((name) => [`selftests/${name}`, readFileSync(join(folder!, name))]));
    const initrd = debianInitrd(init, files);
    const { outcome, console } = bootDebian({ initrd, smp: 1 }, 20e9);
    expect(console.split('\n').filter((line) => /^(failed|failure|skip|error)/.test(line))).toEqual([]);
    const succeeded = [...console.matchAll(/^success: (.+)$/gm)].map((match) => match[1]);
    expect(succeeded).toEqual(Object.values(tests));
    expect(outcome).toEqual({ kind: 'powered-off', how: 'power-off' });
  },
);

/** Debian's unmodified kernel for ppc64el, from its first instruction to power-off. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bootDebian, debianIsMissing, debianIsThere } from '../support/debian-guest';

if (!debianIsThere) console.log(debianIsMissing);

describe.skipIf(!debianIsThere).each([{ smp: 1 }, { smp: 4 }])('Debian’s kernel on $smp vCPUs', ({ smp }) => {
  it('boots, works and powers off', { timeout: 1_200_000 }, () => {
    const { outcome, console, countAtInit } = bootDebian({ smp });
    expect(outcome, console.slice(-2000)).toEqual({ kind: 'powered-off', how: 'power-off' });
    expect(console).toMatch(/^\[ +0\.0+\] Linux version 6\.\d+\.\S+powerpc64le /m);
    expect(console).toMatch(/hash-mmu: Page sizes from device-tree:/);
    expect(console).toMatch(/hash-mmu: base_shift=16: shift=16, sllp=0x0110/);
    expect(console).toMatch(/hash-mmu: Initializing hash mmu with SLB/);
    expect(console).toMatch(new RegExp(`smp: Brought up 1 node, ${smp} CPU`));
    expect(console).toMatch(/^cpu\s+: POWER8/m);
    expect(console).toMatch(/^MMU\s+: Hash$/m);
    expect(console).toContain(`processors: ${smp}\n`);
    expect(console).toContain('forks: 55\n');
    expect(console).toContain('files: the same\n');
    const zeroes = createHash('md5').update(Buffer.alloc(65536)).digest('hex');
    expect(console).toContain(`memory: 209715200 bytes, ${zeroes}`);
    expect(console).toContain('sums: 1\n');
    expect(console).not.toMatch(/Oops|WARNING: CPU|BUG:|Kernel panic/);
    process.stdout.write(`${smp} vCPUs: "Run /init" after ${countAtInit ?? 0} instructions\n`);
  });
});

describe.skipIf(!debianIsThere)('the boot', () => {
  it('takes the same number of instructions on every run', { timeout: 1_200_000 }, () => {
    const banner = 'Mount-cache';
    const [first, second] = [0, 1].map(() => bootDebian({ smp: 2 }, 3e9, banner));
    expect(second).toEqual(first);
    expect(first?.console).toContain(banner);
  });
});

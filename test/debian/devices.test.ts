/** Linux's own drivers on the devices of the PCI bus. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { debianInitrd, debianIsMissing, debianIsThere, debianMachine, runDebian } from '../support/debian-guest';
import { Random, seedFor } from '../support/isa-random';

const fileSystemTools = spawnSync('mke2fs', ['-V']).status === 0 && spawnSync('debugfs', ['-V']).status === 0;
if (!debianIsThere) console.log(debianIsMissing);
if (!fileSystemTools) console.log('skipped: mke2fs is not installed (Debian package e2fsprogs)');

const folder = mkdtempSync(join(tmpdir(), 'key31-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A disk with an ext4 file system of these files, made by e2fsprogs. */
function makeDisk(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  mkdirSync(at('files'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(at('files'), name), bytes);
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', at('files'), '-F', at('before.img'), '16M']);
  return readFileSync(at('before.img'));
}
/** A file of a disk, read by e2fsprogs. */
function readFromDisk(name: string): Buffer {
  execFileSync('debugfs', ['-R', `dump ${name} ${at('dumped')}`, at('after.img')], { stdio: 'ignore' });
  return readFileSync(at('dumped'));
}

describe.skipIf(!debianIsThere || !fileSystemTools)('Linux’s drivers', () => {
  it('bind to every device, and what they read and write is right', { timeout: 1_200_000 }, () => {
    const random = new Random(seedFor('contents of a disk'));
    const contents = Uint8Array.from({ length: 1_000_000 }, () => random.below(256));
    const image = makeDisk({ hello: Buffer.from('hello from the host\n'), random: contents });
    const machine = debianMachine({
      initrd: debianInitrd(new URL('../guests/debian/init-devices', import.meta.url)),
      devices: [
        { type: 'virtio-blk', image, readOnly: false },
        { type: 'serial' },
        { type: 'virtio-rng', seed: 31n },
        { type: 'virtio-console' },
        { type: 'virtio-net', wire: 'loopback' },
      ],
    });
    const { outcome, console } = runDebian(machine);
    expect(outcome, console.slice(-2000)).toEqual({ kind: 'powered-off', how: 'power-off' });
    expect(console).not.toMatch(/insmod: |Oops|WARNING: CPU|BUG:|Kernel panic/);
    expect(console.match(/^driver: .*/gm)).toEqual([
      'driver: 0000:00:00.0 virtio-pci',
      'driver: 0000:00:01.0 serial',
      'driver: 0000:00:02.0 virtio-pci',
      'driver: 0000:00:03.0 virtio-pci',
      'driver: 0000:00:04.0 virtio-pci',
      'driver: virtio0 virtio_blk',
      'driver: virtio1 virtio_rng',
      'driver: virtio2 virtio_console',
      'driver: virtio3 virtio_net',
    ]);
    expect(console).toContain('disk: mounted\nhello from the host\n');
    expect(console).toContain('disk: unmounted\n');
    const sum = createHash('md5').update(contents).digest('hex');
    expect(console).toContain(`${sum}  /disk/random\n${sum}  /disk/copy\n`);
    expect(console).toContain('serial: hello over the line');
    expect(console).toMatch(/0000:00:01\.0: ttyS0 at I\/O 0x[0-9a-f]+ \(irq = \d+, base_baud = 115200\) is a 16550A/);
    const interrupts = (name: string) => Number(new RegExp(`^ *\\d+: +(\\d+) .* ${name}$`, 'm').exec(console)?.[1]);
    expect(interrupts('virtio0-req.0')).toBeGreaterThan(0);
    expect(interrupts('virtio1-input')).toBeGreaterThan(0);

    writeFileSync(at('after.img'), machine.diskContents('virtio-blk0') ?? new Uint8Array(0));
    const check = spawnSync('e2fsck', ['-fn', at('after.img')], { encoding: 'utf8' });
    expect(check.status, check.stdout).toBe(0);
    expect(Buffer.compare(readFromDisk('copy'), contents)).toBe(0);
    expect(readFromDisk('reply').toString()).toBe('from the guest\n');
  });
});

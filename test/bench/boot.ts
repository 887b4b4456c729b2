/** Debian's kernel from its first instruction to power-off, here and on QEMU. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianInitrd, debianIsMissing, debianIsThere, kernelFile } from '../support/debian-guest';
import { qemuIsInstalled } from '../support/qemu-pseries';
import { median, type Bench } from './bench';

const append = 'console=hvc0 disable_radix';
/** QEMU as the fair peer: no firmware of its own to interpret before the kernel begins. */
const qemuMachine = 'pseries,x-vof=on,accel=tcg,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off';
const firmware = '/usr/share/qemu/vof.bin';

/** Seconds of a whole process; throws unless the guest powered off. */
function secondsOf(command: string, words: readonly string[]): number {
  const start = performance.now();
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 300_000 });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0 || !stdout.includes('Power down'))
    throw new Error(`${command} ended with status ${status}, and the guest with: ${stdout.slice(-500)}`);
  return seconds;
}
const here = ({ key31 }: Bench, initrd: string) =>
  secondsOf(process.execPath, [key31, 'run', kernelFile, '--initrd', initrd, '--append', append, '--memory', '1G']);

function onQemu(initrd: string, more: readonly string[]): number {
  const words = ['-nodefaults', '-machine', qemuMachine, '-bios', firmware, '-cpu', 'power8', '-m', '1g'];
  words.push('-display', 'none', '-serial', 'stdio', '-kernel', kernelFile, '-initrd', initrd, '-append', append);
  return secondsOf('qemu-system-ppc64', [...words, ...more]);
}

type Times = Record<'ours' | 'qemu' | 'icount', number[]>;

function measure(bench: Bench): Times {
  const times: Times = { ours: [], qemu: [], icount: [] };
  const directory = mkdtempSync(join(tmpdir(), 'key31-boot-'));
  try {
    const initrd = join(directory, 'initrd');
    writeFileSync(initrd, debianInitrd());
    for (let round = 0; round < bench.rounds; round++) {
      times.ours.push(here(bench, initrd));
      if (!qemuIsInstalled || !existsSync(firmware)) continue;
      times.qemu.push(onQemu(initrd, []));
      times.icount.push(onQemu(initrd, ['-icount', 'shift=0,sleep=off']));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return times;
}

/** Lines of the report. */
export function bootTable(bench: Bench): readonly string[] {
  if (!debianIsThere) return [`The boot of a kernel: ${debianIsMissing}.`];
  const times = measure(bench);
  const seconds = (some: readonly number[]) => (some.length === 0 ? '–' : median(some).toFixed(1));
  const ratio = (theirs: readonly number[]) =>
    theirs.length === 0 ? '–' : median(theirs.map((time, i) => (times.ours[i] ?? NaN) / time)).toFixed(2);
  return [
    "Seconds in which Debian's kernel for ppc64el boots, does what `test/guests/debian/init` asks of it and powers off,",
    'processes from start to end; how many times as long as QEMU it takes.',
    '',
    '| Key31 | QEMU | QEMU -icount | of QEMU | of -icount |',
    '|--:|--:|--:|--:|--:|',
    `| ${[seconds(times.ours), seconds(times.qemu), seconds(times.icount), ratio(times.qemu), ratio(times.icount)].join(' | ')} |`,
  ];
}

/** Debian's kernel from its first instruction to power-off, here and on QEMU. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { qemuIsInstalled } from '../support/qemu-pseries';
import { median, type Bench } from './bench';

const append = 'console=hvc0 disable_radix';
/** QEMU as the fair peer: no firmware of its own to interpret before the kernel begins. */
const qemuMachine = 'pseries,x-vof=on,accel=tcg,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off';
const firmware = '/usr/share/qemu/vof.bin';

interface Files {
  readonly kernel: string;
  readonly initrd: string;
}

/** Seconds of a whole process; throws unless the guest powered off. */
function secondsOf(command: string, words: readonly string[]): number {
  const start = performance.now();
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 300_000 });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0 || !stdout.includes('Power down'))
    throw new Error(`${command} ended with status ${status}, and the guest with: ${stdout.slice(-500)}`);
  return seconds;
}
const here = ({ key31 }: Bench, { kernel, initrd }: Files) =>
  secondsOf(process.execPath, [key31, 'run', kernel, '--initrd', initrd, '--append', append, '--memory', '1G']);

function onQemu({ kernel, initrd }: Files, more: readonly string[]): number {
  const words = ['-nodefaults', '-machine', qemuMachine, '-bios', firmware, '-cpu', 'power8', '-m', '1g'];
  words.push('-display', 'none', '-serial', 'stdio', '-kernel', kernel, '-initrd', initrd, '-append', append);
  return secondsOf('qemu-system-ppc64', [...words, ...more]);
}

/** Lines of the report. Needs KEY31_KERNEL, a vmlinux, and KEY31_INITRD, whose init powers off. */
export function bootTable(bench: Bench): readonly string[] {
  const { KEY31_KERNEL: kernel, KEY31_INITRD: initrd } = process.env;
  if (kernel === undefined || initrd === undefined)
    return ['Not measured: the boot of a kernel, for which KEY31_KERNEL and KEY31_INITRD have to name files.'];
  for (const file of [kernel, initrd]) if (!existsSync(file)) throw new Error(`there is no ${file}`);
  const files = { kernel, initrd };
  const times: Record<'ours' | 'qemu' | 'icount', number[]> = { ours: [], qemu: [], icount: [] };
  for (let round = 0; round < bench.rounds; round++) {
    times.ours.push(here(bench, files));
    if (!qemuIsInstalled || !existsSync(firmware)) continue;
    times.qemu.push(onQemu(files, []));
    times.icount.push(onQemu(files, ['-icount', 'shift=0,sleep=off']));
  }
  const seconds = (some: readonly number[]) => (some.length === 0 ? '–' : median(some).toFixed(1));
  const ratio = (theirs: readonly number[]) =>
    theirs.length === 0 ? '–' : median(theirs.map((time, i) => (times.ours[i] ?? NaN) / time)).toFixed(2);
  return [
    "Seconds in which Debian's kernel for ppc64el boots to its init and powers off, processes from start to end; how",
    'many times as long as QEMU needs.',
    '',
    '| Key31 | QEMU | QEMU -icount | of QEMU | of -icount |',
    '|--:|--:|--:|--:|--:|',
    `| ${[seconds(times.ours), seconds(times.qemu), seconds(times.icount), ratio(times.qemu), ratio(times.icount)].join(' | ')} |`,
  ];
}

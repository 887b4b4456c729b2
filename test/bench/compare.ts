/** Runs every workload on Key31 and on QEMU in turn, round after round, and prints the medians and the ratios of pairs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { qemuIsInstalled, qemuIsMissing, runOnQemu } from '../support/qemu-pseries';
import type { Measurement } from './run-guest';

export interface Bench {
  /** Where the workloads' ELFs are. */
  readonly guests: string;
  readonly runGuest: string;
  readonly rounds: number;
  /** Names such as mix.le; none: all. */
  readonly workloads: readonly string[];
}

const everyWorkload = ['arithmetic.le', 'loads-and-stores.le', 'loads-and-stores.be', 'calls.le', 'mix.le', 'mix.be'];
everyWorkload.push('exceptions.le', 'hypercalls.le', 'mmio.le');
/** QEMU's machine has no device there. */
const onlyHere = ['mmio.le'];
/** Enough for the reference engine to show its speed. */
const REFERENCE_SECONDS = 2;
const NO_LIMIT = 600;

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

function onKey31(bench: Bench, elf: string, engine: string, limit: number): Measurement {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bench.runGuest, elf, engine, String(limit)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${elf} on Key31 ended with status ${status}: ${stderr}`);
  return JSON.parse(stdout) as Measurement;
}

/** Seconds from the line that says that the workload begins to the line with its result, and that line. */
async function onQemu(elf: string, options: readonly string[]): Promise<{ seconds: number; result: string }> {
  let text = '';
  let begun = 0;
  let ended = 0;
  const heard = (part: string) => {
    text += part;
    const lines = text.split('\n').length - 1;
    if (begun === 0 && text.includes('begins')) begun = performance.now();
    if (lines >= 2 && ended === 0) ended = performance.now();
  };
  await runOnQemu(elf, { cpu: 'power8', timeoutMilliseconds: 120_000, options, heard });
  return { seconds: (ended - begun) / 1000, result: text.trim().split('\n').at(-1)?.trim() ?? '' };
}

interface Row {
  readonly name: string;
  readonly interpreter: readonly Measurement[];
  readonly reference: Measurement;
  readonly qemu: readonly number[];
  readonly icount: readonly number[];
}

async function measure(bench: Bench, name: string): Promise<Row> {
  const elf = join(bench.guests, `${name}.elf`);
  if (!existsSync(elf)) throw new Error(`there is no workload ${name}; npm run build:guests makes them`);
  const interpreter: Measurement[] = [];
  const qemu: number[] = [];
  const icount: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const ours = onKey31(bench, elf, 'interpreter', NO_LIMIT);
    interpreter.push(ours);
    if (!qemuIsInstalled || onlyHere.includes(name)) continue;
    for (const [times, options] of [
      [qemu, []],
      [icount, ['-icount', 'shift=0,sleep=off']],
    ] as const) {
      const theirs = await onQemu(elf, options);
      if (theirs.result !== ours.result) throw new Error(`${name}: "${theirs.result}" on QEMU, "${ours.result}" here`);
      times.push(theirs.seconds);
    }
  }
  return { name, interpreter, reference: onKey31(bench, elf, 'reference', REFERENCE_SECONDS), qemu, icount };
}

const millions = ({ instructions, seconds }: { instructions: number; seconds: number }) => instructions / seconds / 1e6;
const shown = (number: number, digits = 0) => (Number.isFinite(number) ? number.toFixed(digits) : '–');

/** Times as fast as QEMU, by the pairs that ran one after the other. */
const ratio = (ours: readonly Measurement[], theirs: readonly number[]): string =>
  theirs.length === 0 ? '–' : shown(median(theirs.map((seconds, i) => seconds / (ours[i]?.seconds ?? NaN))), 2);

function line({ name, interpreter, reference, qemu, icount }: Row): string {
  const instructions = interpreter[0]?.instructions ?? 0;
  const speed = (seconds: readonly number[]) => shown(instructions / median(seconds) / 1e6);
  return `| ${[
    name,
    shown(instructions / 1e6, 1),
    shown(median(interpreter.map(millions)), millions(interpreter[0]!) < 20 ? 1 : 0),
    shown(millions(reference), 2),
    speed(qemu),
    speed(icount),
    ratio(interpreter, qemu),
    ratio(interpreter, icount),
    shown(median(interpreter.map(({ startup }) => startup))),
  ].join(' | ')} |`;
}

export async function compare(bench: Bench): Promise<void> {
  if (!qemuIsInstalled) console.log(qemuIsMissing);
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log('Millions of guest instructions a second; times as fast as QEMU; milliseconds to the first line.\n');
  console.log('| workload | M instr. | interpreter | reference | QEMU | QEMU -icount | ×QEMU | ×-icount | start ms |');
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
  for (const name of bench.workloads.length > 0 ? bench.workloads : everyWorkload)
    console.log(line(await measure(bench, name)));
  console.log(`\nload at the end ${loadavg()[0]?.toFixed(1)}`);
}

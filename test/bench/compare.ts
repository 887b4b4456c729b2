/** Runs every workload on Key31 and on QEMU in turn, round after round, and prints the medians and the ratios of pairs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { median, type Bench } from './bench';
import { bootTable } from './boot';
import { qemuIsInstalled, qemuIsMissing, runOnQemu } from '../support/qemu-pseries';
import type { Measurement } from './run-guest';

const everyWorkload = ['arithmetic.le', 'loads-and-stores.le', 'loads-and-stores.be', 'calls.le', 'mix.le', 'mix.be'];
/** What happens in a workload, and how often: what leaves the guest's own code. */
const events: Readonly<Record<string, { readonly what: string; readonly count: number }>> = {
  'exceptions.le': { what: 'interrupts', count: 300_000 },
  'page-faults.le': { what: 'page faults, each with an H_ENTER and an H_REMOVE', count: 100_000 },
  'hypercalls.le': { what: 'hypercalls (H_READ)', count: 500_000 },
  'mmio.le': { what: 'MMIO exits', count: 200_000 },
};
everyWorkload.push(...Object.keys(events));
/** QEMU's machine has no device there. */
const onlyHere = ['mmio.le'];
/** Enough for the reference engine to show its speed. */
const REFERENCE_SECONDS = 2;
const NO_LIMIT = 600;

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
    shown(median(interpreter.map(({ memory }) => memory))),
  ].join(' | ')} |`;
}

/** Events a second, in thousands. */
function eventLine({ name, interpreter, qemu, icount }: Row): string | undefined {
  const event = events[name];
  if (!event) return undefined;
  const rate = (seconds: readonly number[]) => shown(event.count / median(seconds) / 1000);
  const ours = interpreter.map(({ seconds }) => seconds);
  const each = shown((median(ours) / event.count) * 1e6, 2);
  return `| ${[event.what, rate(ours), each, rate(qemu), rate(icount), ratio(interpreter, qemu)].join(' | ')} |`;
}

function startLines(rows: readonly Row[]): readonly string[] {
  const all = rows.flatMap(({ interpreter }) => interpreter);
  const of = (field: 'generation' | 'firstInstruction' | 'startup') => {
    const times = all.map((one) => one[field]);
    return `median ${shown(median(times))}, least ${shown(Math.min(...times))}`;
  };
  return [
    'Milliseconds of a start, over all of these runs:',
    '',
    `- to generate the walks and compile the interpreter: ${of('generation')}`,
    `- from the start of the process to the guest's first instruction: ${of('firstInstruction')}`,
    `- from the start of the process to the guest's first line: ${of('startup')}`,
  ];
}

const load = () => loadavg()[0]?.toFixed(1);

/** The report, in Markdown. */
export async function compare(bench: Bench): Promise<string> {
  if (!qemuIsInstalled) console.error(qemuIsMissing);
  const loadBefore = load();
  const rows: Row[] = [];
  for (const name of bench.workloads.length > 0 ? bench.workloads : everyWorkload) {
    rows.push(await measure(bench, name));
    console.error(line(rows.at(-1)!));
  }
  const eventLines = rows.map(eventLine).filter((text) => text !== undefined);
  const boot = bootTable(bench);
  return [
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}. The machine's load was ${loadBefore} at the`,
    `start and ${load()} at the end. Medians of ${bench.rounds} runs, ratios of runs that followed one another.`,
    '',
    'Millions of guest instructions a second; times as fast as QEMU; the most memory that Key31 had, in MiB.',
    '',
    '| workload | M instr. | interpreter | reference | QEMU | QEMU -icount | ×QEMU | ×-icount | MiB |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map(line),
    '',
    'Thousands of events a second; microseconds that Key31 needs for one, with the guest code around it.',
    '',
    '| event | Key31 | µs | QEMU | QEMU -icount | ×QEMU |',
    '|---|--:|--:|--:|--:|--:|',
    ...eventLines,
    '',
    ...boot,
    '',
    ...startLines(rows),
    '',
  ].join('\n');
}

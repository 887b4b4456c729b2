import { writeFileSync } from 'node:fs';
import { setImmediate as untilNextTurn } from 'node:timers/promises';
import {
  eventDefinitions,
  hexadecimal,
  type EventKind,
  type MachineConfiguration,
  type MachineEvent,
  type RunOutcome,
} from '../../emulator/index';
import { eventSummary, explainEvent } from '../explain/event';
import { EventRules } from '../session/event-rules';
import { namesOf } from '../session/names';
import { vcpuOf, type Guest } from '../session/guest';
import { readLaunchConfiguration } from '../session/launch-configuration';
import { makeGuest } from '../session/make-guest';
import { endingText, exitCode, type Ending } from '../session/stop';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file';
import { Keyboard } from './keyboard';
import { readRunOptions, type RunOptions } from './run-options';
import { UsageError } from './usage';

/** Much larger than a debugger's slice: nobody asks anything meanwhile. */
const SLICE = 5_000_000;

/** `key31 run`: the guest's console on standard output, everything else on standard error. Returns the exit status. */
export async function runGuest(words: readonly string[]): Promise<number> {
  const options = readRunOptions(words);
  const filters = new EventRules();
  const problem = filters.setFilters(options.stopOn).find((result) => result.problem !== undefined)?.problem;
  if (problem !== undefined) throw new UsageError(`--stop-on: ${problem}`);
  const configuration = readLaunchConfiguration(options.launch);
  const guest = makeGuest(configuration);
  const started = performance.now();
  const run = new Run(guest, filters, options, configuration.machine);
  if (options.from !== undefined) guest.target.restore(readCheckpoint(options.from, configuration.machine));
  const keyboard = new Keyboard();
  const ending = await run.toItsEnd(configuration.maxInstructions, keyboard).finally(() => keyboard.close());
  if (options.stats) run.reportStatistics((performance.now() - started) / 1000);
  run.reportEnd(ending);
  for (const { disk, file } of options.saves) saveDisk(guest, disk, file);
  return exitCode(ending);
}

function saveDisk({ target }: Guest, disk: string, file: string): void {
  try {
    writeFileSync(file, target.diskContents(disk) ?? new Uint8Array(0));
  } catch (error) {
    throw new UsageError(`--drive: "${file}" cannot be written: ${(error as Error).message}`);
  }
}

class Run {
  readonly #guest: Guest;
  readonly #filters: EventRules;
  readonly #options: RunOptions;
  readonly #machine: MachineConfiguration;
  readonly #counts = new Map<EventKind, number>();
  readonly #kinds: ReadonlySet<EventKind>;
  #checkpointTaken = false;

  constructor(guest: Guest, filters: EventRules, options: RunOptions, machine: MachineConfiguration) {
    this.#guest = guest;
    this.#filters = filters;
    this.#options = options;
    this.#machine = machine;
    this.#kinds = options.stats ? new Set(Object.keys(eventDefinitions) as EventKind[]) : filters.kinds;
  }

  async toItsEnd(limit: number, keyboard: Keyboard): Promise<Ending> {
    const { target } = this.#guest;
    let idle = 0;
    const watch = {
      breakpoints: new Set<bigint>(),
      events: this.#kinds,
      event: (event: MachineEvent) => this.#count(event),
      console: (bytes: Uint8Array) => void process.stdout.write(bytes),
      // Who sits before a terminal wants the guest's clock to go like his own while nothing happens.
      idle: (nanoseconds: number) => {
        idle = nanoseconds;
        return keyboard.isTerminal;
      },
    };
    for (;;) {
      const left = limit - target.instructionCount;
      if (left <= 0) return { kind: 'limit', instructions: limit };
      if (keyboard.quit) return { kind: 'quit' };
      const typed = keyboard.take();
      if (typed.length > 0) target.typeOnConsole(typed);
      idle = 0;
      const outcome: RunOutcome = target.run(Math.min(SLICE, left, this.#untilCheckpoint()), watch);
      this.#takeCheckpoint();
      if (outcome.kind === 'powered-off' || outcome.kind === 'stuck') return outcome;
      if (outcome.kind === 'event') this.#reportEvent(outcome.vcpu, outcome.event);
      // Output that a pipe did not take at once gets its turn.
      await (idle > 0 && keyboard.isTerminal ? keyboard.wait(idle) : untilNextTurn());
    }
  }

  /** Instructions to go until the checkpoint is taken. */
  #untilCheckpoint(): number {
    const { checkpoint } = this.#options;
    const left = checkpoint === undefined ? Infinity : checkpoint.at - this.#guest.target.instructionCount;
    return left > 0 ? left : Infinity;
  }
  #takeCheckpoint(): void {
    const { target } = this.#guest;
    const { checkpoint } = this.#options;
    if (checkpoint?.at !== target.instructionCount || this.#checkpointTaken) return;
    this.#checkpointTaken = true;
    writeCheckpoint(checkpoint.file, this.#machine, target.capture());
    this.#tell(`The state after ${checkpoint.at.toLocaleString('en')} instructions is in ${checkpoint.file}.`);
  }

  #count(event: MachineEvent): boolean {
    this.#counts.set(event.kind, (this.#counts.get(event.kind) ?? 0) + 1);
    const names = () => namesOf(vcpuOf(this.#guest, Number(event.fields.vcpu ?? 0n)));
    return this.#filters.take(event, names, { describe: eventSummary, say: (text) => this.#tell(text) });
  }

  #reportEvent(vcpu: number, event: MachineEvent): void {
    const explanation = explainEvent(vcpuOf(this.#guest, vcpu), event);
    const { kind, instructionCount, fields } = event;
    if (this.#options.json) this.#say({ type: 'event', kind, instructionCount, vcpu, fields, explanation });
    else this.#tell(`[${instructionCount}] ${kind}: ${explanation}`);
  }

  reportStatistics(seconds: number): void {
    const { instructionCount: instructions } = this.#guest.target;
    const { engine } = this.#machine;
    const instructionsPerSecond = Math.round(instructions / seconds);
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    if (this.#options.json) {
      const events = Object.fromEntries(this.#counts);
      this.#say({ type: 'stats', engine, instructions, seconds, instructionsPerSecond, peakMemoryBytes, events });
      return;
    }
    const rate = (instructionsPerSecond / 1e6).toFixed(1);
    this.#tell(`${instructions} instructions in ${seconds.toFixed(2)} s (${rate} million a second)`);
    this.#tell(`engine: ${engine}; peak memory: ${Math.round(peakMemoryBytes / 2 ** 20)} MiB`);
    for (const [kind, count] of this.#counts) this.#tell(`${kind}: ${count}`);
  }

  reportEnd(ending: Ending): void {
    const message = endingText(ending, this.#guest.target.instructionCount);
    if (this.#options.json)
      this.#say({ type: 'end', how: ending.kind === 'powered-off' ? ending.how : ending.kind, message });
    else if (ending.kind !== 'powered-off' || this.#options.stats) this.#tell(message);
  }

  #say(record: object): void {
    const text = JSON.stringify(record, (_key, value: unknown) =>
      typeof value === 'bigint' ? hexadecimal(value) : value,
    );
    this.#tell(text, '');
  }
  #tell(text: string, prefix = 'key31: '): void {
    process.stderr.write(`${prefix}${text}\n`);
  }
}

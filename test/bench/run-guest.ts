/** One workload in a process of its own: node run-guest.mjs <elf> <engine> <seconds at most>. Prints a Measurement. */
import { readFileSync } from 'node:fs';
import { emitWalks } from '../../emulator/engine/emitted-translation';
import { makeDrive } from '../../emulator/engine/interpreter/generate';
import { createMachine } from '../../emulator/machine/create-machine';
import { defaultConfiguration, type EngineName } from '../../emulator/machine/configuration';
import { HOST_MEMORY } from '../../emulator/state/layout';

export interface Measurement {
  /** From the line that says that the workload begins to the line with its result, or for as long as it was let run. */
  readonly seconds: number;
  readonly instructions: number;
  /** Milliseconds in which the walks were generated, and the interpreter compiled, which the build has generated. */
  readonly generation: number;
  /** Milliseconds from the start of the process to the guest's first instruction, the generation among them. */
  readonly firstInstruction: number;
  /** Milliseconds from the start of the process to the guest's first line. */
  readonly startup: number;
  /** MiB that the process had in memory at most. */
  readonly memory: number;
  /** The guest's last line; empty if it was not let run to its end. */
  readonly result: string;
}

/** So short that a line is heard almost when it is written, and long enough to cost nothing. */
const SLICE = 1_000_000;
const WASM_PAGE = 0x10000;

const [elf = '', engine = '', limit = '0'] = process.argv.slice(2);

/** What is generated once a process: the machine that is made afterwards finds it there. */
function generate(): number {
  const memory = new WebAssembly.Memory({ initial: HOST_MEMORY / WASM_PAGE });
  const start = performance.now();
  const { functions } = emitWalks(memory);
  makeDrive('little', 0, memory, functions);
  return performance.now() - start;
}

const generation = engine === 'interpreter' ? generate() : 0;
const machine = createMachine({
  ...defaultConfiguration,
  engine: engine as EngineName,
  program: readFileSync(elf),
});
let text = '';
const watch = {
  breakpoints: new Set<bigint>(),
  events: new Set<never>(),
  event: () => false,
  console: (bytes: Uint8Array) => {
    text += Buffer.from(bytes).toString('latin1');
  },
};
const now = () => ({ time: performance.now(), instructions: machine.instructionCount });

const firstInstruction = performance.now();
while (!text.includes('begins') && machine.run(SLICE / 100, watch).kind === 'budget');
const start = now();
while (machine.run(SLICE, watch).kind === 'budget' && now().time - start.time < Number(limit) * 1000);
const end = now();
const measurement: Measurement = {
  seconds: (end.time - start.time) / 1000,
  instructions: end.instructions - start.instructions,
  generation,
  firstInstruction,
  startup: start.time,
  memory: process.resourceUsage().maxRSS / 1024,
  result: machine.ended ? (text.trim().split('\n').at(-1)?.trim() ?? '') : '',
};
console.log(JSON.stringify(measurement));

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration, type EngineName } from '../../../emulator/machine/configuration';
import { eventDefinitions, type EventKind } from '../../../emulator/machine/events';
import { Machine } from '../../../emulator/machine/machine';
import { makePseries } from '../../../emulator/machine/pseries';
import { registersSize } from '../../support/engine-world';
import { Random, seedFor } from '../../support/isa-random';

const samples = join(import.meta.dirname, '../../../extension/samples/mmio-trap');
const everyEvent = new Set(Object.keys(eventDefinitions) as EventKind[]);
const MEBIBYTE = 2 ** 20;

interface Course {
  readonly console: string;
  readonly events: readonly string[];
  readonly instructions: number;
  readonly outcome: string;
  readonly registers: string;
  readonly entries: readonly string[];
}

/** A sample guest from start to power-off, in runs of `budget()` instructions, each by the engine that `choose()` says. */
function courseOf(elf: string, choose: () => EngineName, budget: () => number, breakpoint?: bigint): Course {
  const program = readFileSync(join(samples, elf));
  const pseries = makePseries({ ...defaultConfiguration, program, memory: 32 * MEBIBYTE });
  const machine = new Machine(pseries);
  const events: string[] = [];
  let written = '';
  const watch = {
    breakpoints: new Set(breakpoint === undefined ? [] : [breakpoint]),
    events: everyEvent,
    event: (event: { kind: string; instructionCount: number; fields: object }) => {
      const fields = Object.entries(event.fields).map(([name, value]) => `${name}=${String(value)}`);
      events.push(`${event.instructionCount} ${event.kind} ${fields.join(' ')}`);
      return false;
    },
    console: (bytes: Uint8Array) => {
      written += Buffer.from(bytes).toString('latin1');
    },
  };
  for (;;) {
    for (const vcpu of pseries.vcpus) vcpu.engine = choose();
    const outcome = machine.run(budget(), watch);
    if (outcome.kind === 'breakpoint') events.push(`${machine.instructionCount} breakpoint`);
    else if (outcome.kind !== 'budget') {
      const { registers } = pseries.vcpus[0]!;
      const { entryCount } = machine.pageTable;
      const entry = (index: number) => `${pseries.kvm.table.first(index)} ${pseries.kvm.table.second(index)}`;
      return {
        ...{ console: written, events, instructions: machine.instructionCount, outcome: JSON.stringify(outcome) },
        registers: Buffer.from(registers.view.buffer, registers.base, registersSize).toString('hex'),
        entries: Array.from({ length: entryCount }, (_, index) => entry(index)),
      };
    }
  }
}

describe.each(['mmio-trap.le.elf', 'mmio-trap.be.elf'])('%s', (elf) => {
  const never = () => 100_000_000;

  it('takes the same course, whichever engine runs it, and however often they change', { timeout: 60_000 }, () => {
    const random = new Random(seedFor('change of engine'));
    const wanted = courseOf(elf, () => 'reference', never);
    expect(wanted.console).toContain('mmio-trap: done');
    expect(courseOf(elf, () => 'interpreter', never)).toEqual(wanted);
    const change = () => random.of(['reference', 'interpreter'] as const);
    expect(courseOf(elf, change, () => 1 + random.below(3000))).toEqual(wanted);
  });

  it('stops at a breakpoint at the same instruction counts', { timeout: 60_000 }, () => {
    // The hypervisor's interrupt vector for data, and a place in a loop.
    for (const address of [0x300n, 0xc000_0000_0000_0c20n]) {
      const wanted = courseOf(elf, () => 'reference', never, address);
      expect(courseOf(elf, () => 'interpreter', never, address)).toEqual(wanted);
    }
  });
});

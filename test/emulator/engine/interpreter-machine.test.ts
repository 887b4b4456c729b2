import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration, type EngineName } from '../../../emulator/machine/configuration';
import { eventDefinitions, type EventKind } from '../../../emulator/machine/events';
import { Machine } from '../../../emulator/machine/machine';
import { makePseries } from '../../../emulator/machine/pseries';
import { addi, branch, DEC, lis, mfspr, mtmsrd, mtspr, ori, quiet, startGuest, TB } from '../../support/emulator-guest';
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

describe('a guest with its decrementer running', () => {
  const rfid = 0x4c00_0024;
  const EXTERNAL_ON = 0x8002;
  const rearm = (time: number) => [lis(3, time >> 16), ori(3, 3, time & 0xffff), mtspr(DEC, 3)];
  const handler = (time: number) => [addi(7, 7, 1), mfspr(10, TB), mfspr(11, DEC), ...rearm(time), rfid];
  const waits = {
    'is busy': [addi(6, 6, 1), addi(8, 8, 3), branch(-8)],
    'branches to itself': [branch(0)],
  } as const;

  it.each(Object.entries(waits))(
    'is interrupted at the same instructions when it %s',
    { timeout: 60_000 },
    (_, wait) => {
      const random = new Random(seedFor('decrementer and engines'));
      for (let count = 0; count < 4; count++) {
        const time = random.of([40, 700, 5000, 70_000]);
        const quantum = random.of([997, 100_000]);
        const code = [...rearm(time), ori(5, 0, EXTERNAL_ON), mtmsrd(5, 1), ...wait];
        const guest = { code, quantum, elsewhere: { 0x900: handler(time) } };
        const start = (engine: EngineName) => startGuest({ ...guest, engine });
        const [reference, interpreter] = [start('reference'), start('interpreter')];
        for (let run = 0; run < 30; run++) {
          const budget = 1 + random.below(run < 10 ? 50 : 12_000);
          for (const machine of [reference, interpreter])
            expect(machine.run(budget, quiet)).toEqual({ kind: 'budget' });
          const [wanted, got] = [reference, interpreter].map(({ instructionCount, vcpus }) => {
            const { view, base } = vcpus[0]!.registers;
            return `${instructionCount} ${Buffer.from(view.buffer, base, registersSize).toString('hex')}`;
          });
          expect(got).toBe(wanted);
        }
        expect(interpreter.vcpus[0]!.registers.gpr(7)).toBeGreaterThan(0n);
      }
    },
  );
});

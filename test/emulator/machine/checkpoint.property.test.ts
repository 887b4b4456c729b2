/** Checkpoints of small guests; those of Linux are in test/debian. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMachine, defaultConfiguration, type MachineConfiguration } from '../../../emulator/index';
import { compareCheckpoints, drawCounts } from '../../support/checkpoint-comparison';
import { quiet, startGuest, branch, li, mtspr, DEC, addi, form, mtmsrd } from '../../support/emulator-guest';
import { chosenSeed } from '../../support/seed';

const seed = chosenSeed();
const someCounts = drawCounts(seed);

const sampleOf = (order: 'le' | 'be'): MachineConfiguration => ({
  ...defaultConfiguration,
  program: readFileSync(`extension/samples/mmio-trap/mmio-trap.${order}.elf`),
  memory: 32 * 2 ** 20,
});

describe(`checkpoints, seed ${seed}`, () => {
  it.each([
    ['le', 'v6.1'],
    ['be', 'v6.1'],
    ['le', 'rfc-2011'],
  ] as const)('of the sample guest (%s) on %s', { timeout: 180_000 }, (order, behavior) => {
    compareCheckpoints(() => createMachine({ ...sampleOf(order), behavior }), someCounts(30_000, 3));
  });

  it('in the middle of what the host does to the guest', { timeout: 180_000 }, () => {
    const memory = { guestPhysicalAddress: 0n, size: 32n * 2n ** 20n };
    const action = { kind: 'set-memory-region', slot: 0, flags: 1n, vma: 'none', ...memory } as const;
    const make = () =>
      createMachine({
        ...sampleOf('le'),
        hostEvents: [
          { at: 5000, stage: undefined, lasting: 10_000, action },
          // Changes what KVM notes of the slot that is being changed.
          { at: 14_800, stage: undefined, lasting: 0, action: { kind: 'swap-out', ...memory } },
          { at: 25_000, stage: undefined, lasting: 0, action: { kind: 'get-dirty-log', slot: 0 } },
        ],
        randomHostEvents: { seed, every: 500 },
      });
    compareCheckpoints(make, [4000, ...someCounts(9000, 2).map((count) => 5500 + count), 24_000, 26_000]);
  });

  it('leaves a debugger its watches, and shows the entries that are in use then', () => {
    const machine = createMachine(sampleOf('le'));
    const occupiedAtStart = machine.pageTable.occupied();
    const start = machine.capture();
    const watch = { ...quiet, memory: [{ address: 0n, length: 32 * 2 ** 20, access: 'write' as const }] };
    const first = machine.run(30_000, watch);
    expect(first.kind).toBe('touched');
    machine.patchPageTable(0, 1n, 0n);
    expect(machine.pageTable.occupied()).not.toEqual(occupiedAtStart);
    machine.restore(start);
    expect(machine.pageTable.occupied()).toEqual(occupiedAtStart);
    expect(machine.run(30_000, watch)).toEqual(first);
  });

  it('of a guest that the decrementer interrupts', { timeout: 180_000 }, () => {
    const code = [
      li(5, 0x7f),
      mtspr(DEC, 5),
      li(6, -1),
      form.d(15, 6, 6, 0),
      li(6, 0x8000 - 0x10000),
      mtmsrd(6, 1),
      addi(7, 7, 1),
      branch(-4),
    ];
    const handler = [addi(8, 8, 1), li(5, 0x7f), mtspr(DEC, 5), 0x4c00_0024];
    const make = () => startGuest({ code, elsewhere: { 0x900: handler } });
    compareCheckpoints(make, someCounts(50_000, 4));
  });
});

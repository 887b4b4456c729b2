import { describe, expect, it } from 'vitest';
import type { DebugTarget } from '../../../emulator/index';
import {
  addi,
  branch,
  DEC,
  describeOutcome,
  ENTRY,
  enterPage,
  form,
  hypercall,
  li,
  lis,
  mfspr,
  mtmsrd,
  mtspr,
  nop,
  ori,
  quiet,
  recorder,
  sc1,
  sceneSegment,
  startGuest,
  TB,
  turnTranslationOn,
  eventLines,
} from '../../support/emulator-guest';
import { DEVICE_WITH_SLOT, HPTE_R_M } from '../../support/emulator-kvm';
import { Random, seedFor } from '../../support/isa-random';
import { behaviors, runWhole, sampleProgram, startSample } from '../../support/emulator-sample';

/** Ticks of the timebase after so many instructions: 512 MHz, an instruction a nanosecond. */
const ticksAfter = (instructions: number): bigint => (BigInt(instructions) * 512n) / 1000n;
const EXTERNAL_ON = 0x8002;

describe('a run', () => {
  const seed = seedFor('slices');
  const configurations = behaviors.map((behavior) => ({ behavior, endian: 'be' as const }));

  it.each(configurations)('is the same every time: $behavior', ({ behavior, endian }) => {
    const [first, second] = [runWhole(behavior, endian), runWhole(behavior, endian)];
    expect(first.outcome).toEqual({ kind: 'powered-off', how: 'power-off' });
    expect(first.events.length).toBeGreaterThan(40);
    expect(eventLines(second.events)).toEqual(eventLines(first.events));
    expect(second.console).toBe(first.console);
    expect(second.instructionCount).toBe(first.instructionCount);
  });

  it('is the same in slices of any length', () => {
    const whole = runWhole('v6.1', 'le');
    const random = new Random(seed);
    for (let count = 0; count < 4; count++) {
      const machine = startSample('v6.1', 'le');
      const { watch, events, console } = recorder();
      const longest = random.of([3, 50, 1000, 30_000]);
      let outcome = machine.run(1 + random.below(longest), watch);
      while (outcome.kind === 'budget') outcome = machine.run(1 + random.below(longest), watch);
      expect(eventLines(events)).toEqual(eventLines(whole.events));
      expect(console()).toBe(whole.console);
      expect([machine.instructionCount, outcome]).toEqual([whole.instructionCount, whole.outcome]);
    }
  });

  it('is the same in steps', () => {
    const whole = runWhole('v6.1', 'be');
    const machine = startSample('v6.1', 'be');
    const { watch, events, console } = recorder();
    while (!machine.ended) machine.step(0, watch);
    expect(eventLines(events)).toEqual(eventLines(whole.events));
    expect(console()).toBe(whole.console);
    expect([machine.instructionCount, machine.ended]).toEqual([whole.instructionCount, whole.outcome]);
  });

  it('is the same when it stops at every event', () => {
    const whole = runWhole('v3.4', 'be');
    const machine = startSample('v3.4', 'be');
    const { watch, events } = recorder({ stops: () => true });
    let stops = 0;
    while (!machine.ended) if (machine.run(1e9, watch).kind === 'event') stops++;
    // A stop at key 31's fault goes on to the exit, so that the exit is not told of a second time.
    const mmio = eventLines(whole.events).filter((one) => one.includes('reserved-key'));
    expect(stops).toBe(whole.events.length - mmio.length);
    expect(events).toHaveLength(stops);
    expect(machine.instructionCount).toBe(whole.instructionCount);
  });

  it('counts exactly the instructions that it is given', () => {
    const machine = startGuest({ code: [addi(6, 6, 1), branch(-4)] });
    const random = new Random(seed);
    let total = 0;
    for (let count = 0; count < 50; count++) {
      const budget = 1 + random.below(200);
      expect(machine.run(budget, quiet)).toEqual({ kind: 'budget' });
      total += budget;
      expect(machine.instructionCount).toBe(total);
      expect(machine.vcpus[0]!.registers.gpr(6)).toBe(BigInt(Math.ceil(total / 2)));
    }
  });

  it('that has ended stays so', () => {
    const machine = startSample('v6.1', 'be');
    const outcome = machine.run(1e9, quiet);
    expect(outcome).toEqual({ kind: 'powered-off', how: 'power-off' });
    expect([machine.run(10, quiet), machine.step(0, quiet), machine.ended]).toEqual([outcome, outcome, outcome]);
  });
});

describe('the decrementer', () => {
  it('interrupts at the exact tick at which it passes through zero, and not before', () => {
    const random = new Random(seedFor('decrementer'));
    for (let count = 0; count < 12; count++) {
      const time = 1 + random.below(3000);
      const quantum = random.of([1, 7, 100, 100_000]);
      const code = [li(3, time), mtspr(DEC, 3), ori(5, 0, EXTERNAL_ON), mtmsrd(5, 1), addi(6, 6, 1), branch(-4)];
      const machine = startGuest({ code, quantum, elsewhere: { 0x900: [mfspr(10, TB), branch(0)] } });
      machine.setGpr(0, 0, 0n);
      const expiry = ticksAfter(2) + BigInt(time);
      let begun = 4;
      while (ticksAfter(begun) <= expiry) begun++;
      const { watch } = recorder({ breakpoints: [0x900n] });
      expect(machine.run(1e6, watch)).toMatchObject({ kind: 'breakpoint', address: 0x900n });
      expect(machine.instructionCount).toBe(begun);
      const { registers } = machine.vcpus[0]!;
      expect([BigInt(ENTRY + 16), BigInt(ENTRY + 20)]).toContain(registers.special('srr0'));
      expect(registers.special('srr1') & 0x8000n).toBe(0x8000n);
      expect(registers.special('msr') & 0x8000n).toBe(0n);
      machine.step(0, quiet);
      expect(registers.gpr(10)).toBe(ticksAfter(begun + 1));
    }
  });

  it('waits until interrupts are enabled', () => {
    const code = [
      li(3, -1),
      mtspr(DEC, 3),
      ...Array<number>(50).fill(nop),
      ori(5, 0, EXTERNAL_ON),
      mtmsrd(5, 1),
      nop,
      nop,
    ];
    const machine = startGuest({ code, elsewhere: { 0x900: [branch(0)] } });
    const { watch } = recorder({ breakpoints: [0x900n] });
    machine.run(1000, watch);
    expect(machine.instructionCount).toBe(54);
    expect(machine.vcpus[0]!.registers.special('srr0')).toBe(BigInt(ENTRY + 54 * 4));
  });

  it('is read back as what is left of it', () => {
    const code = [li(3, 1000), mtspr(DEC, 3), mfspr(4, DEC), mfspr(5, DEC), mfspr(6, DEC), branch(0)];
    const machine = startGuest({ code });
    machine.run(5, quiet);
    const { registers } = machine.vcpus[0]!;
    const left = [3, 4, 5].map((count) => ticksAfter(2) + 1000n - ticksAfter(count));
    expect([4, 5, 6].map((one) => registers.gpr(one))).toEqual(left);
  });

  it('wakes a vCPU that has ceded (H_CEDE), and time passes at once', () => {
    const H_CEDE = 0xe0;
    const code = [lis(3, 10), mtspr(DEC, 3), li(3, H_CEDE), sc1, addi(7, 7, 1), branch(-4)];
    const machine = startGuest({ code, elsewhere: { 0x900: [mfspr(10, TB), branch(0)] } });
    expect(machine.run(4, quiet)).toEqual({ kind: 'budget' });
    const { watch } = recorder({ breakpoints: [0x900n] });
    expect(machine.run(1e6, watch)).toMatchObject({ kind: 'breakpoint' });
    expect(machine.instructionCount).toBe(4);
    const { registers } = machine.vcpus[0]!;
    expect(registers.special('srr0')).toBe(BigInt(ENTRY + 16));
    expect([registers.gpr(3), registers.gpr(7)]).toEqual([0n, 0n]);
    machine.step(0, quiet);
    const expiry = ticksAfter(2) + (10n << 16n);
    expect(registers.gpr(10) - expiry).toBeGreaterThanOrEqual(1n);
    expect(registers.gpr(10) - expiry).toBeLessThanOrEqual(2n);
  });
});

it('mftb counts 512 ticks in a thousand instructions', () => {
  const machine = startGuest({ code: [...Array.from({ length: 20 }, (_, i) => mfspr(10 + i, TB)), branch(0)] });
  machine.run(20, quiet);
  const read = Array.from({ length: 20 }, (_, i) => machine.vcpus[0]!.registers.gpr(10 + i));
  expect(read).toEqual(read.map((_, i) => ticksAfter(i + 1)));
});

describe('vCPUs', () => {
  it('beyond the first stand still until they are started, whatever the quantum', () => {
    for (const quantum of [1, 5, 100_000]) {
      const machine = startGuest({ code: [addi(6, 6, 1), branch(-4)], smp: 2, quantum });
      machine.run(1001, quiet);
      expect(machine.vcpus.map(({ state, instructionCount }) => [state, instructionCount])).toEqual([
        ['running', 1001],
        ['stopped', 0],
      ]);
      expect(machine.vcpus[0]!.registers.gpr(6)).toBe(501n);
    }
  });
});

describe('a guest that can go no further is told of in one sentence', () => {
  const whyOf = (machine: DebugTarget) => describeOutcome(machine.run(100_000, quiet));

  it('branching to itself with interrupts disabled', () => {
    expect(whyOf(startGuest({ code: [nop, branch(0)] }))).toBe(
      'stuck: the guest branches to itself at 0x10004 with interrupts disabled.',
    );
  });

  it('but not while an interrupt can come', () => {
    const code = [ori(5, 0, EXTERNAL_ON), mtmsrd(5, 1), branch(0)];
    expect(startGuest({ code }).run(20_000, quiet)).toEqual({ kind: 'budget' });
  });

  it('interrupted at the interrupt handler itself', () => {
    expect(whyOf(startGuest({ code: [0] }))).toBe(
      'stuck: interrupts follow one another at 0x700 and no instruction completes.',
    );
  });

  it('a machine check: a fetch from a device', () => {
    const machine = startGuest({ code: [nop] });
    turnTranslationOn(machine);
    enterPage(machine, sceneSegment, 0xd000_0000_0001_0000n, DEVICE_WITH_SLOT | 0x20n | 2n);
    machine.setSpecial(0, 'nia', 0xd000_0000_0001_0000n);
    expect(whyOf(machine)).toBe(
      'stuck: the fetch at 0xd000000000010000 reaches a real address where nothing answers ' +
        '(effective address 0xd000000000010000): a machine check.',
    );
  });

  it('given a page by user space that KVM cannot map', () => {
    const machine = startGuest({ code: [form.d(32, 3, 4, 0), branch(-4)] });
    turnTranslationOn(machine);
    const huge = {
      effectiveAddress: 0xe000_0000_0000_0000n,
      vsidWord: (0xe0en << 12n) | 0x100n,
      terabyte: false,
      vsid: 0xe0en,
      base: 24,
    } as const;
    const { registers } = machine.vcpus[0]!;
    registers.setSlbEntry(2, { esid: 0xe000_0000_0800_0000n, vsid: huge.vsidWord });
    // Entered as a page that is not there yet, at an address where no page has been touched: it has 16 MiB.
    const larger = startGuest({ code: [form.d(32, 3, 4, 0), branch(-4)], memory: 32 * 2 ** 20 });
    turnTranslationOn(larger);
    larger.vcpus[0]!.registers.setSlbEntry(2, { esid: 0xe000_0000_0800_0000n, vsid: huge.vsidWord });
    const { groupCount } = larger.pageTable;
    const group = BigInt(Number(0xe0en) & (groupCount - 1));
    const first = (((0xe0en << 28n) >> 23n) << 7n) | 4n | 1n;
    // The whole of its first half lies untouched from 16 MiB on but for the device tree near the end.
    expect(hypercall(larger, 0x08, 1n << 39n, group * 8n, first, 0x100_0000n | HPTE_R_M | 2n).status).toBe(0n);
    larger.setGpr(0, 4, 0xe000_0000_0000_0000n);
    larger.setSpecial(0, 'nia', BigInt(ENTRY));
    expect(whyOf(larger)).toBe('stuck: the host’s page is smaller than the guest’s.');
  });
});

it('the sample is a program for either processor', () => {
  for (const cpu of ['power7', 'power8'] as const) {
    const machine = startSample('v6.1', 'be', cpu);
    expect(machine.run(1e9, quiet)).toEqual({ kind: 'powered-off', how: 'power-off' });
  }
  expect(sampleProgram('le').length).toBeGreaterThan(1000);
});

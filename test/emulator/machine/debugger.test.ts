import { describe, expect, it } from 'vitest';
import {
  addi,
  branch,
  ENTRY,
  enterPage,
  everyEvent,
  form,
  hypercall,
  nop,
  place,
  quiet,
  recorder,
  sceneSegment,
  startGuest,
  turnTranslationOn,
  eventLines,
} from '../../support/emulator-guest';
import { HPTE_R_IG, HPTE_R_M, NO_SLOT } from '../../support/emulator-kvm';
import { Random, seedFor } from '../../support/isa-random';
import { runWhole, startSample } from '../../support/emulator-sample';

describe('breakpoints', () => {
  it('stop before the instruction, and let the run that starts there go on', () => {
    const machine = startGuest({ code: [addi(6, 6, 1), addi(7, 7, 1), branch(-8)] });
    const { watch } = recorder({ breakpoints: [BigInt(ENTRY + 4)] });
    for (let round = 1; round < 5; round++) {
      expect(machine.run(1000, watch)).toEqual({ kind: 'breakpoint', vcpu: 0, address: BigInt(ENTRY + 4) });
      const { registers } = machine.vcpus[0]!;
      expect([registers.gpr(6), registers.gpr(7)]).toEqual([BigInt(round), BigInt(round - 1)]);
      expect(machine.instructionCount).toBe(3 * round - 2);
    }
  });

  it('stop in an interrupt handler that an access led to', () => {
    const machine = startGuest({ code: [nop], elsewhere: { 0x380: [branch(0)] } });
    turnTranslationOn(machine);
    place(machine, BigInt(ENTRY), [form.d(32, 3, 4, 0)]);
    machine.setGpr(0, 4, 0xf000_0000_0000_0000n);
    const { watch } = recorder({ breakpoints: [0x380n] });
    expect(machine.run(1000, watch)).toMatchObject({ kind: 'breakpoint', address: 0x380n });
  });

  it('stop in the handler and after the access, if the run starts at an access that is held', () => {
    const started = (second: bigint, breakpoints: readonly bigint[]) => {
      const machine = startGuest({ code: [nop], elsewhere: { 0x300: [branch(0)] } });
      turnTranslationOn(machine);
      if (second !== 0n) enterPage(machine, sceneSegment, 0xd000_0000_0001_0000n, second);
      place(machine, BigInt(ENTRY), [form.d(32, 3, 4, 0), nop, nop]);
      machine.setGpr(0, 4, 0xd000_0000_0001_0000n);
      const { watch } = recorder({ breakpoints, stops: () => true });
      expect(machine.run(1000, watch).kind).toBe('event');
      return machine.run(1000, { ...watch, event: () => false });
    };
    // A page fault of the guest's own, an MMIO exit, and a page that the host brings in.
    expect(started(0n, [0x300n])).toMatchObject({ kind: 'breakpoint', address: 0x300n });
    const next = { kind: 'breakpoint', address: BigInt(ENTRY + 4) };
    expect(started(NO_SLOT | HPTE_R_IG | 2n, [BigInt(ENTRY), BigInt(ENTRY + 4)])).toMatchObject(next);
    expect(started(0x70_0000n | HPTE_R_M | 2n, [BigInt(ENTRY), BigInt(ENTRY + 4)])).toMatchObject(next);
  });

  it('are passed by in a step', () => {
    const machine = startGuest({ code: [addi(3, 3, 1), addi(4, 4, 1), branch(-8)] });
    const { watch } = recorder({ breakpoints: [BigInt(ENTRY), BigInt(ENTRY + 4)] });
    for (let count = 0; count < 5; count++) expect(machine.step(0, watch)).toEqual({ kind: 'budget' });
    expect(machine.instructionCount).toBe(5);
  });
});

describe('a debugger’s reads', () => {
  it('change nothing that the guest could notice, wherever and whatever they are', () => {
    const whole = runWhole('v6.1', 'be');
    const random = new Random(seedFor('reads'));
    const machine = startSample('v6.1', 'be');
    const { watch, events, console } = recorder({ events: everyEvent });
    const seconds = () => machine.pageTable.occupied().map((index) => machine.pageTable.entry(index));
    let reads = 0;
    while (!machine.ended) {
      machine.run(7001, watch);
      const before = seconds();
      for (let count = 0; count < 30; count++) {
        const place = random.of([
          0xc000_0000_0000_0000n,
          0xd000_0000_0001_0000n,
          0xd000_0000_0002_0000n,
          0xd000_0000_0005_0000n,
          0n,
        ]);
        const address = place + BigInt(random.below(0x20_0000));
        reads += machine.readMemory(0, address, random.below(9000)).length;
        machine.readGuestPhysical(BigInt(random.below(2 ** 28)), 64);
        machine.explain(0, address, random.of(['load', 'store', 'fetch'] as const));
      }
      expect(machine.vcpus[0]!.levels).toBeDefined();
      expect(seconds()).toEqual(before);
    }
    expect(reads).toBeGreaterThan(10_000);
    expect(eventLines(events)).toEqual(eventLines(whole.events));
    expect(console()).toBe(whole.console);
    expect(machine.instructionCount).toBe(whole.instructionCount);
  });

  it('end where nothing is mapped', () => {
    const machine = startGuest({ code: [nop] });
    turnTranslationOn(machine);
    expect(machine.readMemory(0, 0x1_ff00n, 0x200)).toHaveLength(0x100);
    expect(machine.readMemory(0, 0xd000_0000_0000_0000n, 16)).toHaveLength(0);
    expect(machine.readGuestPhysical(0xff_fff0n, 32)).toHaveLength(16);
  });

  it('see through protection and keys, and its writes too', () => {
    const machine = startGuest({ code: [nop] });
    turnTranslationOn(machine);
    const EA = 0xd000_0000_0001_0000n;
    const index = enterPage(machine, sceneSegment, EA, 0x9000n | HPTE_R_M | 3n | 0xa00n);
    machine.setSpecial(0, 'amr', (1n << 64n) - 1n);
    expect(machine.writeMemory(0, EA + 0xffcn, Uint8Array.of(1, 2, 3, 4, 5, 6))).toBe(4);
    expect([...machine.readMemory(0, EA + 0xff8n, 100)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
    expect([...machine.readGuestPhysical(0x9ffcn, 4)]).toEqual([1, 2, 3, 4]);
    expect(machine.pageTable.entry(index).second & 0x180n).toBe(0n);
    expect(machine.explain(0, EA, 'load').verdict).toBe('refused');
  });
});

describe('what is put in by hand', () => {
  it('is what the guest goes on with', () => {
    const machine = startGuest({ code: [addi(3, 3, 1), form.spr(19, 4, 0), branch(0)] });
    machine.setGpr(0, 3, 41n);
    machine.setCr(0, 0x1234_5678);
    machine.run(2, quiet);
    const { registers } = machine.vcpus[0]!;
    expect([registers.gpr(3), registers.gpr(4)]).toEqual([42n, 0x1234_5678n]);
  });

  it('as an exit’s data is refused where no load waits', () => {
    const machine = startGuest({ code: [nop] });
    expect(() => machine.supplyMmioData(0, Uint8Array.of(1))).toThrow('no exit is waiting');
    expect(() => machine.setGpr(3, 0, 0n)).toThrow('there is no vCPU 3');
  });

  it('at the console is what H_GET_TERM_CHAR returns, sixteen characters at a time', () => {
    const machine = startGuest({ code: [nop] });
    machine.typeOnConsole(Buffer.from('0123456789abcdefXY'));
    const get = () => hypercall(machine, 0x54, 0n);
    const text = ({ results }: ReturnType<typeof get>) =>
      Buffer.from(
        results
          .slice(1, 3)
          .map((one) => one.toString(16).padStart(16, '0'))
          .join(''),
        'hex',
      ).toString('latin1');
    const first = get();
    expect([first.status, first.results[0], text(first)]).toEqual([0n, 16n, '0123456789abcdef']);
    const second = get();
    expect([second.results[0], text(second).slice(0, 2)]).toEqual([2n, 'XY']);
    expect(get().results[0]).toBe(0n);
    expect(hypercall(machine, 0x54, 5n).status).toBe(-4n);
  });
});

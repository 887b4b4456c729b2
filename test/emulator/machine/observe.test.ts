import { describe, expect, it } from 'vitest';
import type { EventKind, MachineEvent, Touched, Watch } from '../../../emulator/index';
import { startSample } from '../../support/emulator-sample';

const silent: Omit<Watch, 'events' | 'event'> = { breakpoints: new Set(), console: () => undefined };
const HPTE_KINDS: readonly EventKind[] = ['hpte-inserted', 'hpte-removed', 'hpte-changed'];

describe('changes of the page table', () => {
  it('are told with who made them, and account for every entry that is there at the end', () => {
    const machine = startSample('v6.1', 'le');
    const before = new Set(machine.pageTable.occupied());
    const events: MachineEvent[] = [];
    machine.run(1e9, {
      ...silent,
      events: new Set(HPTE_KINDS),
      event: (event) => {
        events.push(event);
        return false;
      },
    });
    expect(new Set(events.map(({ fields }) => fields.by))).toEqual(new Set(['H_ENTER', 'H_REMOVE']));
    for (const { kind, fields } of events) {
      if (kind === 'hpte-inserted') before.add(Number(fields.hpte));
      if (kind === 'hpte-removed') before.delete(Number(fields.hpte));
    }
    expect([...before].sort((a, b) => a - b)).toEqual(machine.pageTable.occupied());
  });
});

describe('a watch', () => {
  const program = (watch: Partial<Watch>) => {
    const machine = startSample('v6.1', 'le');
    const seen: Touched[] = [];
    machine.run(1e9, {
      ...silent,
      events: new Set(),
      event: () => false,
      touched: (touched) => {
        seen.push(touched);
        return false;
      },
      ...watch,
    });
    return { machine, seen };
  };

  it('on memory sees the same instructions under both engines, and changes nothing', () => {
    const plain = program({});
    const stack = {
      address: plain.machine.vcpus[0]!.registers.gpr(1) & 0xfff_ffffn,
      length: 64,
      access: 'readWrite' as const,
    };
    const runs = (['interpreter', 'reference'] as const).map((engine) => {
      const machine = startSample('v6.1', 'le', 'power8', { engine });
      const seen: string[] = [];
      machine.run(1e9, {
        ...silent,
        events: new Set(),
        event: () => false,
        memory: [stack],
        touched: ({ by, isWrite, address, to }) => {
          seen.push(`${by.kind} ${by.address} ${isWrite} ${address} ${to}`);
          return false;
        },
      });
      expect(machine.instructionCount).toBe(plain.machine.instructionCount);
      return seen;
    });
    expect(runs[0]!.length).toBeGreaterThan(10);
    expect(runs[0]).toEqual(runs[1]);
  });

  it('on a value that instructions change stops right after the one that did', () => {
    const machine = startSample('v6.1', 'le');
    const { registers } = machine.vcpus[0]!;
    const values = [{ read: () => registers.special('sprg0'), everyInstruction: true }];
    const outcome = machine.run(1e9, { ...silent, events: new Set(), event: () => false, values });
    expect(outcome).toMatchObject({
      kind: 'touched',
      touched: { what: 'value', from: 0n, by: { kind: 'instruction' } },
    });
    if (outcome.kind !== 'touched') return;
    expect(outcome.touched.to).toBe(registers.special('sprg0'));
    expect(registers.special('nia')).toBe(outcome.touched.by.address + 4n);
  });

  it('on an HPTE tells the hypercall and its arguments', () => {
    const { seen } = program({});
    expect(seen).toEqual([]);
    const machine = startSample('v6.1', 'le');
    const table = machine.pageTable;
    const page = 0n;
    const watched = { read: () => BigInt(table.occupied().length) + page, everyInstruction: false };
    const outcome = machine.run(1e9, { ...silent, events: new Set(), event: () => false, values: [watched] });
    expect(outcome).toMatchObject({ kind: 'touched', touched: { by: { kind: 'hypercall', name: 'H_ENTER' } } });
  });
});

import { describe, expect, it } from 'vitest';
import type { EventData, ExitData, SlotData } from '../../../debug-adapter/custom-protocol';
import { eventItems, exitItems } from '../../../extension/views/exit-tree';
import { registerItems, withField } from '../../../extension/views/register-tree';
import { segmentItems } from '../../../extension/views/segment-tree';
import { slotItems } from '../../../extension/views/slot-tree';
import type { TreeItem } from '../../../extension/views/tree-item';
import { Random, seedFor } from '../../support/isa-random';

const keys = (items: readonly TreeItem[]): string[] =>
  items.flatMap(({ key, children = [] }) => [key, ...keys(children)]);

const slot: SlotData = {
  slot: 3,
  guestPhysicalAddress: '0x10000000',
  size: '0x1000000',
  hostVirtualAddress: '0x7fff00000000',
  flags: '0x80000001',
  flagNames: [
    { name: 'LOG_DIRTY_PAGES', internal: false },
    { name: 'IO', internal: true },
  ],
  areas: [
    {
      start: '0x7fff00000000',
      end: '0x7fff01000000',
      kind: 'device',
      name: 'bar',
      pageSize: 65536,
      flagNames: ['VM_PFNMAP'],
    },
  ],
  mappedPages: 7,
};

describe('memory slots', () => {
  const [item] = slotItems({ slots: [slot] });
  it('have their range, size and flags in one line, internal flags marked', () => {
    expect(item).toMatchObject({
      label: 'Slot 3',
      description: '0x10000000 to 0x11000000, 16 MiB · LOG_DIRTY_PAGES, IO (internal)',
    });
  });
  it('open down to the VMA behind them', () => {
    const area = item!.children!.find(({ label }) => label.startsWith('VMA'));
    expect(area).toMatchObject({
      description: 'device "bar", 16 MiB, 64 KiB pages',
      children: [{ label: 'VM_PFNMAP' }],
    });
  });
});

it('segments say where they lead, and each of their bits', () => {
  const words = { esidWord: '0xc000000008000000', vsidWord: '0x4' };
  const [item] = segmentItems({
    segments: [
      {
        index: 2,
        effectiveAddress: '0xc000000000000000',
        segmentSize: '1 TiB',
        vsid: '0x5',
        pageSize: '64 KiB',
        ks: true,
        kp: false,
        noExecute: false,
        ...words,
      },
    ],
  });
  expect(item).toMatchObject({ label: '[2] 0xc000000000000000', description: 'VSID 0x5, 1 TiB, 64 KiB pages' });
  expect(item!.children!.map(({ description }) => description?.slice(0, 1))).toEqual(['1', '0', '0', '0', '0']);
});

describe('exits and events', () => {
  const exit: ExitData = {
    vcpu: 0,
    guestPhysicalAddress: '0x1000',
    effectiveAddress: '0xd000',
    length: 4,
    isWrite: false,
    data: undefined,
    instruction: 'lwz r3,0(r4)',
    instructionAddress: '0xc000',
    device: 'serial port',
  };
  const event = (sequence: number, kind: string): EventData => ({
    sequence,
    kind,
    label: kind,
    instructionCount: sequence * 10,
    fields: { gpa: '0x2000', store: 'true', length: '0x1' },
    place: 'main+0x4',
    source: { path: '/main.c', line: 3 },
  });
  const state = { exits: [exit], events: [event(3, 'mmio-exit'), event(2, 'hypercall'), event(1, 'mmio-exit')] };

  it('come with what is pending first, and then the newest', () => {
    expect(exitItems(state).map(({ key }) => key)).toEqual(['pending 0', 'event 3', 'event 1']);
    expect(exitItems(state)[0]).toMatchObject({ kind: 'pendingLoad', label: 'Pending: load from 0x1000' });
  });
  it('lead to their source', () => {
    expect(eventItems(state)[1]?.command).toEqual({
      name: 'key31.openSource',
      arguments: [{ path: '/main.c', line: 3 }],
    });
  });
  it('have keys of their own, so that rows stay open', () => {
    const all = keys(eventItems(state));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('registers', () => {
  it('tell flags from numbers', () => {
    const fields = [
      { name: 'SF', value: '0x1', mask: '0x8000000000000000' },
      { name: 'DPFD', value: '0x3', mask: '0x0070000000000000' },
    ];
    const [item] = registerItems({ registers: [{ name: 'lpcr', value: '0x8030000000000000', fields }] });
    expect(item).toMatchObject({ label: 'LPCR', description: '0x8030000000000000 · SF DPFD' });
    expect(item!.children!.map(({ kind, description }) => [kind, description])).toEqual([
      ['flag', '1'],
      ['field', '0x3'],
    ]);
  });

  it('keep every other bit when a field is set', () => {
    const random = new Random(seedFor('register fields'));
    for (let round = 0; round < 500; round++) {
      const width = BigInt(1 + random.below(16));
      const shift = BigInt(random.below(48));
      const mask = ((1n << width) - 1n) << shift;
      const [word, value] = [random.wide(), random.wide() & ((1n << (width + 1n)) - 1n)];
      const now = withField(word, mask, value);
      if (value >> width !== 0n) expect(now).toBeUndefined();
      else expect([now! & ~mask, (now! & mask) >> shift]).toEqual([word & ~mask, value]);
    }
    expect(withField(0n, 0x8000000000000003n, 1n)).toBeUndefined();
  });
});

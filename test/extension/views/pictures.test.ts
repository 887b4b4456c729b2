import { describe, expect, it } from 'vitest';
import type { WalkData } from '../../../debug-adapter/custom-protocol';
import { gridFor, groupAt, summaryOf, visibleRows } from '../../../extension/views/group-cells';
import { mapRegions, regionHeights } from '../../../extension/views/map-regions';
import { sizeText } from '../../../extension/views/sizes';
import { walkSteps } from '../../../extension/views/walk-steps';
import { Random, seedFor } from '../../support/isa-random';

describe('the groups of a page table', () => {
  it('each have a place, and each place its group', () => {
    const random = new Random(seedFor('group cells'));
    for (let round = 0; round < 300; round++) {
      const groups = 2 ** (11 + random.below(9));
      const grid = gridFor(groups, 200 + random.below(2000));
      const group = random.below(groups);
      const x = (group % grid.columns) * grid.cell;
      const y = Math.floor(group / grid.columns) * grid.cell;
      expect(groupAt(grid, groups, x, y)).toBe(group);
      expect(groupAt(grid, groups, x + grid.cell - 1, y + grid.cell - 1)).toBe(group);
      expect(groupAt(grid, groups, grid.columns * grid.cell, y)).toBeUndefined();
      expect(grid.rows * grid.columns).toBeGreaterThanOrEqual(groups);
    }
  });
  it('are summed up in two bytes', () => {
    expect(summaryOf(Uint8Array.of(0, 0, 0x23, 31), 1)).toEqual({ used: 3, absent: 2, key: 31 });
    expect(summaryOf(Uint8Array.of(8 + 16 * 8, 0), 0)).toEqual({ used: 8, absent: 8, key: 0 });
  });
});

describe('a list of any length', () => {
  it('can be scrolled from its first row to its last', () => {
    for (const total of [0, 1, 20, 1000, 4_000_000]) {
      const view = 320;
      const start = visibleRows(total, 24, 0, view);
      expect(start.first).toBe(0);
      const end = visibleRows(total, 24, Math.max(0, start.height - view), view);
      expect(end.first + end.count).toBe(total);
      expect(end.count).toBeLessThan(20);
    }
  });
});

describe('the map of guest physical memory', () => {
  it('has no gap and no overlap, whatever slots there are', () => {
    const random = new Random(seedFor('map regions'));
    for (let round = 0; round < 300; round++) {
      const stretch = () => ({
        guestPhysicalAddress: `0x${(random.below(1000) * 4096).toString(16)}`,
        size: `0x${((1 + random.below(50)) * 4096).toString(16)}`,
      });
      const slots = Array.from({ length: random.below(4) }, (_, slot) => ({
        ...stretch(),
        slot,
        hostVirtualAddress: '0x0',
        flags: '0x0',
        flagNames: [],
        areas: [],
        mappedPages: 0,
      }));
      const deviceWindows = Array.from({ length: random.below(3) }, stretch);
      const regions = mapRegions({ slots, deviceWindows });
      let end = 0n;
      for (const region of regions) {
        expect(region.start).toBe(end);
        expect(region.end).toBeGreaterThan(region.start);
        ({ end } = region);
      }
      const last = [...slots, ...deviceWindows].map((one) => BigInt(one.guestPhysicalAddress) + BigInt(one.size));
      expect(end).toBe(last.reduce((most, one) => (one > most ? one : most), 0n));
      if (regions.length > 0) expect(regionHeights(regions, 100).reduce((sum, one) => sum + one)).toBeCloseTo(100);
    }
  });
});

describe('a walk', () => {
  const walk: WalkData = {
    effectiveAddress: '0xd000000000010000',
    access: 'store',
    mode: 'relocated',
    verdict: 'neither group holds a valid entry for the page',
    mapped: false,
    segment: { origin: 'SLB entry 1', vsid: '0xd0d0d', size: '256 MiB', pageSize: '4 KiB' },
    hash: '0xd1d',
    groups: [
      {
        which: 'primary',
        number: 0xd1d,
        entries: [
          { index: 0x68e8, refused: 'V' },
          { index: 0x68e9, refused: 'AVPN' },
        ],
      },
    ],
    entry: undefined,
    protection: [],
    realAddress: undefined,
    host: {
      entryIndex: 0x68e8,
      state: 'absent',
      key: 31,
      guestPhysicalAddress: '0x10080000000',
      slot: undefined,
      hostVirtualAddress: undefined,
      area: undefined,
    },
  };
  it('shows each refusal where it happened', () => {
    const steps = walkSteps(walk);
    expect(steps.filter(({ outcome }) => outcome === 'refused').map(({ title }) => title)).toEqual([
      'Primary group',
      'Real address',
      'Memory slot',
    ]);
    expect(steps.find(({ title }) => title === 'Primary group')?.cells?.map(({ text }) => text)).toEqual([
      'not valid for the hardware: the guest’s entry, absent',
      'AVPN differs',
    ]);
  });
  it('says at which segment it ended where there is none', () => {
    const steps = walkSteps({
      ...walk,
      segment: undefined,
      hash: undefined,
      groups: [],
      host: undefined,
      verdict: 'no SLB entry for the segment',
    });
    expect(steps.map(({ title, outcome }) => [title, outcome])).toEqual([
      ['Effective address', 'passed'],
      ['Segment', 'refused'],
      ['Real address', 'refused'],
    ]);
  });
});

it.each([
  [4096n, '4 KiB'],
  [0x11000n, '68 KiB'],
  [1n << 40n, '1 TiB'],
])('%s bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

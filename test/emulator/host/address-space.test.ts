import { describe, expect, it } from 'vitest';
import { AddressSpace } from '../../../emulator/host/address-space';
import { areaFlagNames, HOST_PAGE_SIZE } from '../../../emulator/host/area';
import { passedThroughDevice } from '../../../emulator/host/device-hardware';
import { PhysicalMemory } from '../../../emulator/host/physical-memory';
import { Random, seedFor } from '../../support/isa-random';

const MEBIBYTE = 2 ** 20;
const makeSpace = () =>
  new AddressSpace(new PhysicalMemory(new Uint8Array(256 * MEBIBYTE), 16 * MEBIBYTE, () => undefined));

describe('an address space', () => {
  it('gives each page a frame of its own when it is first touched, and the same one ever after', () => {
    const random = new Random(seedFor('address space'));
    const space = makeSpace();
    const areas = (['anonymous', 'hugetlb', 'anonymous'] as const).map((kind) => space.map(kind, 0x200_0000n, kind));
    const frames = new Map<bigint, bigint>();
    for (let count = 0; count < 500; count++) {
      const area = random.of(areas);
      const address = area.start + BigInt(random.below(0x200_0000));
      const start = address & -BigInt(area.pageSize);
      expect(space.presentPage(address)?.realAddress).toBe(frames.get(start));
      const got = space.userPage(address, random.below(2) === 1);
      if (got.kind !== 'page') throw new Error(got.kind);
      expect(got.page).toMatchObject({ pageSize: area.pageSize, writable: true, cacheInhibited: false });
      frames.set(start, got.page.realAddress);
    }
    const used = [...frames].flatMap(([start, frame]) => {
      const units = (space.areaAt(start)?.pageSize ?? 0) / HOST_PAGE_SIZE;
      return Array.from({ length: units }, (_, i) => frame + BigInt(i * HOST_PAGE_SIZE));
    });
    expect(new Set(used).size).toBe(used.length);
    expect(used.every((frame) => frame >= 16n * 2n ** 20n && frame < 256n * 2n ** 20n)).toBe(true);
  });

  it('hands out the same frames in the same order, every time', () => {
    const frames = [makeSpace(), makeSpace()].map((space) => {
      const { start } = space.map('anonymous', 0x10_0000n, 'memory');
      return [3n, 1n, 2n].map((page) => space.userPage(start + page * 0x10000n, true));
    });
    expect(frames[0]).toEqual(frames[1]);
  });

  it('has a device’s registers present from the start, cache-inhibited, at their place on the bus', () => {
    const space = makeSpace();
    const area = space.map('device', 0x20000n, 'registers', { frames: 0x3fe0_8000_0000n });
    expect(space.presentPage(area.start + 0x1_0004n)).toEqual({
      realAddress: 0x3fe0_8001_0000n,
      pageSize: HOST_PAGE_SIZE,
      writable: true,
      cacheInhibited: true,
    });
    expect(areaFlagNames(area)).toEqual(['VM_READ', 'VM_WRITE', 'VM_IO', 'VM_PFNMAP']);
  });

  it('refuses what no area covers (-EFAULT)', () => {
    const space = makeSpace();
    const area = space.map('anonymous', 0x10000n, 'memory');
    expect(space.userPage(area.end, false)).toEqual({ kind: 'fault', why: 'no area' });
    expect(space.presentPage(area.end)).toBeUndefined();
    expect(space.areaAt(area.start - 1n)).toBeUndefined();
  });

  it('keeps areas apart, each at a multiple of the largest page', () => {
    const space = makeSpace();
    const areas = [0x1000n, 0x123_0000n, 0x100_0000n].map((size) => space.map('anonymous', size, 'memory'));
    for (const { start } of areas) expect(start % 0x100_0000n).toBe(0n);
    for (const [i, area] of areas.slice(1).entries()) expect(area.start).toBeGreaterThan(areas[i]!.end);
    expect(space.areasIn(areas[0]!.start, areas[2]!.start)).toEqual(areas.slice(0, 2));
  });

  it('names the flags of an area as Linux does', () => {
    expect(areaFlagNames(makeSpace().map('hugetlb', 0x100_0000n, 'memory'))).toEqual([
      'VM_READ',
      'VM_WRITE',
      'VM_HUGETLB',
    ]);
  });
});

describe('physical memory', () => {
  it('ends', () => {
    const memory = new PhysicalMemory(new Uint8Array(0x30000), 0x8000, () => undefined);
    expect([memory.allocate(0x10000), memory.allocate(0x10000)]).toEqual([0x10000, 0x20000]);
    expect(() => memory.allocate(0x10000)).toThrow('no memory left');
  });
});

describe('the device that is passed through', () => {
  const word = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);

  it('says who it is, keeps what is written to its scratch register, and counts accesses', () => {
    const device = passedThroughDevice();
    expect(new TextDecoder().decode(device.read(0, 4))).toBe('KY31');
    device.write(4, Uint8Array.of(1, 2, 3, 4));
    device.write(6, Uint8Array.of(0xaa));
    expect([...device.read(4, 4)]).toEqual([1, 2, 0xaa, 4]);
    expect(word(device.read(8, 4))).toBe(5);
    expect([...device.read(0x100, 2)]).toEqual([0, 0]);
  });

  it('lets nobody write its other registers', () => {
    const device = passedThroughDevice();
    device.write(0, Uint8Array.of(9, 9, 9, 9));
    device.write(8, Uint8Array.of(9, 9, 9, 9));
    expect(word(device.read(0, 4))).toBe(0x3133_594b);
  });
});

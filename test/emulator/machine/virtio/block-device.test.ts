import { describe, expect, it } from 'vitest';
import { BlockDevice } from '../../../../emulator/machine/virtio/block-device';
import { Disk, SECTOR } from '../../../../emulator/machine/virtio/disk';
import { Random, seedFor } from '../../../support/isa-random';
import { VirtioBench } from '../../../support/virtio-bench';
import {
  ACCESS_PLATFORM,
  type Buffer,
  COMMON,
  descriptorFlag,
  DEVICE_CONFIGURATION,
  DriverQueue,
  INTERRUPT_STATUS,
  littleEndian,
  numberOf,
  QueueLayout,
  status,
  VERSION_1,
} from '../../../support/virtio-driver';

const SECTORS = 64;
const image = Uint8Array.from({ length: SECTORS * SECTOR }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
const RINGS = 0x1000;
const TABLES = 0x8000;
const BUFFERS = 0x2_0000;

function start(queueSize: number, readOnly = false) {
  const disk = new Disk(image);
  const bench = new VirtioBench(new BlockDevice(disk, 'serial number of disk', readOnly));
  expect(bench.driver.negotiate()).toBe(true);
  const queue = new DriverQueue(bench.driver, 0, new QueueLayout(RINGS, queueSize));
  bench.driver.go();
  return { bench, queue, disk };
}

/** A request of virtio 1.2, 5.2.6. */
interface Request {
  readonly kind: number;
  readonly sector: number;
  /** To be written to the disk. */
  readonly data: Uint8Array;
  /** Bytes to be read from it. */
  readonly room: number;
}
const header = ({ kind, sector }: Request) =>
  Uint8Array.from([...littleEndian(kind, 4), ...littleEndian(0, 4), ...littleEndian(sector, 8)]);

/** Cuts a stretch of memory into buffers at random places. */
function cut(random: Random, address: number, length: number, forDevice: boolean, most: number): Buffer[] {
  const cuts = new Set([0, length]);
  for (let i = 1; i < most && length > 1; i++) cuts.add(1 + random.below(length - 1));
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => ({ address: address + places[i]!, length: end - places[i]!, forDevice }));
}

/** One request, laid out as a driver may: its parts cut anywhere, chained in any entries, direct or indirect. */
function layOut(random: Random, queue: DriverQueue, request: Request, at: number, free: number[], table: number) {
  const out = Uint8Array.from([...header(request), ...request.data]);
  const { ports } = queue.driver;
  ports.writeMemory(at, out);
  const answer = at + 0x4000;
  ports.writeMemory(answer, new Uint8Array(request.room + 1).fill(0xee));
  const indirect = free.length < 4 || random.below(2) === 0;
  const most = indirect ? 6 : Math.floor(free.length / 2);
  const buffers = [
    ...cut(random, at, out.length, false, Math.min(most, 5)),
    ...cut(random, answer, request.room + 1, true, Math.min(most, 5)),
  ];
  if (indirect) {
    queue.chain(buffers, [...buffers.keys()], table);
    const head = free.shift()!;
    const descriptor = { address: table, length: 16 * buffers.length, flags: descriptorFlag.indirect, next: 0 };
    queue.writeDescriptor(head, descriptor);
    return { head, entries: [head], answer };
  }
  const entries = free.splice(0, buffers.length);
  queue.chain(buffers, entries);
  return { head: entries[0]!, entries, answer };
}

describe('a disk', () => {
  it('agrees with an array of bytes about every request, however its chain is cut', () => {
    const seed = seedFor('virtio block requests');
    const random = new Random(seed);
    for (let world = 0; world < 40; world++) {
      const size = 2 ** random.below(9);
      const { bench, queue, disk } = start(size);
      const model = image.slice();
      for (let round = 0; round < 12; round++) {
        const free = Array.from({ length: size }, (_, i) => i).sort(() => random.below(3) - 1);
        const expected = new Map<number, { request: Request; result: number; bytes: Uint8Array; answer: number }>();
        for (let one = 0; one < 4 && free.length > 0; one++) {
          const kind = [0, 0, 1, 1, 4, 8, 99][random.below(7)]!;
          const sector = random.below(SECTORS + 2);
          const length = kind === 0 || kind === 1 ? random.below(4) * SECTOR + (random.below(8) === 0 ? 1 : 0) : 0;
          const request: Request = {
            kind,
            sector,
            data: kind === 1 ? Uint8Array.from({ length }, () => random.below(256)) : new Uint8Array(0),
            room: kind === 0 ? length : kind === 8 ? 20 : 0,
          };
          const { head, answer } = layOut(random, queue, request, BUFFERS + one * 0x8000, free, TABLES + one * 0x400);
          queue.offer(head);
          const fits = length % SECTOR === 0 && sector * SECTOR + length <= model.length;
          const result = kind === 99 ? 2 : (kind === 0 || kind === 1) && !fits ? 1 : 0;
          if (kind === 1 && result === 0) model.set(request.data, sector * SECTOR);
          const bytes =
            kind === 0 && result === 0
              ? model.slice(sector * SECTOR, sector * SECTOR + length)
              : kind === 8
                ? new TextEncoder().encode('serial number of dis')
                : new Uint8Array(0);
          expected.set(head, { request, result, bytes, answer });
        }
        queue.publish();
        queue.notify();
        const used = queue.takeUsed();
        expect(
          used.map(({ head }) => head),
          `seed ${seed}, world ${world}`,
        ).toEqual([...expected.keys()]);
        for (const { head, written } of used) {
          const { request, result, bytes, answer } = expected.get(head)!;
          expect(written).toBe(bytes.length + 1);
          expect(same(bench.memory.slice(answer, answer + bytes.length), bytes)).toBe(true);
          expect(bench.memory[answer + request.room]).toBe(result);
        }
      }
      expect(same(disk.read(0, disk.size), model)).toBe(true);
      expect(bench.driver.status & status.needsReset).toBe(0);
    }
  });

  it('says how large it is, and takes nothing if it is read-only', () => {
    const { bench, queue, disk } = start(8, true);
    expect(numberOf(bench.device.read(DEVICE_CONFIGURATION, 8))).toBe(SECTORS);
    const request = { kind: 1, sector: 0, data: new Uint8Array(SECTOR).fill(9), room: 0 };
    const { head, answer } = layOut(new Random(31), queue, request, BUFFERS, [0, 1, 2, 3, 4, 5, 6, 7], TABLES);
    queue.offer(head);
    queue.publish();
    queue.notify();
    expect(bench.memory[answer]).toBe(1);
    expect(disk.written.size).toBe(0);
  });

  it('answers a request whose data the bus forbids with an error, and writes nothing there', () => {
    const { bench, queue, disk } = start(8);
    for (const [kind, isWrite] of [
      [0, true],
      [1, false],
    ] as const) {
      const data = BUFFERS + 0x1000;
      const answer = BUFFERS + 0x2000;
      bench.memory.fill(0xee, data, data + SECTOR);
      bench.driver.ports.writeMemory(BUFFERS, header({ kind, sector: 0, data: new Uint8Array(0), room: 0 }));
      queue.chain(
        [
          { address: BUFFERS, length: 16, forDevice: false },
          { address: data, length: SECTOR, forDevice: isWrite },
          { address: answer, length: 1, forDevice: true },
        ],
        [0, 1, 2],
      );
      bench.forbidden = ({ address, length }, write) =>
        write === isWrite && address < data + SECTOR && address + length > data;
      queue.offer(0);
      queue.publish();
      queue.notify();
      expect(queue.takeUsed()).toEqual([{ head: 0, written: 1 }]);
      expect(bench.memory[answer]).toBe(1);
      expect(bench.memory.slice(data, data + SECTOR)).toEqual(new Uint8Array(SECTOR).fill(0xee));
    }
    expect(disk.written.size).toBe(0);
    expect(bench.driver.status & status.needsReset).toBe(0);
  });
});

describe('what a driver must not do', () => {
  const readable = { address: BUFFERS, length: 16, forDevice: false };
  const writable = { address: BUFFERS + 0x100, length: 1, forDevice: true };
  type Malformed = (queue: DriverQueue, bench: VirtioBench) => void;
  const indirect = (length: number, flags = 0) => ({
    address: TABLES,
    length,
    flags: descriptorFlag.indirect | flags,
    next: 1,
  });

  it.each<[string, string, Malformed]>([
    [
      'a chain that begins outside the table',
      'a chain begins outside the descriptor table',
      (q) => {
        q.offer(8);
      },
    ],
    [
      'a link outside the table',
      'a descriptor outside the table is linked to',
      (q) => {
        q.writeDescriptor(0, { ...readable, flags: descriptorFlag.next, next: 8 });
        q.offer(0);
      },
    ],
    [
      'a chain that ends in itself',
      'a chain of descriptors does not end',
      (q) => {
        q.writeDescriptor(0, { ...readable, flags: descriptorFlag.next, next: 0 });
        q.offer(0);
      },
    ],
    [
      'a buffer to be read after one to be written',
      'a buffer to be read follows one to be written',
      (q) => {
        q.chain([writable, readable], [0, 1]);
        q.offer(0);
      },
    ],
    [
      'an empty buffer',
      'a buffer has no bytes',
      (q) => {
        q.chain([{ ...readable, length: 0 }], [0]);
        q.offer(0);
      },
    ],
    [
      'more than 2^32 bytes',
      'a chain has more than 2^32 bytes',
      (q) => {
        q.chain(
          [
            { ...readable, length: 0xffff_ffff },
            { ...readable, length: 2 },
          ],
          [0, 1],
        );
        q.offer(0);
      },
    ],
    [
      'an indirect table of half a descriptor',
      'an indirect table is no whole number of descriptors',
      (q) => {
        q.writeDescriptor(0, indirect(24));
        q.offer(0);
      },
    ],
    [
      'an indirect table of nothing',
      'an indirect table is no whole number of descriptors',
      (q) => {
        q.writeDescriptor(0, indirect(0));
        q.offer(0);
      },
    ],
    [
      'an indirect descriptor with a next one',
      'an indirect descriptor has a next one',
      (q) => {
        q.writeDescriptor(0, indirect(16, descriptorFlag.next));
        q.offer(0);
      },
    ],
    [
      'an indirect table in an indirect table',
      'an indirect descriptor is in an indirect table',
      (q) => {
        q.writeDescriptor(0, indirect(16), TABLES);
        q.writeDescriptor(0, indirect(16));
        q.offer(0);
      },
    ],
    [
      'an indirect descriptor at the end of a chain',
      'an indirect descriptor is in the middle of a chain',
      (q) => {
        q.chain([readable, writable], [0, 1]);
        q.writeDescriptor(1, indirect(16));
        q.offer(0);
      },
    ],
    [
      'more than the queue has',
      'more is available than the queue has entries',
      (q) => {
        for (let i = 0; i < 9; i++) q.offer(0);
      },
    ],
    [
      'no room for the outcome',
      'a request has no room for its outcome',
      (q) => {
        q.chain([readable], [0]);
        q.offer(0);
      },
    ],
    [
      'half a header',
      'the header of a request cannot be read',
      (q) => {
        q.chain([{ ...readable, length: 8 }, writable], [0, 1]);
        q.offer(0);
      },
    ],
    [
      'a descriptor table that the bus forbids',
      'a descriptor cannot be read',
      (q, bench) => {
        q.offer(0);
        bench.forbidden = ({ address }) => address === q.layout.descriptors;
      },
    ],
    [
      'an available ring that the bus forbids',
      'the available ring cannot be read',
      (q, bench) => {
        q.offer(0);
        bench.forbidden = ({ address }) => address >= q.layout.available && address < q.layout.used;
      },
    ],
    [
      'a used ring that the bus forbids',
      'the used ring cannot be written',
      (q, bench) => {
        q.chain([readable, writable], [0, 1]);
        q.offer(0);
        bench.forbidden = ({ address }, isWrite) => isWrite && address >= q.layout.used && address < q.layout.end;
      },
    ],
  ])('%s: the device needs a reset, says so, and works after it', (_what, why, malformed) => {
    const { bench, queue } = start(8);
    malformed(queue, bench);
    queue.publish();
    queue.notify();
    const { driver } = bench;
    expect(bench.device.state.failure).toBe(why);
    expect(driver.status & status.needsReset).toBe(status.needsReset);
    expect(bench.pci.drivesLine).toBe(true);
    expect(driver.read(INTERRUPT_STATUS, 1) & 2).toBe(2);
    expect(bench.pci.drivesLine).toBe(false);
    driver.status = status.acknowledge;
    expect(driver.status & status.needsReset, 'the driver cannot take it back').toBe(status.needsReset);

    bench.forbidden = () => false;
    expect(driver.negotiate()).toBe(true);
    const again = new DriverQueue(driver, 0, new QueueLayout(RINGS, 8));
    driver.go();
    again.chain([readable, writable], [0, 1]);
    again.driver.ports.writeMemory(BUFFERS, littleEndian(4, 16));
    again.offer(0);
    again.publish();
    again.notify();
    expect(again.takeUsed()).toEqual([{ head: 0, written: 1 }]);
  });

  it('neither hangs the device nor lets it write where no buffer and no ring is', () => {
    const seed = seedFor('virtio rings of garbage');
    const random = new Random(seed);
    for (let world = 0; world < 300; world++) {
      const size = 2 ** random.below(6);
      const { bench, queue } = start(size);
      const { layout } = queue;
      const areas: [number, number][] = [
        [layout.descriptors, layout.end],
        [TABLES, TABLES + 0x400],
      ];
      for (const [from, to] of areas)
        for (let at = from; at < to; at++) if (random.below(3) !== 0) bench.memory[at] = random.below(256);
      // Addresses that lead somewhere, now and then a table of more descriptors, or the rings themselves.
      for (const table of [layout.descriptors, TABLES])
        for (let i = 0; i < size; i++) {
          const address = [BUFFERS, TABLES, layout.available, layout.used][random.below(4)]! + random.below(64);
          const flags = random.below(8);
          const length = 16 * (1 + random.below(40));
          queue.writeDescriptor(i, { address, length, flags, next: random.below(size + 1) }, table);
        }
      for (let i = 0; i < size; i++) queue.offer(random.below(size + 1));
      queue.publish(random.below(size + 2));
      bench.accesses = 0;
      for (let i = 0; i < 4; i++) queue.notify();
      expect(bench.accesses, `seed ${seed}, world ${world}`).toBeLessThan(200_000);
      const isKnown = ({ address }: { address: number }) =>
        (address >= layout.descriptors && address < layout.end + 0x400) ||
        (address >= TABLES && address < TABLES + 0x400) ||
        (address >= BUFFERS && address < BUFFERS + 0x1000);
      expect(bench.written.every(isKnown)).toBe(true);
    }
  });
});

describe('negotiation', () => {
  const device = () => new VirtioBench(new BlockDevice(new Disk(image), 'disk', false));

  it.each([
    ['without VERSION_1', ~VERSION_1],
    ['without ACCESS_PLATFORM, past the bus’s translation', ~ACCESS_PLATFORM],
  ])('fails %s', (_what, mask) => {
    const { driver } = device();
    expect(driver.negotiate(driver.offeredFeatures & mask)).toBe(false);
  });
  it('fails with a feature that is not offered', () => {
    const { driver } = device();
    expect(driver.negotiate(driver.offeredFeatures | 1n)).toBe(false);
  });
  it('is over once the features are accepted', () => {
    const { driver } = device();
    driver.negotiate();
    driver.write(COMMON + 0x08, 4, 0);
    const before = driver.read(COMMON + 0x0c, 4);
    driver.write(COMMON + 0x0c, 4, 0);
    expect(driver.read(COMMON + 0x0c, 4)).toBe(before);
  });
  it('does nothing for a driver that has not said DRIVER_OK', () => {
    const bench = device();
    bench.driver.negotiate();
    const queue = new DriverQueue(bench.driver, 0, new QueueLayout(RINGS, 8));
    queue.offer(0);
    queue.publish();
    queue.notify();
    expect(bench.accesses).toBe(0);
  });
});

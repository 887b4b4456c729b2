import { describe, expect, it } from 'vitest';
import type { DeviceConfiguration } from '../../../../emulator/index';
import { SECTOR } from '../../../../emulator/machine/virtio/disk';
import {
  describeOutcome,
  enterPage,
  form,
  nop,
  place,
  recorder,
  sceneSegment,
  turnTranslationOn,
} from '../../../support/emulator-guest';
import { HPTE_R_IG } from '../../../support/emulator-kvm';
import { Random, seedFor } from '../../../support/isa-random';
import { H, PciGuest } from '../../../support/pci-guest';
import { DriverQueue, littleEndian, QueueLayout, VirtioDriver } from '../../../support/virtio-driver';

const image = Uint8Array.from({ length: 16 * SECTOR }, (_, i) => (i * 13) & 0xff);
const disk: DeviceConfiguration = { type: 'virtio-blk', image, readOnly: false };
const serial: DeviceConfiguration = { type: 'serial' };
const random: DeviceConfiguration = { type: 'virtio-rng', seed: 31n };
const H_PARAMETER = -4n;
const WINDOW = 0x4000_0000;

describe('configuration space through RTAS', () => {
  const guest = new PciGuest([serial, disk]);

  it('shows the functions that are there, and refuses those that are not', () => {
    expect([0, 1].map((slot) => guest.readConfiguration(slot, 0, 4))).toEqual([0x0002_1b36, 0x1042_1af4]);
    expect(guest.readConfiguration(2, 0, 4)).toBeUndefined();
    expect(guest.readConfiguration(0x1f, 0, 4)).toBeUndefined();
    expect(guest.rtas('ibm,read-pci-config', 2, 0, 0, 0, 4)[0], 'another bridge').toBe(-1);
    expect(guest.rtas('read-pci-config', 2, 0, 2)).toEqual([0, 0x1b36]);
  });
  it.each([
    [1, 2],
    [2, 4],
    [0, 3],
    [0, 8],
    [0x1000_0000, 4],
  ])('refuses an access at %i of %i bytes', (offset, size) => {
    expect(guest.readConfiguration(0, offset, size)).toBeUndefined();
    expect(guest.writeConfiguration(0, offset, size, 0)).toBe(false);
  });
  it('agrees with the device tree about every function', () => {
    for (const slot of [0, 1]) {
      const cell = (name: string) =>
        new DataView(Uint8Array.from(guest.node(slot).properties.get(name)!).buffer).getUint32(0);
      expect(cell('vendor-id')).toBe(guest.readConfiguration(slot, 0, 2));
      expect(cell('device-id')).toBe(guest.readConfiguration(slot, 2, 2));
      expect(cell('class-code')).toBe(guest.readConfiguration(slot, 8, 4)! >>> 8);
      expect(cell('revision-id')).toBe(guest.readConfiguration(slot, 8, 1));
    }
  });
  it('moves a range, and makes it answer no longer', () => {
    const other = new PciGuest([serial]);
    const scratch = 7n;
    const before = other.range(0, 0);
    other.store(before + scratch, 1, 0x5an);
    other.writeConfiguration(0, 0x10, 4, 0x2000);
    expect(other.load(before + scratch, 1)).toBe(0xffn);
    expect(other.load(0x2000_0000_2000n + scratch, 1)).toBe(0x5an);
    other.writeConfiguration(0, 4, 2, 0);
    expect(other.load(0x2000_0000_2000n + scratch, 1)).toBe(0xffn);
  });
});

describe('translation control entries', () => {
  it('agree with a map about every call', () => {
    const seed = seedFor('translation control entries');
    const dice = new Random(seed);
    const guest = new PciGuest([random]);
    const model = new Map<number, bigint>();
    const list = 0xa000;
    for (let step = 0; step < 400; step++) {
      const page = dice.below(8) === 0 ? 0x4_0000 - dice.below(3) : dice.below(64);
      const ioba = page * 0x1000 + (dice.below(16) === 0 ? 8 : 0);
      const bus = dice.below(16) === 0 ? guest.liobn + 1n : guest.liobn;
      const entry = (BigInt(dice.below(0x1000)) << 12n) | BigInt(dice.below(4)) | (dice.below(16) === 0 ? 0x100n : 0n);
      const count = dice.below(24) === 0 ? 513 : dice.below(8);
      const isGood = (pages: number) => bus === guest.liobn && ioba % 0x1000 === 0 && ioba + pages * 0x1000 <= WINDOW;
      const isEntry = (one: bigint) => (one & 0xffcn) === 0n;
      switch (dice.below(4)) {
        case 0: {
          const good = isGood(1) && isEntry(entry);
          expect(guest.call(H.putTce, bus, ioba, entry).status, `seed ${seed}`).toBe(good ? 0n : H_PARAMETER);
          if (good) model.set(page, entry);
          break;
        }
        case 1: {
          const good = isGood(count) && (entry & 3n) === 0n;
          expect(guest.call(H.stuffTce, bus, ioba, entry, count).status).toBe(good ? 0n : H_PARAMETER);
          if (good) for (let i = 0; i < count; i++) model.set(page + i, entry);
          break;
        }
        case 2: {
          const entries = Array.from({ length: count }, (_, i) => entry + (BigInt(i) << 12n));
          const bytes = Uint8Array.from(entries.flatMap((one) => [...littleEndian(one, 8)].reverse()));
          guest.write(BigInt(list), bytes.subarray(0, 0x1000));
          const aligned = dice.below(8) !== 0;
          const good = isGood(count) && count <= 512 && aligned && entries.every(isEntry);
          const { status } = guest.call(H.putTceIndirect, bus, ioba, aligned ? list : list + 8, count);
          expect(status).toBe(good ? 0n : H_PARAMETER);
          if (good) entries.forEach((one, i) => model.set(page + i, one));
          break;
        }
        case 3: {
          const { status, results } = guest.call(H.getTce, bus, ioba);
          expect(status).toBe(isGood(1) ? 0n : H_PARAMETER);
          if (isGood(1)) expect(results[0]).toBe(model.get(page) ?? 0n);
        }
      }
    }
  });
});

const RINGS = 0x10_0000;
const BUFFERS = 0x11_0000;

/** A guest whose driver has a disk going, and a request for its first sector that is laid out and ready. */
function startDisk(devices: readonly DeviceConfiguration[] = [disk]) {
  const guest = new PciGuest(devices);
  const driver = new VirtioDriver(guest.portsOf(0));
  const layout = new QueueLayout(RINGS, 8);
  expect(driver.negotiate()).toBe(true);
  const queue = new DriverQueue(driver, 0, layout, 1);
  driver.go();
  const data = BUFFERS + 0x1000;
  const outcome = BUFFERS + 0x2000;
  const ask = (kind: number, sector = 0) => {
    guest.write(BigInt(BUFFERS), Uint8Array.from([...littleEndian(kind, 8), ...littleEndian(sector, 8)]));
    guest.write(BigInt(outcome), Uint8Array.of(0xee));
    queue.chain(
      [
        { address: BUFFERS, length: 16, forDevice: false },
        { address: data, length: SECTOR, forDevice: kind === 0 },
        { address: outcome, length: 1, forDevice: true },
      ],
      [0, 1, 2],
    );
    queue.offer(0);
    queue.publish();
    queue.notify();
    return guest.read(BigInt(outcome), 1)[0];
  };
  const mapAll = (access: 0 | 1 | 2 | 3 = 3) => {
    guest.map(RINGS, 0x1000);
    for (const at of [BUFFERS, outcome]) guest.map(at, 1);
    guest.map(data, SECTOR, access);
  };
  return { guest, driver, queue, data: BigInt(data), ask, mapAll };
}

describe('a disk on the bus', () => {
  it('is read and written through the translation control entries', () => {
    const { guest, data, ask, mapAll } = startDisk();
    mapAll();
    expect(ask(0, 3)).toBe(0);
    expect(guest.read(data, SECTOR)).toEqual(image.slice(3 * SECTOR, 4 * SECTOR));
    const written = new Uint8Array(SECTOR).fill(0x42);
    guest.write(data, written);
    expect(ask(1, 5)).toBe(0);
    expect(guest.machine.diskContents('virtio-blk0')!.slice(5 * SECTOR, 6 * SECTOR)).toEqual(written);
    expect(guest.machine.diskContents('virtio-blk1')).toBeUndefined();
  });

  it('goes where the entry says, not where the address does', () => {
    const { guest, data, ask, mapAll } = startDisk();
    mapAll();
    const elsewhere = 0x20_0000n;
    guest.call(H.putTce, guest.liobn, data, elsewhere | 3n);
    expect(ask(0)).toBe(0);
    expect(guest.read(elsewhere, SECTOR)).toEqual(image.slice(0, SECTOR));
    expect(guest.read(data, SECTOR)).toEqual(new Uint8Array(SECTOR));
  });

  it.each([
    ['no entry', 0, 0],
    ['an entry for reading, when it would write', 0, 1],
    ['an entry for writing, when it would read', 1, 2],
  ] as const)('reports an error for %s, and leaves memory and disk as they were', (_what, kind, access) => {
    const { guest, data, ask, mapAll } = startDisk();
    mapAll(access);
    guest.write(data, new Uint8Array(SECTOR).fill(0x77));
    expect(ask(kind)).toBe(1);
    expect(guest.read(data, SECTOR)).toEqual(new Uint8Array(SECTOR).fill(0x77));
    expect(guest.machine.diskContents('virtio-blk0')).toEqual(image);
  });

  it('needs a reset when its rings are not mapped, when it is no bus master, and where no memory is', () => {
    const NEEDS_RESET = 0x40;
    const unmapped = startDisk();
    unmapped.ask(0);
    expect(unmapped.driver.status & NEEDS_RESET).toBe(NEEDS_RESET);

    const silenced = startDisk();
    silenced.mapAll();
    silenced.guest.writeConfiguration(0, 4, 2, 2);
    silenced.ask(0);
    expect(silenced.driver.status & NEEDS_RESET).toBe(NEEDS_RESET);

    const nowhere = startDisk();
    nowhere.mapAll();
    nowhere.guest.call(H.putTce, nowhere.guest.liobn, RINGS, 0x7000_0000n | 3n);
    nowhere.ask(0);
    expect(nowhere.driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});

describe('interrupts', () => {
  it('come by the line of the slot until the reason is read', () => {
    const { guest, driver, ask, mapAll } = startDisk([disk, serial]);
    mapAll();
    const line = guest.interruptOf(0);
    expect(guest.interruptOf(1), 'the next slot has the next line').toBe(line + 1);
    guest.enableInterrupt(line);
    expect(guest.takeInterrupt()).toBeUndefined();
    ask(0);
    expect(guest.takeInterrupt()).toBe(line);
    expect(guest.takeInterrupt(), 'the line is still asserted').toBe(line);
    expect(driver.read(0x1000, 1)).toBe(1);
    expect(guest.takeInterrupt(), 'presented when it was last ended').toBe(line);
    expect(guest.takeInterrupt()).toBeUndefined();
  });

  it('come by message when firmware has given the device some', () => {
    const MSIX = 4;
    const { guest, ask, mapAll } = startDisk([disk]);
    mapAll();
    const capability = (at: number): number =>
      guest.readConfiguration(0, at, 1) === 0x11 ? at : capability(guest.readConfiguration(0, at + 1, 1)!);
    const control = capability(guest.readConfiguration(0, 0x34, 1)!) + 2;
    expect(guest.queryInterrupt(0, 0)[0], 'nothing is allocated').toBe(-1);
    expect(guest.changeMsi(0, 3, 1)[0], 'there is no MSI').toBe(-3);
    expect(guest.changeMsi(0, MSIX, 2).slice(0, 2)).toEqual([0, 2]);
    const [status, source, trigger] = guest.queryInterrupt(0, 1);
    expect([status, trigger]).toEqual([0, 1]);
    guest.enableInterrupt(source!);
    const table = guest.range(0, 1);
    expect(guest.load(table + 16n + 8n, 4), 'the message is its source').toBe(BigInt(source!));
    guest.store(table + 16n + 12n, 4, 0n);
    guest.writeConfiguration(0, control, 2, 0x8000);
    ask(0);
    expect(guest.takeInterrupt()).toBe(source);
    expect(guest.takeInterrupt(), 'a message comes once').toBeUndefined();
    expect(guest.changeMsi(0, MSIX, 0).slice(0, 2)).toEqual([0, 0]);
    expect(guest.queryInterrupt(0, 1)[0]).toBe(-1);
  });

  it('of several devices have sources of their own', () => {
    const guest = new PciGuest([disk, random, { type: 'virtio-net', wire: 'none' }]);
    const sources = [0, 1, 2].flatMap((slot) => {
      const count = guest.changeMsi(slot, 4, 3)[1]!;
      return Array.from({ length: count }, (_, vector) => guest.queryInterrupt(slot, vector)[1]!);
    });
    expect(sources).toHaveLength(2 + 2 + 3);
    expect(new Set(sources).size).toBe(sources.length);
  });
});

describe('events', () => {
  it('tell of every page that a device reaches, and of what it is refused', () => {
    const { guest, data, queue, mapAll } = startDisk();
    mapAll();
    guest.call(H.putTce, guest.liobn, data, 0n);
    guest.write(BigInt(BUFFERS), Uint8Array.from([...littleEndian(0, 8), ...littleEndian(0, 8)]));
    queue.chain(
      [
        { address: BUFFERS, length: 16, forDevice: false },
        { address: Number(data), length: SECTOR, forDevice: true },
        { address: BUFFERS + 0x2000, length: 1, forDevice: true },
      ],
      [0, 1, 2],
    );
    queue.offer(0);
    queue.publish();
    const { machine } = guest;
    const notify = guest.range(0, 4) + 0x3000n;
    // The notification, as an instruction of the guest's.
    turnTranslationOn(machine);
    const page = 0xd000_0000_0001_0000n;
    enterPage(machine, sceneSegment, page, (notify & -0x1000n) | HPTE_R_IG | 2n);
    place(machine, 0x1_0000n, [form.d(44, 3, 4, 0), nop]);
    machine.setGpr(0, 3, 0n);
    machine.setGpr(0, 4, page);
    const { watch, events } = recorder({ events: new Set(['dma', 'key-fault', 'mmio-exit'] as const) });
    expect(describeOutcome(machine.run(2, watch))).toBe('budget');
    expect(events.slice(0, 2).map(({ kind, fields }) => [kind, fields['cause']])).toEqual([
      ['key-fault', 'reserved-key'],
      ['mmio-exit', undefined],
    ]);
    const dma = events.slice(2).map(({ fields }) => fields);
    expect(dma.every(({ device, pc }) => device === 'virtio-blk0' && pc === 0x1_0000n)).toBe(true);
    expect(dma.filter(({ refused }) => refused)).toMatchObject([
      { address: data, gpa: undefined, store: true, why: 'the TCE forbids it' },
    ]);
    const outcome = dma.find(({ address }) => address === BigInt(BUFFERS + 0x2000));
    expect(outcome).toMatchObject({ gpa: BigInt(BUFFERS + 0x2000), length: 1n, store: true, refused: false });
  });

  it('stop at the first access of a driver to the serial port, with the device named', () => {
    const guest = new PciGuest([serial]);
    const { machine } = guest;
    turnTranslationOn(machine);
    const page = 0xd000_0000_0001_0000n;
    enterPage(machine, sceneSegment, page, guest.range(0, 0) | HPTE_R_IG | 2n);
    place(machine, 0x1_0000n, [form.d(34, 3, 4, 5), nop]);
    machine.setGpr(0, 4, page);
    const { watch } = recorder({ events: new Set(['key-fault'] as const), stops: () => true });
    expect(machine.run(2, watch)).toMatchObject({
      kind: 'event',
      event: { fields: { cause: 'reserved-key', key: 31n } },
    });
    expect(machine.vcpus[0]!.pendingExit).toMatchObject({
      device: 'serial0 (PCI 00:00.0, BAR 0)',
      slot: undefined,
      length: 1,
      isWrite: false,
    });
    machine.step(0, watch);
    expect(machine.vcpus[0]!.registers.gpr(3), 'the transmitter is empty').toBe(0x60n);
  });
});

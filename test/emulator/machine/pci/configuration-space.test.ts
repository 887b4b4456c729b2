import { describe, expect, it } from 'vitest';
import { ConfigurationSpace } from '../../../../emulator/machine/pci/configuration-space';
import { EntropyDevice } from '../../../../emulator/machine/virtio/entropy-device';
import { VirtioBench } from '../../../support/virtio-bench';
import { COMMON, littleEndian, numberOf } from '../../../support/virtio-driver';

/** PCI Local Bus Specification 3.0, figure 6-1. */
const COMMAND = 0x04;
const STATUS = 0x06;
const BAR0 = 0x10;
const CAPABILITIES = 0x34;

const identity = {
  vendor: 0x1af4,
  device: 0x1042,
  revision: 1,
  classCode: 0x01_00_00,
  subsystemVendor: 0x1af4,
  subsystem: 0x1100,
};
const read = (space: ConfigurationSpace, offset: number, length: number) => numberOf(space.read(offset, length));
const write = (space: ConfigurationSpace, offset: number, length: number, value: number) =>
  space.write(offset, littleEndian(value, length));

describe('a configuration space', () => {
  it('tells what it is, and cannot be told otherwise', () => {
    const space = new ConfigurationSpace(identity);
    for (let at = 0; at < 256; at += 4) if (at !== COMMAND) write(space, at, 4, 0xffff_ffff);
    expect([read(space, 0, 2), read(space, 2, 2), read(space, 8, 4)]).toEqual([0x1af4, 0x1042, 0x0100_0001]);
    expect([read(space, 0x2c, 2), read(space, 0x2e, 2)]).toEqual([0x1af4, 0x1100]);
    expect(read(space, 0x0e, 1), 'a header of type 0').toBe(0);
  });

  it.each([
    { size: 0x1000, space: 'narrow', prefetchable: false, type: 0x0 },
    { size: 0x8, space: 'io', prefetchable: false, type: 0x1 },
    { size: 0x10, space: 'narrow', prefetchable: false, type: 0x0 },
    { size: 0x4000, space: 'wide', prefetchable: true, type: 0xc },
  ] as const)(
    'shows the size of a range when it is asked with all ones (6.2.5.1): $size',
    ({ size, space: kind, prefetchable, type }) => {
      const space = new ConfigurationSpace(identity);
      const range = { register: 0, size, space: kind, prefetchable };
      space.addBaseAddress(range);
      write(space, BAR0, 4, 0xffff_ffff);
      expect(read(space, BAR0, 4)).toBe((-size | type) >>> 0);
      write(space, BAR0 + 4, 4, 0xffff_ffff);
      expect(read(space, BAR0 + 4, 4)).toBe(kind === 'wide' ? 0xffff_ffff : 0);
      const address = kind === 'wide' ? 0x2100_0001_0000n : 0x8001_0000n;
      space.setBaseAddress(range, address);
      expect(space.baseAddress(range)).toBe(address);
      expect(read(space, BAR0, 1) & 0xf).toBe(type);
    },
  );
});

describe('the capabilities of a virtio device', () => {
  const capabilities = (bench: VirtioBench) => {
    const { configuration } = bench.pci;
    const found: { id: number; at: number }[] = [];
    for (let at = read(configuration, CAPABILITIES, 1); at !== 0; at = read(configuration, at + 1, 1)) {
      found.push({ id: read(configuration, at, 1), at });
      expect(found.length).toBeLessThan(20);
    }
    return found;
  };

  it('are there, one of each that virtio 1.2, 4.1.4 wants, and MSI-X', () => {
    const bench = new VirtioBench(new EntropyDevice(0n));
    const { configuration } = bench.pci;
    expect(read(configuration, STATUS, 2) & 0x10).toBe(0x10);
    const found = capabilities(bench);
    expect(found.filter(({ id }) => id === 0x11)).toHaveLength(1);
    const virtio = found.filter(({ id }) => id === 9);
    expect(virtio.map(({ at }) => read(configuration, at + 3, 1)).sort()).toEqual([1, 2, 3, 4, 5]);
    // Of length, offset and length of the structure: at least its own bytes, and inside the range of 16 KiB.
    for (const { at } of virtio) {
      expect(read(configuration, at + 2, 1)).toBeGreaterThanOrEqual(16);
      expect(read(configuration, at + 8, 4) + read(configuration, at + 12, 4)).toBeLessThanOrEqual(0x4000);
    }
  });

  it('give access to every structure by configuration space alone', () => {
    const bench = new VirtioBench(new EntropyDevice(0n));
    const { configuration } = bench.pci;
    const { at } = capabilities(bench).find((one) => one.id === 9 && read(configuration, one.at + 3, 1) === 5)!;
    const access = (offset: number, length: number) => {
      write(configuration, at + 4, 1, 4);
      write(configuration, at + 8, 4, offset);
      write(configuration, at + 12, 4, length);
    };
    access(COMMON + 0x12, 2);
    expect(read(configuration, at + 16, 4), 'one queue').toBe(1);
    access(COMMON + 0x14, 1);
    write(configuration, at + 16, 4, 3);
    expect(bench.device.state.status).toBe(3);
    access(0x4000, 4);
    expect(read(configuration, at + 16, 4)).toBe(0);
  });
});

describe('MSI-X', () => {
  const ENABLE = 0x80;
  const MASK_ALL = 0x40;
  const start = () => {
    const bench = new VirtioBench(new EntropyDevice(0n));
    const { pci } = bench;
    const messages = pci.messages!;
    const at = pci.configuration.bytes.indexOf(0x11, 0x40);
    messages.write(0, Uint8Array.from([...littleEndian(0x400_0000_0000n, 8)]));
    messages.write(8, littleEndian(0x1301, 4));
    const control = (high: number) => pci.writeConfiguration(at + 3, Uint8Array.of(high));
    const unmask = (masked: boolean) => messages.write(12, littleEndian(masked ? 1 : 0, 4));
    const pending = () => numberOf(messages.read(0x800, 8)) & 1;
    return { pci, messages, control, unmask, pending, sent: bench.messages };
  };

  it('sends a vector’s message once it is enabled and not masked, and keeps it pending until then (6.8.2)', () => {
    const { messages, control, unmask, pending, sent } = start();
    messages.raise(0);
    expect([sent.length, pending()]).toEqual([0, 1]);
    control(ENABLE | MASK_ALL);
    unmask(false);
    expect([sent.length, pending()]).toEqual([0, 1]);
    control(ENABLE);
    expect(sent).toEqual([{ address: 0x400_0000_0000n, data: 0x1301 }]);
    expect(pending()).toBe(0);
    unmask(true);
    messages.raise(0);
    expect([sent.length, pending()]).toEqual([1, 1]);
    unmask(false);
    expect([sent.length, pending()]).toEqual([2, 0]);
  });
  it('takes the place of INTx', () => {
    const { pci, control } = start();
    pci.setInterrupting(true);
    expect(pci.drivesLine).toBe(true);
    control(ENABLE);
    expect(pci.drivesLine).toBe(false);
    control(0);
    pci.writeConfiguration(COMMAND, littleEndian(0x406, 2));
    expect(pci.drivesLine, 'interrupt disable').toBe(false);
    expect(read(pci.configuration, STATUS, 1) & 8, 'interrupt status').toBe(8);
  });
});

/** A small driver for virtio over PCI, by virtio 1.2 alone: what it may do, and what it must not. */

/** How the driver reaches the device's structures and the memory that the two share. Addresses are of the bus. */
export interface DriverPorts {
  readRegisters(offset: number, length: number): Uint8Array;
  writeRegisters(offset: number, bytes: Uint8Array): void;
  readMemory(address: number, length: number): Uint8Array;
  writeMemory(address: number, bytes: Uint8Array): void;
}

export const COMMON = 0x0000;
export const INTERRUPT_STATUS = 0x1000;
export const DEVICE_CONFIGURATION = 0x2000;
const NOTIFY = 0x3000;

export const status = { acknowledge: 1, driver: 2, driverOk: 4, featuresOk: 8, needsReset: 0x40 } as const;
export const descriptorFlag = { next: 1, write: 2, indirect: 4 } as const;
export const VERSION_1 = 1n << 32n;
export const ACCESS_PLATFORM = 1n << 33n;

export interface Descriptor {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}
export interface Buffer {
  readonly address: number;
  readonly length: number;
  readonly forDevice: boolean;
}

export const littleEndian = (value: number | bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
export const numberOf = (bytes: Uint8Array): number =>
  Number(bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n));

const descriptorBytes = ({ address, length, flags, next }: Descriptor): Uint8Array =>
  Uint8Array.from([
    ...littleEndian(address, 8),
    ...littleEndian(length, 4),
    ...littleEndian(flags, 2),
    ...littleEndian(next, 2),
  ]);

/** Where a queue's areas lie, one after another from `base`. */
export class QueueLayout {
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  readonly end: number;
  constructor(base: number, size: number) {
    this.size = size;
    this.descriptors = base;
    this.available = base + 16 * size;
    this.used = (this.available + 6 + 2 * size + 3) & ~3;
    this.end = this.used + 6 + 8 * size;
  }
}

export class VirtioDriver {
  readonly ports: DriverPorts;
  constructor(ports: DriverPorts) {
    this.ports = ports;
  }

  read(offset: number, length: number): number {
    return numberOf(this.ports.readRegisters(offset, length));
  }
  write(offset: number, length: number, value: number | bigint): void {
    this.ports.writeRegisters(offset, littleEndian(value, length));
  }
  get status(): number {
    return this.read(COMMON + 0x14, 1);
  }
  set status(value: number) {
    this.write(COMMON + 0x14, 1, value);
  }
  get offeredFeatures(): bigint {
    const word = (select: number) => {
      this.write(COMMON + 0x00, 4, select);
      return BigInt(this.read(COMMON + 0x04, 4));
    };
    return word(0) | (word(1) << 32n);
  }

  /** Resets the device and negotiates (3.1.1). Whether the device kept FEATURES_OK. */
  negotiate(features = this.offeredFeatures): boolean {
    this.status = 0;
    this.status = status.acknowledge;
    this.status = status.acknowledge | status.driver;
    for (const select of [0, 1]) {
      this.write(COMMON + 0x08, 4, select);
      this.write(COMMON + 0x0c, 4, (features >> BigInt(32 * select)) & 0xffff_ffffn);
    }
    this.status = status.acknowledge | status.driver | status.featuresOk;
    return (this.status & status.featuresOk) !== 0;
  }
  setUpQueue(number: number, layout: QueueLayout, vector = 0xffff): void {
    this.ports.writeMemory(layout.descriptors, new Uint8Array(layout.end - layout.descriptors));
    this.write(COMMON + 0x16, 2, number);
    this.write(COMMON + 0x18, 2, layout.size);
    this.write(COMMON + 0x1a, 2, vector);
    this.write(COMMON + 0x20, 8, layout.descriptors);
    this.write(COMMON + 0x28, 8, layout.available);
    this.write(COMMON + 0x30, 8, layout.used);
    this.write(COMMON + 0x1c, 2, 1);
  }
  go(): void {
    this.status = this.status | status.driverOk;
  }
  notify(queue: number): void {
    this.write(NOTIFY + 4 * queue, 2, queue);
  }
}

/** One queue that the driver has set up. It keeps its own count of what it has made available and seen used. */
export class DriverQueue {
  readonly driver: VirtioDriver;
  readonly number: number;
  readonly layout: QueueLayout;
  #available = 0;
  #seen = 0;

  constructor(driver: VirtioDriver, number: number, layout: QueueLayout, vector?: number) {
    this.driver = driver;
    this.number = number;
    this.layout = layout;
    driver.setUpQueue(number, layout, vector);
  }

  writeDescriptor(index: number, descriptor: Descriptor, table = this.layout.descriptors): void {
    this.driver.ports.writeMemory(table + 16 * index, descriptorBytes(descriptor));
  }
  /** Links buffers into a chain in these entries of a table. */
  chain(buffers: readonly Buffer[], entries: readonly number[], table = this.layout.descriptors): void {
    buffers.forEach(({ address, length, forDevice }, i) => {
      const isLast = i === buffers.length - 1;
      const flags = (forDevice ? descriptorFlag.write : 0) | (isLast ? 0 : descriptorFlag.next);
      this.writeDescriptor(entries[i]!, { address, length, flags, next: isLast ? 0 : entries[i + 1]! }, table);
    });
  }
  /** Puts a chain's head on the available ring; the device sees it with `publish`. */
  offer(head: number): void {
    const { available, size } = this.layout;
    this.driver.ports.writeMemory(available + 4 + 2 * (this.#available % size), littleEndian(head, 2));
    this.#available = (this.#available + 1) & 0xffff;
  }
  publish(index = this.#available): void {
    this.driver.ports.writeMemory(this.layout.available + 2, littleEndian(index, 2));
  }
  notify(): void {
    this.driver.notify(this.number);
  }
  /** What the device has given back since the last time. */
  takeUsed(): { head: number; written: number }[] {
    const { ports } = this.driver;
    const { used, size } = this.layout;
    const index = numberOf(ports.readMemory(used + 2, 2));
    const taken: { head: number; written: number }[] = [];
    while (this.#seen !== index) {
      const at = used + 4 + 8 * (this.#seen % size);
      taken.push({ head: numberOf(ports.readMemory(at, 4)), written: numberOf(ports.readMemory(at + 4, 4)) });
      this.#seen = (this.#seen + 1) & 0xffff;
    }
    return taken;
  }
}

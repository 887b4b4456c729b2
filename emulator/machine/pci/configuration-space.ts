/** The configuration space of one PCI function: 256 bytes, little-endian (PCI Local Bus Specification 3.0, chapter 6). */

/** Offsets of the header's registers (6.1). */
export const header = {
  vendor: 0x00,
  device: 0x02,
  command: 0x04,
  status: 0x06,
  revision: 0x08,
  programmingInterface: 0x09,
  subclass: 0x0a,
  baseClass: 0x0b,
  cacheLineSize: 0x0c,
  latencyTimer: 0x0d,
  baseAddress: 0x10,
  subsystemVendor: 0x2c,
  subsystem: 0x2e,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
} as const;
/** Bits of the command register (6.2.2). */
export const commandBit = { ioSpace: 0x1, memorySpace: 0x2, busMaster: 0x4, interruptDisable: 0x400 } as const;
/** I/O space, memory space, bus master, parity error response, SERR# enable, interrupt disable. */
const COMMAND_WRITABLE = 0x547;
/** Bits of the status register (6.2.3). */
const statusBit = { interrupt: 0x8, capabilities: 0x10 } as const;

const SIZE = 256;
const FIRST_CAPABILITY = 0x40;

export interface Identity {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Base class, subclass and programming interface in 24 bits. */
  readonly classCode: number;
  readonly subsystemVendor: number;
  readonly subsystem: number;
}

/** I/O ports, or memory with an address of 32 or of 64 bits. */
export type Space = 'io' | 'narrow' | 'wide';

/** A base address register (6.2.5.1). */
export interface BaseAddress {
  readonly space: Space;
  /** 0 to 5; a wide one takes the next register too. */
  readonly register: number;
  /** Bytes, a power of two, at least 16 (of I/O ports 4). */
  readonly size: number;
  readonly prefetchable: boolean;
}
const spaceBits = { io: 1, narrow: 0, wide: 4 } as const satisfies Record<Space, number>;
const typeBits = ({ space, prefetchable }: BaseAddress): number => spaceBits[space] | (prefetchable ? 8 : 0);
/** Bits that are no part of the address. */
const typeMask = { io: 0x3n, narrow: 0xfn, wide: 0xfn } as const satisfies Record<Space, bigint>;

/** What answers for some bytes in the place of the bytes themselves. */
interface Window {
  readonly offset: number;
  readonly length: number;
  read(): Uint8Array;
  write(bytes: Uint8Array): void;
}

export class ConfigurationSpace {
  /** All that can change. */
  readonly bytes = new Uint8Array(SIZE);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #writable = new Uint8Array(SIZE);
  readonly #writableView = new DataView(this.#writable.buffer);
  readonly #windows: Window[] = [];
  #lastLink: number = header.capabilities;
  #nextCapability = FIRST_CAPABILITY;

  constructor({ vendor, device, revision, classCode, subsystemVendor, subsystem }: Identity) {
    this.#view.setUint16(header.vendor, vendor, true);
    this.#view.setUint16(header.device, device, true);
    this.bytes[header.revision] = revision;
    this.bytes[header.programmingInterface] = classCode & 0xff;
    this.#view.setUint16(header.subclass, classCode >> 8, true);
    this.#view.setUint16(header.subsystemVendor, subsystemVendor, true);
    this.#view.setUint16(header.subsystem, subsystem, true);
    this.bytes[header.interruptPin] = 1;
    this.#writableView.setUint16(header.command, COMMAND_WRITABLE, true);
    for (const at of [header.cacheLineSize, header.latencyTimer, header.interruptLine]) this.#writable[at] = 0xff;
  }

  get command(): number {
    return this.#view.getUint16(header.command, true);
  }
  has(bit: keyof typeof commandBit): boolean {
    return (this.command & commandBit[bit]) !== 0;
  }
  /** The interrupt status bit, which says what INTx would be if it were not disabled. */
  set interruptPending(pending: boolean) {
    const now = this.#view.getUint16(header.status, true) & ~statusBit.interrupt;
    this.#view.setUint16(header.status, pending ? now | statusBit.interrupt : now, true);
  }

  /** Gives the function a range of memory. Its size shows in the address bits that cannot be written. */
  addBaseAddress(range: BaseAddress): void {
    const at = header.baseAddress + 4 * range.register;
    this.#view.setUint32(at, typeBits(range), true);
    this.#writableView.setUint32(at, -range.size >>> 0, true);
    if (range.space === 'wide') this.#writableView.setUint32(at + 4, 0xffff_ffff, true);
  }
  baseAddress({ register, space }: BaseAddress): bigint {
    const at = header.baseAddress + 4 * register;
    const value = space === 'wide' ? this.#view.getBigUint64(at, true) : BigInt(this.#view.getUint32(at, true));
    return value & ~typeMask[space];
  }
  setBaseAddress(range: BaseAddress, address: bigint): void {
    const at = header.baseAddress + 4 * range.register;
    if (range.space === 'wide') this.#view.setBigUint64(at, address | BigInt(typeBits(range)), true);
    else this.#view.setUint32(at, Number(address) | typeBits(range), true);
  }

  /** Adds a capability (6.7). `body` follows its identity and link; `writable` has ones where it can be written. */
  addCapability(identity: number, body: Uint8Array, writable: Uint8Array): number {
    const at = this.#nextCapability;
    this.bytes[this.#lastLink] = at;
    this.bytes[at] = identity;
    this.bytes.set(body, at + 2);
    this.#writable.set(writable, at + 2);
    this.#view.setUint16(header.status, this.#view.getUint16(header.status, true) | statusBit.capabilities, true);
    this.#lastLink = at + 1;
    this.#nextCapability = (at + 2 + body.length + 3) & ~3;
    return at;
  }
  addWindow(window: Window): void {
    this.#windows.push(window);
  }

  /** `offset` and `length` lie within the space. */
  read(offset: number, length: number): Uint8Array {
    const window = this.#windows.find((one) => one.offset === offset && length <= one.length);
    return window ? window.read().slice(0, length) : this.bytes.slice(offset, offset + length);
  }
  write(offset: number, bytes: Uint8Array): void {
    const window = this.#windows.find((one) => one.offset === offset && bytes.length <= one.length);
    if (window) {
      window.write(bytes);
      return;
    }
    bytes.forEach((byte, i) => {
      const writable = this.#writable[offset + i] ?? 0;
      this.bytes[offset + i] = ((this.bytes[offset + i] ?? 0) & ~writable) | (byte & writable);
    });
  }
}

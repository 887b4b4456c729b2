import { msr as msrBits } from '../mmu/special-register-bits';
import type { Access, StorageFault } from '../mmu/storage-fault';
import type { Verdict } from '../mmu/verdict';
import type { Bytes } from '../operations/instruction-operations';
import {
  codePages,
  dataTlb,
  fetchTlb,
  HOST_MEMORY,
  hostMemorySize,
  TLB_PAGE_SIZE,
  translationResults,
} from '../state/layout';
import type { Registers } from '../cpu/registers';
import { bytesOf, valueOf } from '../word/byte-order';
import { unsigned64 } from '../word/unsigned';
import { AddressSpaces } from './address-spaces';
import type { EmittedWalk } from './emitted-translation';
import { AccessRefused, type GuestStorage } from './guest-storage';
import { Observation } from './observation';

/** What answers at real addresses beyond the host's memory. Undefined: nothing is there. */
export interface DeviceBus {
  read(realAddress: bigint, length: number): Uint8Array | undefined;
  write(realAddress: bigint, bytes: Uint8Array): boolean;
}

const PAGE_MASK = BigInt(TLB_PAGE_SIZE - 1);

/** A vCPU's storage: software TLBs first, the emitted walk on a miss, the device bus where there is no memory. */
export class TranslatedStorage implements GuestStorage {
  readonly #registers: Registers;
  readonly #walk: EmittedWalk;
  readonly #bus: DeviceBus;
  readonly #view: DataView;
  readonly #base: number;
  readonly #spaces: AddressSpaces;
  readonly #codeWritten: (page: number) => void;
  readonly observation = new Observation();

  /** `codeWritten` is told of each store to a page that codePages marks, by the number of the page. */
  constructor(registers: Registers, walk: EmittedWalk, bus: DeviceBus, codeWritten: (page: number) => void) {
    this.#registers = registers;
    this.#walk = walk;
    this.#bus = bus;
    this.#view = registers.view;
    this.#base = registers.base;
    this.#codeWritten = codeWritten;
    this.#spaces = new AddressSpaces(registers);
  }

  fetch(address: bigint): number {
    const slot =
      this.#base + fetchTlb.offset + (Number((address >> 12n) & 0xffn) % fetchTlb.entries) * fetchTlb.entrySize;
    if (this.#view.getBigUint64(slot + fetchTlb.tag, true) !== this.#tagOf(address)) {
      const at = this.#translate(address, 'fetch');
      if (at === undefined) throw this.#refused(address, 'fetch', 'no-such-real-address');
      return this.#view.getInt32(at, this.#littleEndian);
    }
    const addend = this.#view.getBigUint64(slot + fetchTlb.addend, true);
    return this.#view.getInt32(Number(unsigned64(address + addend)), this.#littleEndian);
  }

  /** The instruction word there for the hypervisor's sake, if the guest's translation reaches memory. */
  readInstruction(address: bigint): number | undefined {
    try {
      return this.fetch(address) >>> 0;
    } catch (outcome) {
      if (outcome instanceof AccessRefused) return undefined;
      throw outcome;
    }
  }

  load(address: bigint, bytes: Bytes): bigint {
    const at = this.#place(address, bytes, 'load');
    const little = this.#littleEndian;
    if (at === undefined) return valueOf(this.#loadBytes(address, bytes), little);
    const value = this.#valueAt(at, bytes, little);
    if (this.observation.stretches.length > 0) this.#observe(address, at, bytes, false, value, value);
    return value;
  }
  #valueAt(at: number, bytes: Bytes, little: boolean): bigint {
    switch (bytes) {
      case 1:
        return BigInt(this.#view.getUint8(at));
      case 2:
        return BigInt(this.#view.getUint16(at, little));
      case 4:
        return BigInt(this.#view.getUint32(at, little));
      case 8:
        return this.#view.getBigUint64(at, little);
    }
  }

  store(address: bigint, bytes: Bytes, value: bigint): void {
    const at = this.#place(address, bytes, 'store');
    const little = this.#littleEndian;
    if (at === undefined) {
      this.#storeBytes(address, bytesOf(value, bytes, little));
      return;
    }
    if (this.observation.stretches.length > 0)
      this.#observe(address, at, bytes, true, this.#valueAt(at, bytes, little), value);
    switch (bytes) {
      case 1:
        this.#view.setUint8(at, Number(value & 0xffn));
        return;
      case 2:
        this.#view.setUint16(at, Number(value & 0xffffn), little);
        return;
      case 4:
        this.#view.setUint32(at, Number(value & 0xffff_ffffn), little);
        return;
      case 8:
        this.#view.setBigUint64(at, value, little);
    }
  }

  probe(address: bigint, length: number, access: 'load' | 'store'): void {
    const last = unsigned64(address + BigInt(length - 1));
    this.realAddress(address, access);
    for (let page = (address & ~PAGE_MASK) + BigInt(TLB_PAGE_SIZE); page <= last; page += BigInt(TLB_PAGE_SIZE))
      this.realAddress(page, access);
  }

  realAddress(address: bigint, access: 'load' | 'store'): bigint {
    const at = this.#placeInPage(address, access);
    return at === undefined
      ? this.#view.getBigUint64(this.#base + translationResults.realAddress, true)
      : BigInt(at - HOST_MEMORY);
  }

  contextChanged(): void {
    this.#spaces.select();
  }
  translationChanged(): void {
    this.#spaces.renew();
  }
  /** The memory itself, software TLBs included, has been replaced. */
  memoryReplaced(): void {
    this.#spaces.clear();
  }

  get #littleEndian(): boolean {
    return (this.#registers.special('msr') & msrBits.mask.LE) !== 0n;
  }

  /** The linear address of an access that lies in one page of memory; undefined: it goes byte by byte. */
  #place(address: bigint, length: number, access: 'load' | 'store'): number | undefined {
    const crosses = (address & PAGE_MASK) + BigInt(length) > BigInt(TLB_PAGE_SIZE);
    return crosses ? undefined : this.#placeInPage(address, access);
  }
  /** Undefined: not memory, but a device. */
  #placeInPage(address: bigint, access: 'load' | 'store'): number | undefined {
    const number = address >> 12n;
    const index = Number((number ^ (number >> 10n)) & BigInt(dataTlb.entries - 1));
    const slot = this.#base + dataTlb.offset + index * dataTlb.entrySize;
    const tag = slot + (access === 'store' ? dataTlb.writeTag : dataTlb.readTag);
    if (this.#view.getBigUint64(tag, true) !== this.#tagOf(address)) return this.#translate(address, access);
    return Number(unsigned64(address + this.#view.getBigUint64(slot + dataTlb.addend, true)));
  }

  /** Runs the walk. The linear address, or undefined when the real address is a device's. */
  #translate(address: bigint, access: Access): number | undefined {
    const verdict = this.#walk(this.#base, address, access);
    if (verdict !== 'mapped') throw this.#refused(address, access, verdict);
    const realAddress = this.#view.getBigUint64(this.#base + translationResults.realAddress, true);
    if (realAddress >= this.#view.getBigUint64(hostMemorySize, true)) return undefined;
    const place = Number(realAddress);
    if (access === 'store') this.#noticeCode(Math.floor(place / TLB_PAGE_SIZE));
    return HOST_MEMORY + place;
  }
  /** A page of instructions is never in the TLB for stores, so that each of them comes here. */
  #noticeCode(page: number): void {
    if (this.#view.getUint8(codePages.base + page) !== 0) this.#codeWritten(page);
  }
  #tagOf(address: bigint): bigint {
    return (address & ~PAGE_MASK) | this.#spaces.present;
  }
  #refused(address: bigint, access: Access, verdict: Exclude<Verdict, 'mapped'>): AccessRefused {
    const status = this.#view.getBigUint64(this.#base + translationResults.status, true);
    return new AccessRefused({ access, effectiveAddress: address, verdict, status } satisfies StorageFault);
  }

  /** An access over two pages, or to a device. All of it is translated before any of it is done. */
  #loadBytes(address: bigint, length: number): Uint8Array {
    this.probe(address, length, 'load');
    const device = this.#deviceAddress(address, length, 'load');
    if (device !== undefined) {
      const bytes = this.#bus.read(device, length);
      if (!bytes) throw this.#refused(address, 'load', 'no-such-real-address');
      return bytes;
    }
    return Uint8Array.from({ length }, (_, i) => {
      const at = this.#placeInPage(unsigned64(address + BigInt(i)), 'load');
      if (at === undefined) return 0xff;
      const byte = this.#view.getUint8(at);
      if (this.observation.stretches.length > 0)
        this.#observe(unsigned64(address + BigInt(i)), at, 1, false, BigInt(byte), BigInt(byte));
      return byte;
    });
  }
  #storeBytes(address: bigint, bytes: Uint8Array): void {
    this.probe(address, bytes.length, 'store');
    const device = this.#deviceAddress(address, bytes.length, 'store');
    if (device !== undefined) {
      if (!this.#bus.write(device, bytes)) throw this.#refused(address, 'store', 'no-such-real-address');
      return;
    }
    bytes.forEach((byte, i) => {
      const at = this.#placeInPage(unsigned64(address + BigInt(i)), 'store');
      if (at === undefined) return;
      if (this.observation.stretches.length > 0)
        this.#observe(unsigned64(address + BigInt(i)), at, 1, true, BigInt(this.#view.getUint8(at)), BigInt(byte));
      this.#view.setUint8(at, byte);
    });
  }
  #observe(
    effectiveAddress: bigint,
    at: number,
    length: number,
    isWrite: boolean,
    before: bigint,
    after: bigint,
  ): void {
    const stretch = this.observation.stretchAt(at - HOST_MEMORY, length, isWrite);
    if (stretch) this.observation.accesses.push({ stretch, effectiveAddress, length, isWrite, before, after });
  }
  /** The real address of an access that lies in one page of a device. */
  #deviceAddress(address: bigint, length: number, access: 'load' | 'store'): bigint | undefined {
    if ((address & PAGE_MASK) + BigInt(length) > BigInt(TLB_PAGE_SIZE)) return undefined;
    if (this.#placeInPage(address, access) !== undefined) return undefined;
    return this.#view.getBigUint64(this.#base + translationResults.realAddress, true);
  }
}

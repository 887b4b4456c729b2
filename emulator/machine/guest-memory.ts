import type { AddressSpace } from '../host/address-space';
import { hostAddressOf, usableSlot, type Kvm } from '../kvm/kvm';
import { HOST_MEMORY } from '../state/layout';

const PAGE = 0x1000n;

/** Guest physical memory as user space reaches it: through its own mapping of what it gave to KVM. */
export class GuestMemory {
  readonly #kvm: Kvm;
  readonly #process: AddressSpace;
  readonly #bytes: Uint8Array;
  readonly #written: (hostPage: number) => void;
  /** While a debugger watches memory: what user space writes. */
  journal: { readonly address: bigint; readonly length: number }[] | undefined;

  /** `written` is told of each page of the host's memory that is written to, by its number. */
  constructor(kvm: Kvm, memory: ArrayBuffer, written: (hostPage: number) => void) {
    this.#kvm = kvm;
    this.#process = kvm.process;
    this.#bytes = new Uint8Array(memory);
    this.#written = written;
  }

  /** The bytes from `address` on; fewer than `length` where memory ends. Device memory is not read. */
  read(address: bigint, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = address + BigInt(done);
      const part = this.#part(at, length - done);
      const place = this.#place(at, false);
      if (place === undefined) break;
      if (place !== 'untouched') out.set(this.#bytes.subarray(place, place + part), done);
      done += part;
    }
    return out.subarray(0, done);
  }

  /** Writes what is memory; returns how many bytes that was. */
  write(address: bigint, bytes: Uint8Array): number {
    this.journal?.push({ address, length: bytes.length });
    let done = 0;
    while (done < bytes.length) {
      const at = address + BigInt(done);
      const part = this.#part(at, bytes.length - done);
      const place = this.#place(at, true);
      if (typeof place !== 'number') break;
      this.#bytes.set(bytes.subarray(done, done + part), place);
      this.#written(Math.floor((place - HOST_MEMORY) / Number(PAGE)));
      done += part;
    }
    return done;
  }

  /** How many of the bytes lie in the page of the first. */
  #part(address: bigint, length: number): number {
    return Math.min(length, Number(PAGE - (address & (PAGE - 1n))));
  }

  /** Where a byte lies in linear memory. A page that nobody has touched holds zeroes, and a read leaves it so. */
  #place(address: bigint, write: boolean): number | 'untouched' | undefined {
    const slot = usableSlot(this.#kvm, address);
    if (!slot) return undefined;
    const hostVirtual = hostAddressOf(slot, address);
    const area = this.#process.areaAt(hostVirtual);
    if (!area || area.kind === 'device') return undefined;
    if (write) this.#process.userPage(hostVirtual, true);
    const page = this.#process.presentPage(hostVirtual);
    if (!page) return 'untouched';
    return HOST_MEMORY + Number(page.realAddress + (hostVirtual & BigInt(page.pageSize - 1)));
  }
}

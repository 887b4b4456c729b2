/** The one way by which devices reach the guest's memory: each page through its translation control entry. */
import type { GuestMemory } from '../guest-memory';
import { IO_PAGE, pageOfEntry, tceBits, type TranslationControlTable } from './translation-control';

/** Why a device may not reach an address. */
export type DmaRefusal = 'bus mastering is off' | 'beyond the DMA window' | 'the TCE forbids it' | 'no memory is there';

/** One access by a device to one page, or the refusal of it. */
export interface DmaAccess {
  readonly device: string;
  readonly busAddress: bigint;
  /** Undefined where no entry leads anywhere. */
  readonly guestPhysicalAddress: bigint | undefined;
  /** Bytes. */
  readonly length: number;
  readonly isWrite: boolean;
  readonly refusal: DmaRefusal | undefined;
}

/** What a device has in hand to reach the guest's memory. */
export interface DmaPort {
  /** The bytes, or undefined: refused, and nothing has been read. */
  read(busAddress: bigint, length: number): Uint8Array | undefined;
  /** False: refused, and nothing has been written. */
  write(busAddress: bigint, bytes: Uint8Array): boolean;
}

export class DirectMemoryAccess {
  readonly #memory: GuestMemory;
  readonly #table: TranslationControlTable;
  readonly #observe: (access: DmaAccess) => void;

  /** `observe` is told of every access, after it. */
  constructor(memory: GuestMemory, table: TranslationControlTable, observe: (access: DmaAccess) => void) {
    this.#memory = memory;
    this.#table = table;
    this.#observe = observe;
  }

  portOf(device: string, isBusMaster: () => boolean): DmaPort {
    return {
      read: (busAddress, length) => {
        const pages = this.#pages(device, busAddress, length, false, isBusMaster());
        if (!pages) return undefined;
        const bytes = new Uint8Array(length);
        for (const { done, access, at } of pages) {
          bytes.set(this.#memory.read(at, access.length), done);
          this.#observe(access);
        }
        return bytes;
      },
      write: (busAddress, bytes) => {
        const pages = this.#pages(device, busAddress, bytes.length, true, isBusMaster());
        if (!pages) return false;
        for (const { done, access, at } of pages) {
          this.#memory.write(at, bytes.subarray(done, done + access.length));
          this.#observe(access);
        }
        return true;
      },
    };
  }

  /** Every page of an access, translated; undefined as soon as one refuses it. */
  #pages(device: string, start: bigint, length: number, isWrite: boolean, isBusMaster: boolean) {
    const pages: { done: number; at: bigint; access: DmaAccess }[] = [];
    for (let done = 0; done < length;) {
      const busAddress = start + BigInt(done);
      const bytes = Math.min(length - done, Number(IO_PAGE - (busAddress & (IO_PAGE - 1n))));
      const { at, refusal } = this.#translate(busAddress, isWrite, isBusMaster);
      const access = { device, busAddress, guestPhysicalAddress: at, length: bytes, isWrite, refusal };
      if (refusal !== undefined || at === undefined) {
        this.#observe(access);
        return undefined;
      }
      pages.push({ done, at, access });
      done += bytes;
    }
    return pages;
  }

  #translate(
    busAddress: bigint,
    isWrite: boolean,
    isBusMaster: boolean,
  ): { at: bigint | undefined; refusal: DmaRefusal | undefined } {
    if (!isBusMaster) return { at: undefined, refusal: 'bus mastering is off' };
    if (busAddress >= this.#table.windowSize) return { at: undefined, refusal: 'beyond the DMA window' };
    const entry = this.#table.get(busAddress);
    const allowed = (entry & (isWrite ? tceBits.write : tceBits.read)) !== 0n;
    if (!allowed) return { at: undefined, refusal: 'the TCE forbids it' };
    const at = pageOfEntry(entry) | (busAddress & (IO_PAGE - 1n));
    const isMemory = this.#memory.read(at, 1).length === 1;
    return { at, refusal: isMemory ? undefined : 'no memory is there' };
  }
}

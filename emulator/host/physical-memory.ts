/** What is free of the modelled host's real memory. Plain data, for checkpoints. */
export interface FreeMemory {
  /** Everything from here on has never been given out, and holds zeroes. */
  next: number;
  /** Frames that were given back, by their size in bytes; the last is used first. */
  readonly returned: Map<number, number[]>;
}

/** The modelled host's real memory: frames handed out in order, so that the same run always gets the same ones. */
export class PhysicalMemory {
  /** Bytes. */
  readonly size: number;
  free: FreeMemory;
  readonly #bytes: Uint8Array;
  readonly #written: (address: bigint) => void;

  /** `bytes` are all of it; `written` is told of each frame whose contents are replaced. */
  constructor(bytes: Uint8Array, firstFree: number, written: (address: bigint) => void) {
    this.size = bytes.length;
    this.#bytes = bytes;
    this.#written = written;
    this.free = { next: firstFree, returned: new Map() };
  }

  /** Host real address of `bytes` (a power of two) of zeroes that lie at a multiple of themselves or of `alignment`. */
  allocate(bytes: number, alignment = bytes): number {
    const again = this.free.returned.get(bytes)?.pop();
    if (again !== undefined) {
      this.fill(BigInt(again), new Uint8Array(bytes));
      return again;
    }
    const address = Math.ceil(this.free.next / alignment) * alignment;
    if (address + bytes > this.size) throw new Error('the modelled host has no memory left');
    this.free.next = address + bytes;
    return address;
  }
  /** Gives back what `allocate` gave, `bytes` long, aligned to itself. */
  release(address: number, bytes: number): void {
    const returned = this.free.returned.get(bytes);
    if (returned) returned.push(address);
    else this.free.returned.set(bytes, [address]);
  }

  /** The bytes themselves, not a copy. */
  bytes(address: bigint, length: number): Uint8Array {
    return this.#bytes.subarray(Number(address), Number(address) + length);
  }
  fill(address: bigint, contents: Uint8Array): void {
    this.#bytes.set(contents, Number(address));
    for (let page = 0; page < contents.length; page += 0x1000) this.#written(address + BigInt(page));
  }
}

import { HOST_MEMORY, hostMemorySize } from '../state/layout';

const PAGE = 0x1000;

/** The host's real memory as a debugger reaches it. */
export class HostMemory {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #written: (page: number) => void;

  /** `written` is told of each page that is written to, by its number. */
  constructor(view: DataView, written: (page: number) => void) {
    this.#view = view;
    this.#bytes = new Uint8Array(view.buffer);
    this.#written = written;
  }

  #inside(address: bigint, length: number): number {
    const size = this.#view.getBigUint64(hostMemorySize, true);
    if (address >= size) return 0;
    return Number(address + BigInt(length) > size ? size - address : BigInt(length));
  }
  read(address: bigint, length: number): Uint8Array {
    const start = HOST_MEMORY + Number(address);
    return this.#bytes.slice(start, start + this.#inside(address, length));
  }
  /** Returns how many bytes were memory. */
  write(address: bigint, bytes: Uint8Array): number {
    const length = this.#inside(address, bytes.length);
    if (length === 0) return 0;
    this.#bytes.set(bytes.subarray(0, length), HOST_MEMORY + Number(address));
    const first = Math.floor(Number(address) / PAGE);
    const last = Math.floor((Number(address) + length - 1) / PAGE);
    for (let page = first; page <= last; page++) this.#written(page);
    return length;
  }
}

/** The modelled host's real memory: frames handed out in order, so that the same run always gets the same ones. */
export class PhysicalMemory {
  /** Bytes. */
  readonly size: number;
  #next: number;

  constructor(size: number, firstFree: number) {
    this.size = size;
    this.#next = firstFree;
  }

  /** Host real address of `bytes` (a power of two) that lie at a multiple of themselves or of `alignment`. */
  allocate(bytes: number, alignment = bytes): number {
    const address = Math.ceil(this.#next / alignment) * alignment;
    if (address + bytes > this.size) throw new Error('the modelled host has no memory left');
    this.#next = address + bytes;
    return address;
  }
}

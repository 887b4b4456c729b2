/** A device that user space emulates: what answers an MMIO exit. It receives effects, never the machine. */
export interface EmulatedDevice {
  readonly name: string;
  /** Guest physical address of its first register. */
  readonly address: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Bytes in the order in which they lie on the bus. */
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
}

/** A device that user space emulates: what answers an MMIO exit. It receives effects, never the machine. */
export interface EmulatedDevice {
  readonly name: string;
  /** Guest physical address of its first register. */
  readonly address: bigint;
  /** Bytes; none while the device does not answer. */
  readonly size: bigint;
  /** Bytes in the order in which they lie on the bus. */
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
}

export const deviceAt = (devices: readonly EmulatedDevice[], address: bigint): EmulatedDevice | undefined =>
  devices.find((device) => address >= device.address && address < device.address + device.size);

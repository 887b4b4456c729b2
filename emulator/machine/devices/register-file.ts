/** Little-endian registers of a device, each of its own width, reached in any pieces. */

export interface DeviceRegister {
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  read(): bigint;
  /** Left out: cannot be written. */
  write?(value: bigint): void;
}

const bytesOfRegister = (register: DeviceRegister): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, register.read(), true);
  return bytes.subarray(0, register.size);
};
const valueOfBytes = (bytes: Uint8Array): bigint => {
  const wide = new Uint8Array(8);
  wide.set(bytes);
  return new DataView(wide.buffer).getBigUint64(0, true);
};

/** Bytes between the registers read as zero. */
export function readRegisters(registers: readonly DeviceRegister[], offset: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (const register of overlapping(registers, offset, length)) {
    const bytes = bytesOfRegister(register);
    for (let i = Math.max(offset, register.offset); i < Math.min(offset + length, register.offset + register.size); i++)
      out[i - offset] = bytes[i - register.offset] ?? 0;
  }
  return out;
}

/** Bytes of a register that are not written keep what they were. */
export function writeRegisters(registers: readonly DeviceRegister[], offset: number, data: Uint8Array): void {
  for (const register of overlapping(registers, offset, data.length)) {
    const bytes = bytesOfRegister(register);
    const from = Math.max(offset, register.offset);
    const to = Math.min(offset + data.length, register.offset + register.size);
    bytes.set(data.subarray(from - offset, to - offset), from - register.offset);
    register.write?.(valueOfBytes(bytes));
  }
}

const overlapping = (registers: readonly DeviceRegister[], offset: number, length: number) =>
  registers.filter((one) => one.offset < offset + length && offset < one.offset + one.size);

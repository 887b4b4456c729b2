/** A device on the host's bus: what the processor reaches beyond memory. */
export interface DeviceHardware {
  readonly name: string;
  /** Host real address of its first register. */
  readonly address: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Bytes in the order in which they lie on the bus. */
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  /** All that can change of it: plain data, whose fields may be replaced. */
  readonly state: object;
}

/** Where the host's PCI bridge decodes its memory window. */
const PCI_WINDOW = 0x3fe0_8000_0000n;
const IDENTITY = 0x3133_594b;
const registers = { identity: 0, scratch: 4, accesses: 8 } as const;

/** The device that is passed through to the guest: 64 KiB of 32-bit little-endian registers. */
export function passedThroughDevice(): DeviceHardware {
  const state = { scratch: 0, accesses: 0 };
  const value = (register: number): number => {
    switch (register) {
      case registers.identity:
        return IDENTITY;
      case registers.scratch:
        return state.scratch;
      case registers.accesses:
        return state.accesses;
      default:
        return 0;
    }
  };
  const bytesOf = (register: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value(register), true);
    return bytes;
  };
  return {
    name: 'passed-through device',
    address: PCI_WINDOW,
    size: 0x10000n,
    state,
    read(offset, length) {
      state.accesses++;
      return Uint8Array.from({ length }, (_, i) => bytesOf((offset + i) & ~3)[(offset + i) & 3] ?? 0);
    },
    write(offset, bytes) {
      state.accesses++;
      if ((offset & ~3) !== registers.scratch) return;
      const now = bytesOf(registers.scratch);
      now.set(bytes.subarray(0, 4 - (offset & 3)), offset & 3);
      state.scratch = new DataView(now.buffer).getUint32(0, true);
    },
  };
}

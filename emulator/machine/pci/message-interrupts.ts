/** MSI-X (PCI Local Bus Specification 3.0, 6.8.2): a table of messages in a device's memory. */
import type { ConfigurationSpace } from './configuration-space';

const MSIX_CAPABILITY = 0x11;
const control = { enable: 0x8000, functionMask: 0x4000 } as const;
const ENTRY_BYTES = 16;
const VECTOR_MASKED = 1;
/** Where the pending bits begin in the same range, as QEMU has them. */
const PENDING_AT = 0x800;
export const MSIX_RANGE = 0x1000;

/** Message address and data, and the mask bit, of one vector. All that can change. */
interface Vector {
  address: bigint;
  data: number;
  masked: boolean;
  pending: boolean;
}

export class MessageInterrupts {
  readonly vectors: readonly Vector[];
  readonly #configuration: ConfigurationSpace;
  readonly #controlAt: number;
  readonly #send: (address: bigint, data: number) => void;

  /** `register`: the base address register behind which the table lies. `send` writes a message to the bus. */
  constructor(
    configuration: ConfigurationSpace,
    register: number,
    count: number,
    send: (address: bigint, data: number) => void,
  ) {
    this.vectors = Array.from({ length: count }, () => ({ address: 0n, data: 0, masked: true, pending: false }));
    this.#configuration = configuration;
    this.#send = send;
    const body = new Uint8Array(10);
    const view = new DataView(body.buffer);
    view.setUint16(0, count - 1, true);
    view.setUint32(2, register, true);
    view.setUint32(6, PENDING_AT | register, true);
    const writable = new Uint8Array(10);
    new DataView(writable.buffer).setUint16(0, control.enable | control.functionMask, true);
    this.#controlAt = configuration.addCapability(MSIX_CAPABILITY, body, writable) + 2;
  }

  get #control(): number {
    const { bytes } = this.#configuration;
    return (bytes[this.#controlAt] ?? 0) | ((bytes[this.#controlAt + 1] ?? 0) << 8);
  }
  get isEnabled(): boolean {
    return (this.#control & control.enable) !== 0;
  }

  raise(number: number): void {
    const vector = this.vectors[number];
    if (!vector) return;
    vector.pending = true;
    this.deliver();
  }
  /** Sends what is pending and no longer masked. */
  deliver(): void {
    if (!this.isEnabled || (this.#control & control.functionMask) !== 0) return;
    for (const vector of this.vectors) {
      if (!vector.pending || vector.masked) continue;
      vector.pending = false;
      this.#send(vector.address, vector.data);
    }
  }
  /** As firmware sets a vector up. */
  program(number: number, address: bigint, data: number): void {
    const vector = this.vectors[number];
    if (vector) Object.assign(vector, { address, data });
  }

  read(offset: number, length: number): Uint8Array {
    if (offset >= PENDING_AT) return this.#pendingBits().slice(offset - PENDING_AT, offset - PENDING_AT + length);
    const bytes = new Uint8Array(length);
    const entry = this.#entryBytes(Math.floor(offset / ENTRY_BYTES));
    bytes.set(entry.subarray(offset % ENTRY_BYTES, (offset % ENTRY_BYTES) + length));
    return bytes;
  }
  write(offset: number, bytes: Uint8Array): void {
    const number = Math.floor(offset / ENTRY_BYTES);
    const vector = this.vectors[number];
    if (!vector) return;
    const entry = this.#entryBytes(number);
    entry.set(bytes.subarray(0, ENTRY_BYTES - (offset % ENTRY_BYTES)), offset % ENTRY_BYTES);
    const view = new DataView(entry.buffer);
    vector.address = view.getBigUint64(0, true);
    vector.data = view.getUint32(8, true);
    vector.masked = (view.getUint32(12, true) & VECTOR_MASKED) !== 0;
    this.deliver();
  }

  #entryBytes(number: number): Uint8Array {
    const bytes = new Uint8Array(ENTRY_BYTES);
    const vector = this.vectors[number];
    if (!vector) return bytes;
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, vector.address, true);
    view.setUint32(8, vector.data, true);
    view.setUint32(12, vector.masked ? VECTOR_MASKED : 0, true);
    return bytes;
  }
  #pendingBits(): Uint8Array {
    const bytes = new Uint8Array(MSIX_RANGE - PENDING_AT);
    this.vectors.forEach(({ pending }, number) => {
      if (pending) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (1 << (number & 7));
    });
    return bytes;
  }
}

/** A disk (virtio 1.2, 5.2). */
import type { DescriptorChain } from './descriptor-chain';
import { type Disk, SECTOR } from './disk';
import { handleChains, type QueuePort, type VirtioModel } from './model';
import { MOST_ENTRIES } from './virtqueue';

const feature = { segmentMaximum: 1n << 2n, readOnly: 1n << 5n, blockSize: 1n << 6n, flush: 1n << 9n } as const;
const request = { in: 0, out: 1, flush: 4, identity: 8 } as const;
const outcome = { ok: 0, error: 1, unsupported: 2 } as const;
type Outcome = (typeof outcome)[keyof typeof outcome];
const HEADER = 16;
const IDENTITY_BYTES = 20;
/** Bytes that are moved at a time. */
const PIECE = 0x1_0000;

/** Capacity in sectors, segments of a request, and size of a block (5.2.4). */
function configurationOf({ size }: Disk): Uint8Array {
  const bytes = new Uint8Array(0x18);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x00, BigInt(size / SECTOR), true);
  view.setUint32(0x0c, MOST_ENTRIES - 2, true);
  view.setUint32(0x14, SECTOR, true);
  return bytes;
}

export class BlockDevice implements VirtioModel {
  readonly deviceType = 2;
  readonly classCode = 0x01_00_00;
  readonly queues = 1;
  readonly features: bigint;
  readonly configuration: Uint8Array;
  readonly disk: Disk;
  readonly #identity: string;
  readonly #readOnly: boolean;

  /** `identity`: what the device says that its serial number is, 20 characters at most. */
  constructor(disk: Disk, identity: string, readOnly: boolean) {
    this.disk = disk;
    this.#identity = identity;
    this.#readOnly = readOnly;
    this.configuration = configurationOf(disk);
    this.features = feature.segmentMaximum | feature.blockSize | feature.flush | (readOnly ? feature.readOnly : 0n);
  }
  get state(): object {
    return this.disk.written;
  }

  notified(queue: number, port: QueuePort): void {
    handleChains(port, queue, (chain) => this.#handle(chain, port));
  }

  /** The request's outcome stands in the last byte that the device may write. */
  #handle(chain: DescriptorChain, port: QueuePort): number | undefined {
    const header = chain.read(0, HEADER);
    if (!header || chain.writableLength === 0) {
      port.fail(header ? 'a request has no room for its outcome' : 'the header of a request cannot be read');
      return undefined;
    }
    const view = new DataView(header.buffer);
    const sector = view.getBigUint64(8, true);
    const { result, written } = this.#serve(chain, view.getUint32(0, true), sector);
    if (chain.write(chain.writableLength - 1, Uint8Array.of(result))) return written + 1;
    port.fail('the outcome of a request cannot be written');
    return undefined;
  }

  #serve(chain: DescriptorChain, kind: number, sector: bigint): { result: Outcome; written: number } {
    const room = chain.writableLength - 1;
    switch (kind) {
      case request.in:
        return this.#read(chain, sector, room);
      case request.out:
        return { result: this.#write(chain, sector), written: 0 };
      case request.flush:
        return { result: outcome.ok, written: 0 };
      case request.identity:
        return this.#identify(chain, room);
      default:
        return { result: outcome.unsupported, written: 0 };
    }
  }

  #read(chain: DescriptorChain, sector: bigint, length: number): { result: Outcome; written: number } {
    const offset = this.#place(sector, length);
    if (offset === undefined) return { result: outcome.error, written: 0 };
    for (let done = 0; done < length; done += PIECE) {
      const bytes = this.disk.read(offset + done, Math.min(PIECE, length - done));
      if (!chain.write(done, bytes)) return { result: outcome.error, written: done };
    }
    return { result: outcome.ok, written: length };
  }
  #write(chain: DescriptorChain, sector: bigint): Outcome {
    const length = chain.readableLength - HEADER;
    const offset = this.#place(sector, length);
    if (offset === undefined || this.#readOnly) return outcome.error;
    for (let done = 0; done < length; done += PIECE) {
      const bytes = chain.read(HEADER + done, Math.min(PIECE, length - done));
      if (!bytes) return outcome.error;
      this.disk.write(offset + done, bytes);
    }
    return outcome.ok;
  }
  #identify(chain: DescriptorChain, room: number): { result: Outcome; written: number } {
    const bytes = new Uint8Array(Math.min(room, IDENTITY_BYTES));
    bytes.set(new TextEncoder().encode(this.#identity).subarray(0, bytes.length));
    const done = chain.write(0, bytes);
    return { result: done ? outcome.ok : outcome.error, written: done ? bytes.length : 0 };
  }

  /** First byte of whole sectors that lie on the disk. */
  #place(sector: bigint, length: number): number | undefined {
    const end = sector * BigInt(SECTOR) + BigInt(length);
    if (length % SECTOR !== 0 || end > BigInt(this.disk.size)) return undefined;
    return Number(sector) * SECTOR;
  }
}

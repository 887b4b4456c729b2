/** A chain of descriptors that the driver has made available (virtio 1.2, 2.7.5). */
import type { DmaPort } from '../pci/direct-memory-access';

const DESCRIPTOR_BYTES = 16;
const descriptorFlag = { next: 1, write: 2, indirect: 4 } as const;
/** Entries of an indirect table that are followed, as QEMU does. */
const LONGEST_INDIRECT = 1024;
/** Bytes of a whole chain (2.7.5.2: no more than 2^32). */
const MOST_BYTES = 2 ** 32;

interface Descriptor {
  readonly address: bigint;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}
/** A table of descriptors. */
interface Table {
  readonly address: bigint;
  readonly entries: number;
  readonly isIndirect: boolean;
}
interface Segment {
  readonly address: bigint;
  readonly length: number;
}

/** The buffers of one chain. Offsets count through all of its parts. */
export class DescriptorChain {
  /** Index of its first descriptor, by which it is given back. */
  readonly head: number;
  /** Bytes that the device may read. */
  readonly readableLength: number;
  /** Bytes that the device may write. */
  readonly writableLength: number;
  readonly #readable: readonly Segment[];
  readonly #writable: readonly Segment[];
  readonly #dma: DmaPort;

  constructor(head: number, readable: readonly Segment[], writable: readonly Segment[], dma: DmaPort) {
    this.head = head;
    this.#readable = readable;
    this.#writable = writable;
    this.readableLength = lengthOf(readable);
    this.writableLength = lengthOf(writable);
    this.#dma = dma;
  }

  /** Undefined: it is not that long, or the bus refuses. */
  read(offset: number, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    if (offset + length > this.readableLength) return undefined;
    for (const { done, address, part } of pieces(this.#readable, offset, length)) {
      const read = this.#dma.read(address, part);
      if (!read) return undefined;
      bytes.set(read, done);
    }
    return bytes;
  }
  /** False: it is not that long, or the bus refuses. */
  write(offset: number, bytes: Uint8Array): boolean {
    if (offset + bytes.length > this.writableLength) return false;
    for (const { done, address, part } of pieces(this.#writable, offset, bytes.length))
      if (!this.#dma.write(address, bytes.subarray(done, done + part))) return false;
    return true;
  }
}

const lengthOf = (segments: readonly Segment[]): number => segments.reduce((sum, { length }) => sum + length, 0);

/** The parts of the segments that a stretch of bytes covers. */
function* pieces(segments: readonly Segment[], offset: number, length: number) {
  let before = 0;
  let done = 0;
  for (const segment of segments) {
    const skipped = Math.max(0, offset - before);
    const part = Math.min(segment.length - skipped, length - done);
    before += segment.length;
    if (part <= 0) continue;
    yield { done, address: segment.address + BigInt(skipped), part };
    done += part;
    if (done === length) return;
  }
}

/** A chain, or what is wrong with it. */
export type ChainOutcome =
  { readonly kind: 'chain'; readonly chain: DescriptorChain } | { readonly kind: 'broken'; readonly why: string };
const broken = (why: string): ChainOutcome => ({ kind: 'broken', why });

/** Follows a chain from its first descriptor. It ends, however the driver has linked it. */
export function followChain(dma: DmaPort, tableAddress: bigint, entries: number, head: number): ChainOutcome {
  const first = { address: tableAddress, entries, isIndirect: false };
  const opening = readDescriptor(dma, first, head);
  if (!opening) return broken('a descriptor cannot be read');
  if ((opening.flags & descriptorFlag.indirect) === 0) return collect(dma, first, head, head);
  if ((opening.flags & descriptorFlag.next) !== 0) return broken('an indirect descriptor has a next one');
  if (opening.length === 0 || opening.length % DESCRIPTOR_BYTES !== 0)
    return broken('an indirect table is no whole number of descriptors');
  const indirectEntries = Math.min(opening.length / DESCRIPTOR_BYTES, LONGEST_INDIRECT);
  return collect(dma, { address: opening.address, entries: indirectEntries, isIndirect: true }, 0, head);
}

function collect(dma: DmaPort, table: Table, start: number, head: number): ChainOutcome {
  const readable: Segment[] = [];
  const writable: Segment[] = [];
  let bytes = 0;
  let index = start;
  for (let followed = 0; followed < table.entries; followed++) {
    const descriptor = readDescriptor(dma, table, index);
    if (!descriptor) return broken('a descriptor cannot be read');
    const { address, length, flags, next } = descriptor;
    if ((flags & descriptorFlag.indirect) !== 0)
      return broken(
        `an indirect descriptor is ${table.isIndirect ? 'in an indirect table' : 'in the middle of a chain'}`,
      );
    if (length === 0) return broken('a buffer has no bytes');
    bytes += length;
    if (bytes > MOST_BYTES) return broken('a chain has more than 2^32 bytes');
    const forDevice = (flags & descriptorFlag.write) !== 0;
    if (!forDevice && writable.length > 0) return broken('a buffer to be read follows one to be written');
    (forDevice ? writable : readable).push({ address, length });
    if ((flags & descriptorFlag.next) === 0)
      return { kind: 'chain', chain: new DescriptorChain(head, readable, writable, dma) };
    if (next >= table.entries) return broken('a descriptor outside the table is linked to');
    index = next;
  }
  return broken('a chain of descriptors does not end');
}

function readDescriptor(dma: DmaPort, table: Table, index: number): Descriptor | undefined {
  const bytes = dma.read(table.address + BigInt(index * DESCRIPTOR_BYTES), DESCRIPTOR_BYTES);
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer);
  return {
    address: view.getBigUint64(0, true),
    length: view.getUint32(8, true),
    flags: view.getUint16(12, true),
    next: view.getUint16(14, true),
  };
}

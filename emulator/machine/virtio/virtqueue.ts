/** A split virtqueue as the device sees it (virtio 1.2, 2.7). */
import type { DmaPort } from '../pci/direct-memory-access';
import { type ChainOutcome, type DescriptorChain, followChain } from './descriptor-chain';

/** All that can change of a queue. Addresses are of the bus; the counters run from 0 to 65535 and round. */
export interface QueueState {
  /** Entries, a power of two. */
  size: number;
  /** MSI-X vector, or NO_VECTOR. */
  vector: number;
  enabled: boolean;
  descriptorArea: bigint;
  driverArea: bigint;
  deviceArea: bigint;
  /** The next entry of the available ring to be looked at. */
  nextAvailable: number;
  /** The used ring's index. */
  used: number;
}

export const MOST_ENTRIES = 256;
export const NO_VECTOR = 0xffff;
export const freshQueue = (): QueueState => ({
  size: MOST_ENTRIES,
  vector: NO_VECTOR,
  enabled: false,
  descriptorArea: 0n,
  driverArea: 0n,
  deviceArea: 0n,
  nextAvailable: 0,
  used: 0,
});

/** Flags and index stand before the ring, in both areas. */
const RING = 4;
const INDEX = 2;
const AVAILABLE_ENTRY = 2;
const USED_ENTRY = 8;
const NO_INTERRUPT = 1;

/** How many chains the driver has made available, or what is wrong with the ring. */
export type Available =
  { readonly kind: 'count'; readonly count: number } | { readonly kind: 'broken'; readonly why: string };

const read16 = (dma: DmaPort, address: bigint): number | undefined => {
  const bytes = dma.read(address, 2);
  return bytes && new DataView(bytes.buffer).getUint16(0, true);
};

export function available(queue: QueueState, dma: DmaPort): Available {
  const index = read16(dma, queue.driverArea + BigInt(INDEX));
  if (index === undefined) return { kind: 'broken', why: 'the available ring cannot be read' };
  const count = (index - queue.nextAvailable) & 0xffff;
  if (count > queue.size) return { kind: 'broken', why: 'more is available than the queue has entries' };
  return { kind: 'count', count };
}

/** Takes the next chain, of which `available` has said that it is there. */
export function takeChain(queue: QueueState, dma: DmaPort): ChainOutcome {
  const entry = RING + AVAILABLE_ENTRY * (queue.nextAvailable % queue.size);
  const head = read16(dma, queue.driverArea + BigInt(entry));
  if (head === undefined) return { kind: 'broken', why: 'the available ring cannot be read' };
  if (head >= queue.size) return { kind: 'broken', why: 'a chain begins outside the descriptor table' };
  queue.nextAvailable = (queue.nextAvailable + 1) & 0xffff;
  return followChain(dma, queue.descriptorArea, queue.size, head);
}

/** Gives a chain back with so many bytes written to it. False: the used ring cannot be written. */
export function giveBack(queue: QueueState, dma: DmaPort, { head }: DescriptorChain, written: number): boolean {
  const entry = new DataView(new ArrayBuffer(USED_ENTRY));
  entry.setUint32(0, head, true);
  entry.setUint32(4, written, true);
  const at = queue.deviceArea + BigInt(RING + USED_ENTRY * (queue.used % queue.size));
  if (!dma.write(at, new Uint8Array(entry.buffer))) return false;
  queue.used = (queue.used + 1) & 0xffff;
  const index = new DataView(new ArrayBuffer(2));
  index.setUint16(0, queue.used, true);
  return dma.write(queue.deviceArea + BigInt(INDEX), new Uint8Array(index.buffer));
}

/** Whether the driver wants to be told of used buffers; if that cannot be read, it is told. */
export const wantsInterrupt = (queue: QueueState, dma: DmaPort): boolean =>
  ((read16(dma, queue.driverArea) ?? 0) & NO_INTERRUPT) === 0;

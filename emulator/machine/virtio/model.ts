/** What tells one virtio device from another. */
import type { DescriptorChain } from './descriptor-chain';

/** The queues of a device, as its model uses them. */
export interface QueuePort {
  /** Chains that the driver has made available; 0 too where the ring is broken. */
  pending(queue: number): number;
  /** Undefined: the chain is broken, and the device waits to be reset. */
  take(queue: number): DescriptorChain | undefined;
  giveBack(queue: number, chain: DescriptorChain, written: number): void;
  /** The device can do no more until it is reset: DEVICE_NEEDS_RESET. */
  fail(why: string): void;
}

export interface VirtioModel {
  /** Virtio device ID (virtio 1.2, chapter 5). */
  readonly deviceType: number;
  /** PCI class code. */
  readonly classCode: number;
  /** Feature bits of its own. */
  readonly features: bigint;
  readonly queues: number;
  /** Device-specific configuration, which the driver can only read. */
  readonly configuration: Uint8Array;
  /** All of its own that can change. */
  readonly state: object;
  /** The driver has notified this queue. */
  notified(queue: number, port: QueuePort): void;
}

/** Handles every chain that is available now. `handle` returns how many bytes it wrote, or undefined: it has failed. */
export function handleChains(
  port: QueuePort,
  queue: number,
  handle: (chain: DescriptorChain) => number | undefined,
): void {
  for (let left = port.pending(queue); left > 0; left--) {
    const chain = port.take(queue);
    if (!chain) return;
    const written = handle(chain);
    if (written === undefined) return;
    port.giveBack(queue, chain, written);
  }
}

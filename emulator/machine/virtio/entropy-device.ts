/** A source of random numbers (virtio 1.2, 5.4), which are the same in every run with the same seed. */
import { handleChains, type QueuePort, type VirtioModel } from './model';

/** Bytes that are given at a time, however large the buffer is. */
const MOST_BYTES = 4096;

export class EntropyDevice implements VirtioModel {
  readonly deviceType = 4;
  readonly classCode = 0x00_ff_00;
  readonly features = 0n;
  readonly queues = 1;
  readonly configuration = new Uint8Array(0);
  readonly state: { counter: bigint };

  constructor(seed: bigint) {
    this.state = { counter: seed };
  }

  notified(queue: number, port: QueuePort): void {
    handleChains(port, queue, (chain) => {
      const bytes = this.#bytes(Math.min(chain.writableLength, MOST_BYTES));
      if (chain.write(0, bytes)) return bytes.length;
      port.fail('a buffer cannot be written');
      return undefined;
    });
  }

  #bytes(length: number): Uint8Array {
    const words = new BigUint64Array(Math.ceil(length / 8));
    for (let i = 0; i < words.length; i++) words[i] = this.#next();
    return new Uint8Array(words.buffer, 0, length);
  }
  /** SplitMix64 (Steele, Lea and Flood, 2014). */
  #next(): bigint {
    this.state.counter = BigInt.asUintN(64, this.state.counter + 0x9e37_79b9_7f4a_7c15n);
    let z = this.state.counter;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn);
    return z ^ (z >> 31n);
  }
}

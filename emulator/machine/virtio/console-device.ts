/** A console with one port (virtio 1.2, 5.3). */
import { handleChains, type QueuePort, type VirtioModel } from './model';

const queue = { receive: 0, transmit: 1 } as const;
/** A driver sends what fits into pages; a buffer longer than this is an error. */
const LONGEST_BUFFER = 2 ** 20;

export class ConsoleDevice implements VirtioModel {
  readonly deviceType = 3;
  readonly classCode = 0x07_80_00;
  readonly features = 0n;
  readonly queues = 2;
  readonly configuration = new Uint8Array(0x0c);
  /** Bytes that have come in and wait for a buffer. */
  readonly state: { typed: number[] } = { typed: [] };
  readonly #transmit: (bytes: Uint8Array) => void;

  constructor(transmit: (bytes: Uint8Array) => void) {
    this.#transmit = transmit;
  }

  /** Bytes come in. The receiving queue is then to be served. */
  type(bytes: Uint8Array): void {
    this.state.typed.push(...bytes);
  }
  readonly receiveQueue = queue.receive;

  notified(number: number, port: QueuePort): void {
    if (number === queue.transmit) this.#send(port);
    else this.#receive(port);
  }

  #send(port: QueuePort): void {
    handleChains(port, queue.transmit, (chain) => {
      const bytes = chain.readableLength > LONGEST_BUFFER ? undefined : chain.read(0, chain.readableLength);
      if (!bytes) {
        port.fail('a buffer cannot be read');
        return undefined;
      }
      this.#transmit(bytes);
      return 0;
    });
  }
  #receive(port: QueuePort): void {
    for (let left = port.pending(queue.receive); left > 0 && this.state.typed.length > 0; left--) {
      const chain = port.take(queue.receive);
      if (!chain) return;
      const bytes = Uint8Array.from(this.state.typed.slice(0, chain.writableLength));
      if (!chain.write(0, bytes)) {
        port.fail('a buffer cannot be written');
        return;
      }
      this.state.typed.splice(0, bytes.length);
      port.giveBack(queue.receive, chain, bytes.length);
    }
  }
}

/** A network interface (virtio 1.2, 5.1) whose wire leads nowhere, or back to itself. */
import type { wireNames } from '../configuration';
import type { DescriptorChain } from './descriptor-chain';
import { handleChains, type QueuePort, type VirtioModel } from './model';

const feature = { macAddress: 1n << 5n, status: 1n << 16n } as const;
const queue = { receive: 0, transmit: 1 } as const;
/** struct virtio_net_hdr; with VERSION_1 it ends in the number of buffers. */
const HEADER = 12;
const BUFFERS_AT = 10;
/** An Ethernet frame with a VLAN tag, and room to spare for a larger MTU. */
const LONGEST_FRAME = 0x1_0000;
const LINK_UP = 1;

type Wire = (typeof wireNames)[number];

/** A locally administered address, another for each interface. */
const macAddress = (number: number): Uint8Array => Uint8Array.of(0x52, 0x54, 0x00, 0x4b, 0x31, number);

export class NetworkDevice implements VirtioModel {
  readonly deviceType = 1;
  readonly classCode = 0x02_00_00;
  readonly features = feature.macAddress | feature.status;
  readonly queues = 2;
  readonly configuration: Uint8Array;
  /** Frames that came to no buffer. */
  readonly state = { dropped: 0 };
  readonly #wire: Wire;

  /** `number`: of this interface among those of the machine. */
  constructor(number: number, wire: Wire) {
    this.#wire = wire;
    this.configuration = Uint8Array.of(...macAddress(number), LINK_UP, 0);
  }

  notified(number: number, port: QueuePort): void {
    if (number !== queue.transmit) return;
    handleChains(port, queue.transmit, (chain) => {
      const frame = frameOf(chain);
      if (!frame) {
        port.fail('a frame cannot be read');
        return undefined;
      }
      if (this.#wire === 'loopback') this.#receive(frame, port);
      return 0;
    });
  }

  #receive(frame: Uint8Array, port: QueuePort): void {
    const chain = port.pending(queue.receive) > 0 ? port.take(queue.receive) : undefined;
    if (!chain) {
      this.state.dropped++;
      return;
    }
    const bytes = new Uint8Array(HEADER + frame.length);
    bytes[BUFFERS_AT] = 1;
    bytes.set(frame, HEADER);
    if (chain.write(0, bytes)) port.giveBack(queue.receive, chain, bytes.length);
    else port.fail('a frame does not fit into a buffer, or the buffer cannot be written');
  }
}

function frameOf(chain: DescriptorChain): Uint8Array | undefined {
  const length = chain.readableLength - HEADER;
  return length < 0 || length > LONGEST_FRAME ? undefined : chain.read(HEADER, length);
}

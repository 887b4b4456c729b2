import { describe, expect, it } from 'vitest';
import { ConsoleDevice } from '../../../../emulator/machine/virtio/console-device';
import { EntropyDevice } from '../../../../emulator/machine/virtio/entropy-device';
import { NetworkDevice } from '../../../../emulator/machine/virtio/network-device';
import { VirtioBench } from '../../../support/virtio-bench';
import { DEVICE_CONFIGURATION, DriverQueue, QueueLayout, status } from '../../../support/virtio-driver';

const BUFFERS = 0x2_0000;
/** virtio 1.2, 5.1.6: struct virtio_net_hdr with its num_buffers. */
const NET_HEADER = 12;

function queuesOf(bench: VirtioBench, count: number): DriverQueue[] {
  expect(bench.driver.negotiate()).toBe(true);
  const queues = Array.from(
    { length: count },
    (_, i) => new DriverQueue(bench.driver, i, new QueueLayout(0x1000 + i * 0x1000, 8)),
  );
  bench.driver.go();
  return queues;
}
const buffer = (address: number, length: number, forDevice: boolean) => ({ address, length, forDevice });

function offer(queue: DriverQueue, head: number, address: number, length: number, forDevice: boolean): void {
  queue.chain([buffer(address, length, forDevice)], [head]);
  queue.offer(head);
  queue.publish();
  queue.notify();
}

describe('a source of random numbers', () => {
  const bytesWith = (seed: bigint, lengths: readonly number[]) => {
    const bench = new VirtioBench(new EntropyDevice(seed));
    const [queue] = queuesOf(bench, 1);
    return lengths.map((length) => {
      offer(queue!, 0, BUFFERS, length, true);
      expect(queue!.takeUsed()).toEqual([{ head: 0, written: length }]);
      return Buffer.from(bench.memory.slice(BUFFERS, BUFFERS + length)).toString('hex');
    });
  };

  it('gives the same numbers for the same seed, others for another, and never the same twice', () => {
    const one = bytesWith(31n, [64, 64]);
    expect(bytesWith(31n, [64, 64])).toEqual(one);
    expect(bytesWith(32n, [64, 64])).not.toEqual(one);
    expect(one[0]).not.toBe(one[1]);
  });
  it('follows SplitMix64', () => {
    // The first outputs for the seed 1234567, published with the Java implementation (Rosetta Code, "Pseudo-random
    // numbers/Splitmix64").
    const published = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n];
    const [bytes] = bytesWith(1234567n, [24]);
    const view = Buffer.from(bytes!, 'hex');
    expect(published.map((_, i) => view.readBigUInt64LE(8 * i))).toEqual(published);
  });
});

describe('a console', () => {
  const start = () => {
    const said: number[] = [];
    const model = new ConsoleDevice((bytes) => said.push(...bytes));
    const bench = new VirtioBench(model);
    const [receive, transmit] = queuesOf(bench, 2);
    const type = (text: string) => {
      model.type(new TextEncoder().encode(text));
      bench.device.serve(model.receiveQueue);
    };
    return { bench, receive: receive!, transmit: transmit!, type, said: () => Buffer.from(said).toString() };
  };

  it('says what the driver sends', () => {
    const { bench, transmit, said } = start();
    bench.memory.set(new TextEncoder().encode('hello'), BUFFERS);
    offer(transmit, 3, BUFFERS, 5, false);
    expect(transmit.takeUsed()).toEqual([{ head: 3, written: 0 }]);
    expect(said()).toBe('hello');
  });
  it('keeps what is typed until there is a buffer for it, and loses none of it', () => {
    const { bench, receive, type } = start();
    type('abcdef');
    offer(receive, 0, BUFFERS, 4, true);
    offer(receive, 1, BUFFERS + 0x100, 4, true);
    expect(receive.takeUsed()).toEqual([
      { head: 0, written: 4 },
      { head: 1, written: 2 },
    ]);
    expect(Buffer.from(bench.memory.slice(BUFFERS, BUFFERS + 4)).toString()).toBe('abcd');
    offer(receive, 2, BUFFERS, 4, true);
    expect(receive.takeUsed()).toEqual([]);
    type('g');
    expect(receive.takeUsed()).toEqual([{ head: 2, written: 1 }]);
    expect(bench.pci.drivesLine).toBe(true);
  });
});

describe('a network interface', () => {
  const frame = Uint8Array.from({ length: 60 }, (_, i) => i);
  const start = (wire: 'none' | 'loopback') => {
    const model = new NetworkDevice(0, wire);
    const bench = new VirtioBench(model);
    const [receive, transmit] = queuesOf(bench, 2);
    bench.memory.set(frame, BUFFERS + NET_HEADER);
    return { bench, model, receive: receive!, transmit: transmit! };
  };

  it('has a locally administered address and its link up', () => {
    const { bench } = start('none');
    const bytes = bench.device.read(DEVICE_CONFIGURATION, 8);
    expect(bytes[0]! & 3).toBe(2);
    expect(bytes[6]).toBe(1);
  });
  it('gives a frame back to itself over a loopback', () => {
    const { bench, receive, transmit } = start('loopback');
    offer(receive, 5, BUFFERS + 0x1000, 1526, true);
    offer(transmit, 0, BUFFERS, NET_HEADER + frame.length, false);
    expect(transmit.takeUsed()).toEqual([{ head: 0, written: 0 }]);
    expect(receive.takeUsed()).toEqual([{ head: 5, written: NET_HEADER + frame.length }]);
    const received = bench.memory.slice(BUFFERS + 0x1000, BUFFERS + 0x1000 + NET_HEADER + frame.length);
    expect(received.slice(NET_HEADER)).toEqual(frame);
    expect(received.slice(0, NET_HEADER)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  });
  it('drops a frame for which there is no buffer', () => {
    const { model, transmit } = start('loopback');
    offer(transmit, 0, BUFFERS, NET_HEADER + frame.length, false);
    expect(transmit.takeUsed()).toHaveLength(1);
    expect(model.state.dropped).toBe(1);
  });
  it('takes a frame on a wire that leads nowhere', () => {
    const { receive, transmit } = start('none');
    offer(receive, 5, BUFFERS + 0x1000, 1526, true);
    offer(transmit, 0, BUFFERS, NET_HEADER + frame.length, false);
    expect(transmit.takeUsed()).toHaveLength(1);
    expect(receive.takeUsed()).toEqual([]);
  });
  it('needs a reset after a frame that is shorter than its header', () => {
    const { bench, transmit } = start('none');
    offer(transmit, 0, BUFFERS, 4, false);
    expect(bench.driver.status & status.needsReset).toBe(status.needsReset);
  });
});

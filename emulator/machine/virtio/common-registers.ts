/** The common configuration structure (virtio 1.2, 4.1.4.3). */
import type { DeviceRegister } from '../devices/register-file';
import type { VirtioModel } from './model';
import { deviceStatus, type VirtioState } from './virtio-state';
import { MOST_ENTRIES, NO_VECTOR, type QueueState } from './virtqueue';

const word = (value: bigint, select: number): bigint =>
  select > 1 ? 0n : (value >> BigInt(32 * select)) & 0xffff_ffffn;
const withWord = (value: bigint, select: number, part: bigint): bigint => {
  const shift = BigInt(32 * select);
  return (value & ~(0xffff_ffffn << shift)) | (part << shift);
};
const isQueueSize = (size: number): boolean => size >= 1 && size <= MOST_ENTRIES && (size & (size - 1)) === 0;

/** What the registers show and change. */
interface Transport {
  readonly model: VirtioModel;
  readonly state: VirtioState;
  readonly offeredFeatures: bigint;
  setStatus(status: number): void;
}

export function commonRegisters(device: Transport): readonly DeviceRegister[] {
  const { state, model } = device;
  /** A vector that the device does not have reads back as none. */
  const vector = (wanted: bigint) => (wanted <= BigInt(model.queues) ? Number(wanted) : NO_VECTOR);
  return [
    {
      offset: 0x00,
      size: 4,
      read: () => BigInt(state.deviceFeatureSelect),
      write: (value) => (state.deviceFeatureSelect = Number(value)),
    },
    { offset: 0x04, size: 4, read: () => word(device.offeredFeatures, state.deviceFeatureSelect) },
    {
      offset: 0x08,
      size: 4,
      read: () => BigInt(state.driverFeatureSelect),
      write: (value) => (state.driverFeatureSelect = Number(value)),
    },
    {
      offset: 0x0c,
      size: 4,
      read: () => word(state.driverFeatures, state.driverFeatureSelect),
      write(value) {
        if (state.driverFeatureSelect > 1 || (state.status & deviceStatus.featuresOk) !== 0) return;
        state.driverFeatures = withWord(state.driverFeatures, state.driverFeatureSelect, value);
      },
    },
    {
      offset: 0x10,
      size: 2,
      read: () => BigInt(state.configurationVector),
      write: (value) => (state.configurationVector = vector(value)),
    },
    { offset: 0x12, size: 2, read: () => BigInt(model.queues) },
    {
      offset: 0x14,
      size: 1,
      read: () => BigInt(state.status),
      write: (value) => {
        device.setStatus(Number(value));
      },
    },
    { offset: 0x15, size: 1, read: () => 0n },
    {
      offset: 0x16,
      size: 2,
      read: () => BigInt(state.queueSelect),
      write: (value) => (state.queueSelect = Number(value)),
    },
    ...queueRegisters(() => state.queues[state.queueSelect], state.queueSelect, vector),
  ];
}

/** Those of the queue that is selected. One that does not exist reads as zero. */
function queueRegisters(
  selected: () => QueueState | undefined,
  number: number,
  vector: (wanted: bigint) => number,
): readonly DeviceRegister[] {
  const register = (
    offset: number,
    size: number,
    read: (queue: QueueState) => bigint,
    write: (queue: QueueState, value: bigint) => void,
  ): DeviceRegister => ({
    offset,
    size,
    read: () => {
      const queue = selected();
      return queue ? read(queue) : 0n;
    },
    write: (value) => {
      const queue = selected();
      if (queue) write(queue, value);
    },
  });
  const area = (offset: number, name: 'descriptorArea' | 'driverArea' | 'deviceArea') =>
    register(
      offset,
      8,
      (queue) => queue[name],
      (queue, value) => {
        if (!queue.enabled) queue[name] = value;
      },
    );
  return [
    register(
      0x18,
      2,
      ({ size }) => BigInt(size),
      (queue, value) => {
        if (!queue.enabled && isQueueSize(Number(value))) queue.size = Number(value);
      },
    ),
    register(
      0x1a,
      2,
      (queue) => BigInt(queue.vector),
      (queue, value) => (queue.vector = vector(value)),
    ),
    register(
      0x1c,
      2,
      ({ enabled }) => (enabled ? 1n : 0n),
      (queue, value) => {
        if (value === 1n) queue.enabled = true;
      },
    ),
    register(
      0x1e,
      2,
      () => BigInt(number),
      () => undefined,
    ),
    area(0x20, 'descriptorArea'),
    area(0x28, 'driverArea'),
    area(0x30, 'deviceArea'),
  ];
}

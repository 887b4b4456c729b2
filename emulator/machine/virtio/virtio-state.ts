import { freshQueue, NO_VECTOR, type QueueState } from './virtqueue';

/** Device status bits (2.1). */
export const deviceStatus = {
  acknowledge: 1,
  driver: 2,
  driverOk: 4,
  featuresOk: 8,
  needsReset: 0x40,
  failed: 0x80,
} as const;
/** All that can change of the transport. */
export interface VirtioState {
  status: number;
  driverFeatures: bigint;
  deviceFeatureSelect: number;
  driverFeatureSelect: number;
  queueSelect: number;
  configurationVector: number;
  interruptStatus: number;
  queues: QueueState[];
  /** Why DEVICE_NEEDS_RESET is set. */
  failure: string | undefined;
}

export const freshState = (queues: number): VirtioState => ({
  status: 0,
  driverFeatures: 0n,
  deviceFeatureSelect: 0,
  driverFeatureSelect: 0,
  queueSelect: 0,
  configurationVector: NO_VECTOR,
  interruptStatus: 0,
  queues: Array.from({ length: queues }, freshQueue),
  failure: undefined,
});

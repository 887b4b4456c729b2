import type { AreaKind } from '../host/area';
import type { HostEventConfiguration, RandomHostEvents } from './host-event';

/** What a machine is made from. A run is a function of this, the guest's image, and the input logged since. */

export const behaviorNames = ['rfc-2011', 'v3.4', 'v6.1'] as const;
export type BehaviorName = (typeof behaviorNames)[number];
export const processorNames = ['power7', 'power8'] as const;
export type ProcessorName = (typeof processorNames)[number];
/** How a guest in real mode reaches its memory: through the page table, or by offset in a contiguous area. */
export const realModeNames = ['vrma', 'rma'] as const;
export type RealModeName = (typeof realModeNames)[number];

/** What runs the guest's instructions; nothing that it can see depends on it. */
export const engineNames = ['reference', 'interpreter'] as const;
export type EngineName = (typeof engineNames)[number];

/** A stretch of the guest's memory map that is not in the default: user space's KVM_SET_USER_MEMORY_REGION. */
export interface MemorySlotConfiguration {
  readonly slot: number;
  readonly guestPhysicalAddress: bigint;
  readonly size: bigint;
  /** What the host process has mapped there, or nothing yet. */
  readonly vma: AreaKind | 'none';
  /** In place of `vma`: several, one after the other. */
  readonly areas?: readonly { readonly vma: AreaKind | 'none'; readonly size: bigint }[];
  readonly flags: bigint;
}

export const deviceTypes = ['serial', 'virtio-blk', 'virtio-console', 'virtio-rng', 'virtio-net'] as const;
/** Where the wire of a network interface leads: nowhere, or back to itself. */
export const wireNames = ['none', 'loopback'] as const;
/** Slots of the PCI bus. */
export const MOST_DEVICES = 32;

/** A device on the PCI bus. */
export type DeviceConfiguration =
  /** A 16550 behind I/O ports. */
  | { readonly type: 'serial' }
  /** A disk. What the guest writes to it does not change `image`, which is a whole number of sectors of 512 bytes. */
  | { readonly type: 'virtio-blk'; readonly image: Uint8Array; readonly readOnly: boolean }
  | { readonly type: 'virtio-console' }
  | { readonly type: 'virtio-rng'; readonly seed: bigint }
  | { readonly type: 'virtio-net'; readonly wire: (typeof wireNames)[number] };

export interface MachineConfiguration {
  /** An ELF64 file for PowerPC. */
  readonly program: Uint8Array;
  readonly initrd: Uint8Array | undefined;
  readonly append: string;
  readonly cpu: ProcessorName;
  /** Bytes of guest memory. */
  readonly memory: number;
  /** vCPUs, 1 to 8. */
  readonly smp: number;
  /** vCPUs that are threads of one core: 1, 2, 4 or 8. */
  readonly threads: number;
  readonly behavior: BehaviorName;
  readonly realMode: RealModeName;
  /** Slots beside the guest's memory (slot 0) and the passed-through device (slot 1). */
  readonly memorySlots: readonly MemorySlotConfiguration[];
  /** What is on the PCI bus, in the order of its slots. With nothing there is no bus. */
  readonly devices: readonly DeviceConfiguration[];
  /** Instructions that a vCPU runs before the next has its turn. */
  readonly quantum: number;
  readonly engine: EngineName;
  /** What the host and user space do while the guest runs. */
  readonly hostEvents: readonly HostEventConfiguration[];
  readonly randomHostEvents: RandomHostEvents | undefined;
}

export const defaultConfiguration = {
  initrd: undefined,
  append: '',
  cpu: 'power8',
  memory: 256 * 2 ** 20,
  smp: 1,
  threads: 1,
  behavior: 'v6.1',
  realMode: 'vrma',
  memorySlots: [],
  devices: [],
  quantum: 100_000,
  engine: 'interpreter',
  hostEvents: [],
  randomHostEvents: undefined,
} as const satisfies Omit<MachineConfiguration, 'program'>;

/** A configuration that no machine can be made from. The message is one sentence for the person who wrote it. */
export class ConfigurationError extends Error {
  /** The field of the launch configuration that is wrong. */
  readonly field: string;
  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

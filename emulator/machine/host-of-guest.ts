/** The modelled host that a guest is put on: its memory, its process, and KVM with the guest's slots. */
import { AddressSpace } from '../host/address-space';
import { type AreaKind } from '../host/area';
import { type DeviceHardware, passedThroughDevice } from '../host/device-hardware';
import { PhysicalMemory } from '../host/physical-memory';
import { behaviors } from '../kvm/behavior';
import type { HostSearch, Kvm } from '../kvm/kvm';
import type { MemoryRegion } from '../kvm/memory-slots';
import { ReverseMap, reverseMapBytes } from '../kvm/reverse-map';
import { notifierOf } from '../kvm/mmu-notifier';
import { setMemoryRegion } from '../kvm/set-memory-region';
import { HashedPageTable, pageTableOrders } from '../mmu/hashed-page-table';
import { largePageShifts } from '../mmu/page-size';
import { HOST_MEMORY, hostMemorySize, pageShifts } from '../state/layout';
import { ConfigurationError, type MachineConfiguration } from './configuration';

const MEBIBYTE = 2 ** 20;
/** Real memory below this is the host's own. */
const FIRST_FREE = 16 * MEBIBYTE;
const WASM_PAGE = 0x10000;
const MOST_LINEAR_MEMORY = 4096 * MEBIBYTE;

/** Where the guest finds its devices; the second has a memory slot, the first has none. */
export const emulatedDevicePlace = { address: 0x100_8000_0000n, size: 0x1000n } as const;
export const passedThroughPlace = { address: 0x100_9000_0000n } as const;

/** As QEMU chooses it: a 128th of the guest's memory. */
const pageTableOrder = (memory: number): number => Math.max(pageTableOrders.smallest, Math.ceil(Math.log2(memory)) - 7);

export interface HostOfGuest {
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  /** Where user space and KVM take memory of their own from. */
  readonly physical: PhysicalMemory;
  readonly process: AddressSpace;
  readonly hardware: readonly DeviceHardware[];
  readonly kvm: Kvm;
  /** Host real address of guest address 0, if the guest's memory is one contiguous stretch. */
  readonly contiguousMemory: bigint | undefined;
}

/** What KVM needs of the processors, which do not exist yet when it is made. */
export type KvmPorts = Pick<Kvm, 'invalidateTranslations' | 'readInstruction'> & {
  search: (...args: Parameters<Kvm['search']>) => HostSearch;
  /** A page of the host's real memory has been written to, by number of 4 KiB. */
  memoryWritten: (page: number) => void;
};

/** Twice the guest's memory in the `rma` case, whose stretch must lie at a multiple of itself. */
function hostMemory({ memory, realMode, memorySlots }: MachineConfiguration): number {
  const guest = realMode === 'rma' ? 2 * memory : memory;
  const tables = 4 * 2 ** pageTableOrder(memory);
  const slots = memorySlots.reduce((sum, { vma, size }) => sum + (vma === 'device' ? 0 : Number(size)), 0);
  const bytes = Math.ceil((FIRST_FREE + guest + slots + tables + 64 * MEBIBYTE) / WASM_PAGE) * WASM_PAGE;
  if (HOST_MEMORY + bytes > MOST_LINEAR_MEMORY)
    throw new ConfigurationError('memorySlots', 'have more memory than the modelled host, which has 4 GiB for all.');
  return bytes;
}

function fillSharedTables(view: DataView, size: number): void {
  for (let encoding = 0; encoding < 256; encoding++) {
    const { base, actual } = largePageShifts(encoding);
    view.setUint8(pageShifts.base + encoding, base);
    view.setUint8(pageShifts.actual + encoding, actual);
  }
  view.setBigUint64(hostMemorySize, BigInt(size), true);
}

/** What stands behind the guest's memory: the kind of area, by how the guest's real mode and KVM want it. */
function memoryArea({ realMode, behavior }: MachineConfiguration): AreaKind {
  if (realMode === 'rma') return 'rma';
  return behaviors[behavior].memory === 'pinned' ? 'hugetlb' : 'anonymous';
}

export function makeHost(configuration: MachineConfiguration, ports: KvmPorts): HostOfGuest {
  const size = hostMemory(configuration);
  const memory = new WebAssembly.Memory({ initial: (HOST_MEMORY + size) / WASM_PAGE });
  const view = new DataView(memory.buffer);
  fillSharedTables(view, size);
  const physical = new PhysicalMemory(new Uint8Array(memory.buffer, HOST_MEMORY), FIRST_FREE, (address) => {
    ports.memoryWritten(Number(address >> 12n));
  });
  const process = new AddressSpace(physical);
  const order = pageTableOrder(configuration.memory);
  const table = new HashedPageTable(view, physical.allocate(2 ** order), order);
  const notes = physical.allocate(reverseMapBytes(table.entryCount));
  const kvm: Kvm = {
    behavior: behaviors[configuration.behavior],
    table,
    reverseMap: new ReverseMap(view, notes, table),
    process,
    slots: [],
    mmioUpdate: 0,
    streamReaders: 0,
    notifier: { sequence: 0, inProgress: 0 },
    realMemory: {
      bytes: (address, length) => physical.bytes(address, length),
      written: (address) => {
        ports.memoryWritten(Number(address >> 12n));
      },
    },
    invalidateTranslations: ports.invalidateTranslations,
    readInstruction: ports.readInstruction,
    search: ports.search,
  };
  if (kvm.behavior.memory === 'on demand') process.register(notifierOf(kvm));
  const hardware = [passedThroughDevice()];
  const contiguousMemory = giveMemory(configuration, kvm, physical);
  giveDevices(kvm, hardware);
  giveConfiguredSlots(configuration, kvm, hardware);
  return { memory, view, physical, process, hardware, kvm, contiguousMemory };
}

const create = (kvm: Kvm, field: string, slot: MemoryRegion): void => {
  const error = setMemoryRegion(kvm, slot);
  if (error)
    throw new ConfigurationError(field, `slot ${String(slot.number)} cannot be made: ${error.why} (${error.errno}).`);
};

/** Slot 0: the guest's memory. */
function giveMemory(configuration: MachineConfiguration, kvm: Kvm, physical: PhysicalMemory): bigint | undefined {
  const kind = memoryArea(configuration);
  const frames = kind === 'rma' ? BigInt(physical.allocate(configuration.memory)) : undefined;
  const area = kvm.process.map(
    kind,
    BigInt(configuration.memory),
    'guest memory',
    frames === undefined ? {} : { frames },
  );
  create(kvm, 'memory', {
    number: 0,
    baseAddress: 0n,
    size: BigInt(configuration.memory),
    hostVirtualAddress: area.start,
    flags: 0n,
  });
  return frames;
}

/** Slot 1 and on: each device's registers, mapped from the host's bus. */
function giveDevices(kvm: Kvm, hardware: readonly DeviceHardware[]): void {
  hardware.forEach((device, index) => {
    const area = kvm.process.map('device', device.size, device.name, { frames: device.address });
    create(kvm, 'memorySlots', {
      number: 1 + index,
      baseAddress: passedThroughPlace.address,
      size: device.size,
      hostVirtualAddress: area.start,
      flags: 0n,
    });
  });
}

function giveConfiguredSlots(
  { memorySlots }: MachineConfiguration,
  kvm: Kvm,
  hardware: readonly DeviceHardware[],
): void {
  memorySlots.forEach(({ slot, guestPhysicalAddress, size, vma, areas = [{ vma, size }], flags }, index) => {
    const field = `memorySlots[${String(index)}]`;
    const start = kvm.process.reserve(size);
    let at = start;
    for (const area of areas) {
      const frames = area.vma === 'device' ? { frames: hardware[0]?.address ?? 0n } : {};
      if (area.vma !== 'none') kvm.process.map(area.vma, area.size, field, { at, ...frames });
      at += area.size;
    }
    create(kvm, field, {
      number: slot,
      baseAddress: guestPhysicalAddress,
      size,
      hostVirtualAddress: start,
      flags,
    });
  });
}

/** Puts a pseries together: a host, KVM's guest on it, processors, devices, the program and its device tree. */
import { emitWalks } from '../engine/emitted-translation';
import { RecordBlocks } from '../engine/interpreter/record-blocks';
import type { DeviceBus } from '../engine/translated-storage';
import type { DeviceHardware } from '../host/device-hardware';
import { type HostSearch, type Kvm } from '../kvm/kvm';
import { mapVirtualRealMode, realModeLimitField } from '../kvm/real-mode-area';
import { entryIndexAt } from '../mmu/explain-translation';
import { lpcr } from '../mmu/special-register-bits';
import { hostMemorySize, translationResults } from '../state/layout';
import type { Registers } from '../cpu/registers';
import type { Access } from '../mmu/storage-fault';
import { AnsweredExits } from './answered-exits';
import { partOf, type StatefulPart } from './stateful-part';
import { Clock } from './clock';
import { ConfigurationError, type MachineConfiguration } from './configuration';
import { Console } from './console';
import type { EndOfRun } from './debug-target';
import type { EmulatedDevice } from './devices/device';
import { platformSerialPort } from './devices/platform-serial-port';
import type { ElfFile } from './elf';
import { GuestMemory } from './guest-memory';
import { HostEvents } from './host-events';
import { emulatedDevicePlace, makeHost, type HostOfGuest } from './host-of-guest';
import { physicalAddress, readProgram } from './load-program';
import { PciBus } from './pci/make-bus';
import { placeGuest } from './place-guest';
import { HostMemory } from './host-memory';
import { Observer } from './observe';
import type { UserSpace } from './hypercalls/user-space-hypercall';
import { processorModels } from './processor-models';
import { NON_VOLATILE_BYTES } from './rtas/non-volatile-memory';
import { Scheduler } from './scheduler';
import { startAt } from './start-vcpu';
import { statefulParts } from './stateful-parts';
import { Vcpu } from './vcpu';
import { InterruptController } from './xics/interrupt-controller';
import { interruptSources } from './xics/interrupt-sources';

export interface Pseries {
  readonly kvm: Kvm;
  readonly vcpus: readonly Vcpu[];
  readonly devices: readonly EmulatedDevice[];
  readonly memory: GuestMemory;
  readonly console: Console;
  readonly scheduler: Scheduler;
  readonly hostEvents: HostEvents;
  readonly exits: AnsweredExits;
  readonly space: UserSpace;
  /** Whether the host has memory or a device at a real address. */
  readonly answersAt: (realAddress: bigint) => boolean;
  readonly hostMemory: HostMemory;
  readonly interrupts: InterruptController;
  /** Undefined: the configuration puts nothing on it. */
  readonly pci: PciBus | undefined;
  /** Linear memory, whose upper part is the host's memory. */
  readonly linearMemory: ArrayBuffer;
  /** All of the machine's state outside the host's memory, by name. */
  readonly parts: Readonly<Record<string, StatefulPart>>;
  /** Drops what has been made from the machine's state, which has been replaced. */
  forgetDerived(): void;
  /** How the guest has ended itself, if it has. */
  end: EndOfRun | undefined;
}

const MEBIBYTE = 2 ** 20;
const memoryLimits = { least: 16 * MEBIBYTE, most: 3072 * MEBIBYTE } as const;
const MOST_VCPUS = 8;

function check({ memory, smp, threads, quantum, realMode }: MachineConfiguration): void {
  if (memory < memoryLimits.least || memory > memoryLimits.most || memory % (16 * MEBIBYTE) !== 0)
    throw new ConfigurationError('memory', 'must be a multiple of 16 MiB from 16 MiB to 3 GiB.');
  if (!Number.isInteger(smp) || smp < 1 || smp > MOST_VCPUS)
    throw new ConfigurationError('smp', `must be a whole number from 1 to ${String(MOST_VCPUS)}.`);
  if (![1, 2, 4, 8].includes(threads)) throw new ConfigurationError('threads', 'must be 1, 2, 4 or 8.');
  if (!Number.isInteger(quantum) || quantum < 1)
    throw new ConfigurationError('quantum', 'must be a whole number of instructions, at least 1.');
  if (realMode === 'rma' && realModeLimitField(BigInt(memory)) === undefined)
    throw new ConfigurationError('memory', 'with kvm.realMode "rma" must be 32, 64, 128 or 256 MiB, or 1 GiB.');
}

/** The host's bus: the devices that the processor reaches directly. */
const busOf = (hardware: readonly DeviceHardware[]): DeviceBus => {
  const at = (address: bigint) => hardware.find((one) => address >= one.address && address < one.address + one.size);
  return {
    read: (address, length) => {
      const device = at(address);
      return device?.read(Number(address - device.address), length);
    },
    write: (address, bytes) => {
      const device = at(address);
      device?.write(Number(address - device.address), bytes);
      return device !== undefined;
    },
  };
};

/** What KVM asks of processors that are made after it. */
class Processors {
  vcpus: readonly Vcpu[] = [];
  search: ((registers: Registers, address: bigint, access: Access) => HostSearch) | undefined;
  memoryWritten: ((page: number) => void) | undefined;

  get ports() {
    return {
      invalidateTranslations: () => {
        for (const { storage } of this.vcpus) storage.translationChanged();
      },
      readInstruction: (registers: Registers, address: bigint) =>
        this.vcpus.find((vcpu) => vcpu.registers === registers)?.storage.readInstruction(address),
      search: (registers: Registers, address: bigint, access: Access): HostSearch => {
        if (!this.search) throw new Error('KVM searches before there is a processor');
        return this.search(registers, address, access);
      },
      memoryWritten: (page: number) => this.memoryWritten?.(page),
    };
  }
}

export function makePseries(configuration: MachineConfiguration): Pseries {
  check(configuration);
  const program = readProgram(configuration.program);
  const processors = new Processors();
  const host = makeHost(configuration, processors.ports);
  const interrupts = new InterruptController(configuration.smp);
  for (const source of Object.values(interruptSources)) interrupts.addSource(source, 'message');
  const console = new Console(() => {
    interrupts.send(interruptSources.console);
  });
  const clock = new Clock(configuration.smp);
  const walks = emitWalks(host.memory);
  const blocks = new RecordBlocks(host.view, configuration.smp);
  const bus = busOf(host.hardware);
  const model = processorModels[configuration.cpu];
  const vcpus = Array.from(
    { length: configuration.smp },
    (_, number) =>
      new Vcpu(number, {
        view: host.view,
        model,
        memory: host.memory,
        walks,
        blocks,
        engine: configuration.engine,
        bus,
        timeBase: (one) => clock.ticks(one),
        count: (one, instructions) => {
          clock.count(one, instructions);
        },
      }),
  );
  processors.vcpus = vcpus;
  processors.memoryWritten = (page) => {
    blocks.written(page);
  };
  processors.search = (registers, address, access) => {
    const verdict = walks.search(registers.base, address, access);
    if (verdict === 'segment-miss') return { kind: 'segment-miss' };
    const result = (at: number) => registers.view.getBigUint64(registers.base + at, true);
    const vsidWord = result(translationResults.vsidWord);
    if (verdict !== 'mapped') return { kind: 'no-entry', vsidWord };
    const index = entryIndexAt(result(translationResults.entryAddress), BigInt(host.kvm.table.address));
    return { kind: 'entry', vsidWord, index };
  };

  const memory = new GuestMemory(host.kvm, host.memory.buffer, (page) => {
    blocks.written(page);
  });
  const pci =
    configuration.devices.length === 0
      ? undefined
      : new PciBus(configuration.devices, { view: host.view, physical: host.physical, memory, interrupts, console });
  const platformDevices = [
    platformSerialPort(emulatedDevicePlace, (byte) => {
      console.write(Uint8Array.of(byte));
    }),
  ];
  const devices = [...platformDevices, ...(pci?.places ?? [])];
  const treeAddress = placeGuest(configuration, program, host, memory, platformDevices, pci?.bridge);
  const partition = partitionControl(configuration, host);
  for (const vcpu of vcpus) reset(vcpu, { configuration, program, host, partition, treeAddress });

  const { hostEvents: configured, randomHostEvents } = configuration;
  const hostSide = { kvm: host.kvm, memory, hardware: host.hardware };
  const hostEvents = new HostEvents(hostSide, configured, randomHostEvents);
  const exits = new AnsweredExits();
  const nonVolatile = new Uint8Array(NON_VOLATILE_BYTES);
  const space: UserSpace = {
    memory,
    console,
    vcpus,
    clock,
    interrupts,
    devices,
    pci: pci?.bridge,
    nonVolatile,
    end: (outcome) => {
      pseries.end = outcome;
    },
  };
  const observer = new Observer({ kvm: host.kvm, vcpus, memory, view: host.view });
  const around = { kvm: host.kvm, devices, hostEvents, exits, space };
  const scheduler = new Scheduler(around, vcpus, clock, configuration.quantum, observer);
  const pseries: Pseries = {
    answersAt: (address) =>
      address < host.view.getBigUint64(hostMemorySize, true) ||
      host.hardware.some((one) => address >= one.address && address < one.address + one.size),
    space,
    exits,
    scheduler,
    linearMemory: host.memory.buffer,
    parts: {
      ...statefulParts({
        ...around,
        host,
        vcpus,
        clock,
        scheduler,
        console,
        interrupts,
        nonVolatile,
        pci,
        platformDevices,
      }),
      end: partOf(
        () => pseries.end,
        (end) => (pseries.end = end),
      ),
    },
    forgetDerived() {
      blocks.memoryReplaced();
      for (const { storage } of vcpus) storage.memoryReplaced();
      observer.marksForgotten();
      pci?.bridge.takeAccesses();
    },
    hostEvents,
    kvm: host.kvm,
    vcpus,
    devices,
    memory,
    console,
    interrupts,
    pci,
    end: undefined,
    hostMemory: new HostMemory(host.view, (page) => {
      blocks.written(page);
    }),
  };
  return pseries;
}

/** LPCR as KVM sets it for this guest, after it has set up real mode. */
function partitionControl({ realMode, memory }: MachineConfiguration, { kvm }: HostOfGuest): bigint {
  const always = lpcr.encode({ VPM1: true, DPFD: 4n, HDICE: true });
  if (realMode === 'rma') return always | (realModeLimitField(BigInt(memory)) ?? 0n);
  return always | lpcr.mask.VPM0 | (mapVirtualRealMode(kvm) ?? 0n);
}

/**
 * What KVM lets a guest of a POWER8 use (kvmppc_core_vcpu_create_hv()): TAR, event-based branches, transactions, branch
 * history, performance monitor, DSCR, vectors and floating point; not messages between threads.
 */
const guestFacilities = 0x1bfn;

interface ResetParts {
  readonly configuration: MachineConfiguration;
  readonly program: ElfFile;
  readonly host: HostOfGuest;
  readonly partition: bigint;
  readonly treeAddress: bigint;
}

/** A vCPU as a pseries guest is started (facts §7): real mode, big-endian, the device tree in r3. */
function reset(vcpu: Vcpu, { program, host, partition, treeAddress }: ResetParts): void {
  const { registers } = vcpu;
  const behavior = host.kvm.behavior;
  registers.setSpecial('pvr', vcpu.model.pvr);
  registers.setSpecial('pir', BigInt(vcpu.number));
  registers.setSpecial('lpcr', partition);
  registers.setSpecial('sdr1', host.kvm.table.sdr1);
  registers.setSpecial('rmor', host.contiguousMemory ?? 0n);
  registers.setSpecial('amr', behavior.guestAmr);
  registers.setSpecial('amor', behavior.amor);
  registers.setSpecial('uamor', behavior.amor);
  if (vcpu.model.isa === '2.07') registers.setSpecial('hfscr', guestFacilities);
  registers.setSpecial('reservationAddress', (1n << 64n) - 1n);
  registers.setSpecial('decrementerExpiry', (1n << 31n) - 1n);
  startAt(vcpu, physicalAddress(program.entry), treeAddress);
  if (vcpu.number !== 0) vcpu.state = 'stopped';
}

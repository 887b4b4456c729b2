/** One function on the PCI bus: what every device has in common. */
import type { EmulatedDevice } from '../devices/device';
import {
  type BaseAddress,
  commandBit,
  ConfigurationSpace,
  header,
  type Identity,
  type Space,
} from './configuration-space';
import type { DmaPort } from './direct-memory-access';
import { MessageInterrupts, MSIX_RANGE } from './message-interrupts';

/** What the bus does for its functions. */
export interface BusPorts {
  dmaPort(device: string, isBusMaster: () => boolean): DmaPort;
  /** The INTx of a slot has risen or fallen. */
  lineChanged(slot: number): void;
  writeMessage(address: bigint, data: number): void;
  /** Where the processor reaches an address of the bus; undefined where no window leads there. */
  processorAddress(space: Space, busAddress: bigint): bigint | undefined;
}

/** A range of a function's memory. Offsets are from its first byte; bytes are in the order of the bus. */
export interface MemoryRange extends BaseAddress {
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
}

/** Interrupt sources that firmware has given to a function for its messages. */
export interface MessageSources {
  readonly first: number;
  readonly count: number;
}

/** All that can change of a function beside its configuration space and its device's own state. */
export interface FunctionState {
  /** The device asks for an interrupt by INTx. */
  interrupting: boolean;
  messageSources: MessageSources | undefined;
}

export interface FunctionDescription {
  /** Such as "virtio-blk0". */
  readonly name: string;
  /** Of its node in the device tree, without the unit address. */
  readonly node: string;
  readonly identity: Identity;
}

export class PciFunction implements FunctionDescription {
  readonly name: string;
  readonly node: string;
  /** Its device number on the bus. */
  readonly slot: number;
  readonly identity: Identity;
  readonly configuration: ConfigurationSpace;
  readonly dma: DmaPort;
  readonly state: FunctionState = { interrupting: false, messageSources: undefined };
  /** What the processor can reach, as user space looks for the device behind an address. */
  readonly places: EmulatedDevice[] = [];
  readonly ranges: BaseAddress[] = [];
  #messages: MessageInterrupts | undefined;
  readonly #bus: BusPorts;

  constructor({ name, node, identity }: FunctionDescription, slot: number, bus: BusPorts) {
    this.name = name;
    this.node = node;
    this.slot = slot;
    this.identity = identity;
    this.configuration = new ConfigurationSpace(identity);
    this.#bus = bus;
    this.dma = bus.dmaPort(this.name, () => this.configuration.has('busMaster'));
  }

  get messages(): MessageInterrupts | undefined {
    return this.#messages;
  }
  /** Its device and function numbers, as configuration addresses hold them. */
  get deviceFunction(): number {
    return this.slot << 3;
  }

  addRange(range: MemoryRange): void {
    this.configuration.addBaseAddress(range);
    this.ranges.push(range);
    const place = () => this.#placeOf(range);
    this.places.push({
      name: `${this.name} (PCI 00:${this.slot.toString(16).padStart(2, '0')}.0, BAR ${String(range.register)})`,
      get address() {
        return place() ?? 0n;
      },
      get size() {
        return place() === undefined ? 0n : BigInt(range.size);
      },
      read: (offset, length) => range.read(offset, length),
      write: (offset, bytes) => {
        range.write(offset, bytes);
      },
    });
  }
  /** Gives the function MSI-X, with its table behind a base address register of its own. */
  addMessages(register: number, count: number): MessageInterrupts {
    const messages = new MessageInterrupts(this.configuration, register, count, (address, data) => {
      if (this.configuration.has('busMaster')) this.#bus.writeMessage(address, data);
    });
    this.addRange({
      register,
      size: MSIX_RANGE,
      space: 'narrow',
      prefetchable: false,
      read: (offset, length) => messages.read(offset, length),
      write: (offset, bytes) => {
        messages.write(offset, bytes);
      },
    });
    this.#messages = messages;
    return messages;
  }

  /** What the device wants of INTx. */
  setInterrupting(interrupting: boolean): void {
    if (this.state.interrupting === interrupting) return;
    this.state.interrupting = interrupting;
    this.configuration.interruptPending = interrupting;
    this.#bus.lineChanged(this.slot);
  }
  /** Whether the function drives INTx. */
  get drivesLine(): boolean {
    return this.state.interrupting && !this.configuration.has('interruptDisable') && this.#messages?.isEnabled !== true;
  }

  readConfiguration(offset: number, length: number): Uint8Array {
    return this.configuration.read(offset, length);
  }
  writeConfiguration(offset: number, bytes: Uint8Array): void {
    this.configuration.write(offset, bytes);
    this.#messages?.deliver();
    this.#bus.lineChanged(this.slot);
  }
  /** As firmware leaves it: at this address of the bus, answering to it. */
  assign(range: BaseAddress, busAddress: bigint): void {
    this.configuration.setBaseAddress(range, busAddress);
    const { ioSpace, memorySpace, busMaster } = commandBit;
    this.configuration.write(header.command, Uint8Array.of(ioSpace | memorySpace | busMaster, 0));
  }

  #placeOf(range: BaseAddress): bigint | undefined {
    if (!this.configuration.has(range.space === 'io' ? 'ioSpace' : 'memorySpace')) return undefined;
    return this.#bus.processorAddress(range.space, this.configuration.baseAddress(range));
  }
}

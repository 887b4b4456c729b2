/** A PCI host bridge of a pseries (PAPR 2.3, Dynamic Reconfiguration; QEMU: the spapr PCI host bridge). */
import type { EmulatedDevice } from '../devices/device';
import type { GuestMemory } from '../guest-memory';
import type { Space } from './configuration-space';
import { DirectMemoryAccess, type DmaAccess } from './direct-memory-access';
import { firstMessage, type InterruptSources, lineOfSlot, MESSAGES_OF_FUNCTION } from './interrupt-sources';
import { PciFunction, type BusPorts, type FunctionDescription, type MessageSources } from './pci-function';
import { TranslationControlTable } from './translation-control';

/** The bridge's unit identity: what RTAS calls name it by, and its unit address in the device tree. */
export const BRIDGE_UNIT = 0x800_0000_2000_0000n;
/** Logical I/O bus number of its DMA window, and the window's size in bytes. */
const IO_BUS = 0x8000_0000;
export const DMA_WINDOW = 0x4000_0000n;

/** Where the processor reaches each space of the bus. `bus` and `processor` are first addresses; sizes in bytes. */
export const windows = {
  io: { bus: 0n, processor: 0x2000_0000_0000n, size: 0x1_0000n },
  narrow: { bus: 0x8000_0000n, processor: 0x2000_8000_0000n, size: 0x8000_0000n },
  wide: { bus: 0x2100_0000_0000n, processor: 0x2100_0000_0000n, size: 0x100_0000_0000n },
} as const satisfies Record<Space, object>;
/** Ports below this are those of an ISA bus. */
const FIRST_PORT = 0x1000n;
/** Writes to here are messages: the data is an interrupt source. */
const MESSAGE_ADDRESS = 0x400_0000_0000n;
const MESSAGE_WINDOW = 0x1_0000n;
/** Memory ranges lie on pages of their own, whichever size the guest's pages have. */
const alignments = { io: 0x100n, narrow: 0x1_0000n, wide: 0x1_0000n } as const satisfies Record<Space, bigint>;

interface BridgeParts {
  readonly view: DataView;
  /** Place in linear memory of the table of TranslationControlTable.bytesFor(DMA_WINDOW) bytes. */
  readonly tableBase: number;
  readonly memory: GuestMemory;
  readonly interrupts: InterruptSources;
}

export class HostBridge {
  readonly functions: PciFunction[] = [];
  readonly table: TranslationControlTable;
  readonly #dma: DirectMemoryAccess;
  readonly #interrupts: InterruptSources;
  #accesses: DmaAccess[] = [];

  constructor({ view, tableBase, memory, interrupts }: BridgeParts) {
    this.table = new TranslationControlTable(IO_BUS, DMA_WINDOW, view, tableBase);
    this.#dma = new DirectMemoryAccess(memory, this.table, (access) => {
      this.#accesses.push(access);
    });
    this.#interrupts = interrupts;
  }

  /** Puts a function into the next free slot. */
  addFunction(description: FunctionDescription): PciFunction {
    const bus: BusPorts = {
      dmaPort: (device, isBusMaster) => this.#dma.portOf(device, isBusMaster),
      lineChanged: (slot) => {
        this.#updateLine(lineOfSlot(slot));
      },
      writeMessage: (address, data) => {
        this.#takeMessage(address, data);
      },
      processorAddress,
    };
    const added = new PciFunction(description, this.functions.length, bus);
    this.functions.push(added);
    return added;
  }
  /** What firmware does: every range gets its place, and answers there. */
  assignAddresses(): void {
    const next: Record<Space, bigint> = { io: FIRST_PORT, narrow: windows.narrow.bus, wide: windows.wide.bus };
    for (const one of this.functions)
      for (const range of one.ranges) {
        const { space } = range;
        const size = BigInt(range.size);
        const alignment = size > alignments[space] ? size : alignments[space];
        const address = (next[space] + alignment - 1n) & -alignment;
        next[space] = address + size;
        one.assign(range, address);
      }
  }
  /** The sources that functions share among them for their messages. */
  get messageSources(): MessageSources {
    return { first: firstMessage, count: MESSAGES_OF_FUNCTION * this.functions.length };
  }
  /** Everything that the processor can reach. */
  get places(): readonly EmulatedDevice[] {
    return this.functions.flatMap(({ places }) => places);
  }

  /** What devices have done to the guest's memory since this was last asked. */
  takeAccesses(): readonly DmaAccess[] {
    const accesses = this.#accesses;
    if (accesses.length > 0) this.#accesses = [];
    return accesses;
  }

  /** By bus, device and function numbers in bits 23 to 8, as configuration addresses hold them. */
  functionAt(configurationAddress: number): PciFunction | undefined {
    const number = (configurationAddress >>> 8) & 0xffff;
    return this.functions.find(({ deviceFunction }) => deviceFunction === number);
  }

  /** Gives a function's messages their sources; undefined when no such stretch is free. */
  allocateMessages(wanted: PciFunction, count: number): MessageSources | undefined {
    wanted.state.messageSources = undefined;
    const taken = this.functions
      .flatMap(({ state }) => state.messageSources ?? [])
      .sort((one, other) => one.first - other.first);
    const all = this.messageSources;
    let { first } = all;
    for (const one of taken) {
      if (first + count <= one.first) break;
      first = one.first + one.count;
    }
    if (first + count > all.first + all.count) return undefined;
    wanted.state.messageSources = { first, count };
    for (let vector = 0; vector < count; vector++) wanted.messages?.program(vector, MESSAGE_ADDRESS, first + vector);
    return wanted.state.messageSources;
  }

  #takeMessage(address: bigint, data: number): void {
    const isMessage = address >= MESSAGE_ADDRESS && address < MESSAGE_ADDRESS + MESSAGE_WINDOW;
    const { first, count } = this.messageSources;
    const isSource = data >= first && data < first + count;
    if (isMessage && isSource) this.#interrupts.send(data);
  }
  #updateLine(source: number): void {
    const asserted = this.functions.some((one) => lineOfSlot(one.slot) === source && one.drivesLine);
    this.#interrupts.setLevel(source, asserted);
  }
}

function processorAddress(space: Space, busAddress: bigint): bigint | undefined {
  const { bus, processor, size } = windows[space];
  return busAddress >= bus && busAddress < bus + size ? busAddress - bus + processor : undefined;
}

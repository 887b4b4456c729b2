/**
 * The one door through which a debugger sees the emulator. Nothing here but `run` and the named writes changes what a
 * guest could notice: a debugger's reads set no reference bit and fill no TLB.
 */
import type { Registers } from '../cpu/registers';
import type { LevelFrame } from '../kvm/levels';
import type { MemorySlotView } from '../kvm/memory-slots';
import type { Access } from '../mmu/storage-fault';
import type { EventKind, MachineEvent } from './events';
import type { ActionResult, HostAction } from './host-event';
import type { StreamWritten } from '../kvm/page-table-stream';
import type { PageTableEntryView } from '../kvm/page-table-view';
import type { TranslationDecision } from '../mmu/explain-translation';

/** KVM_EXIT_MMIO, waiting for user space. `data` is in the order in which the guest's instruction sees memory. */
export interface MmioExit {
  readonly guestPhysicalAddress: bigint;
  readonly effectiveAddress: bigint;
  readonly length: 1 | 2 | 4 | 8;
  readonly isWrite: boolean;
  /** Of a store: what it writes. Of a load: what will be returned, once a debugger or a device has supplied it. */
  readonly data: Uint8Array | undefined;
  readonly instruction: number;
  readonly instructionAddress: bigint;
  readonly hpteIndex: number;
  /** Number of the memory slot, or undefined: no slot is why it left. */
  readonly slot: number | undefined;
  /** Name of the user-space device that will answer, or undefined. */
  readonly device: string | undefined;
}

/** The last access that was refused on a vCPU. */
export interface FaultView {
  readonly effectiveAddress: bigint;
  readonly access: Access;
  readonly instructionAddress: bigint;
  /** Status register as the hardware set it, and which one. */
  readonly status: bigint;
  readonly statusRegister: 'DSISR' | 'HDSISR' | 'SRR1' | 'HSRR1';
  readonly vector: number;
  readonly to: 'guest' | 'host';
  /** What became of it, in a few words: "reflected to the guest as 0x300", "MMIO exit", "resolved by the host". */
  readonly outcome: string;
  /** The whole decision, as it stood when the access was refused. */
  readonly decision: TranslationDecision;
}

export interface VcpuView {
  readonly number: number;
  readonly registers: Registers;
  readonly state: 'running' | 'ceded' | 'stopped';
  /** The instruction that is being held outside the guest, or the next one. While KVM emulates, NIA is already past it. */
  readonly instructionAddress: bigint;
  /** Who holds the access that has left the guest: the hardware first, the present holder last; empty in guest code. */
  readonly levels: readonly LevelFrame[];
  readonly fault: FaultView | undefined;
  readonly pendingExit: MmioExit | undefined;
  readonly instructionCount: number;
}

/** What a debugger wants to be told of, and stopped at, while the guest runs. */
export interface Watch {
  /** Effective addresses, stopped at before the instruction there begins. The first instruction of a run is exempt. */
  readonly breakpoints: ReadonlySet<bigint>;
  /** Kinds to report; others cost nothing. */
  readonly events: ReadonlySet<EventKind>;
  /** True: stop, with the access held where it is. */
  event(event: MachineEvent): boolean;
  /** Bytes that the guest wrote to its console. */
  console(bytes: Uint8Array): void;
  /** All vCPUs waited for a timer, and so many nanoseconds have passed at once. True: the run ends here. */
  idle?(nanoseconds: number): boolean;
}

export type RunOutcome =
  | { readonly kind: 'budget' }
  | { readonly kind: 'breakpoint'; readonly vcpu: number; readonly address: bigint }
  | { readonly kind: 'event'; readonly vcpu: number; readonly event: MachineEvent }
  | EndOfRun;
/** After which a guest runs no further. */
export type EndOfRun =
  | { readonly kind: 'powered-off'; readonly how: 'power-off' | 'reboot' }
  /** The guest can make no further progress; `why` is one sentence. */
  | { readonly kind: 'stuck'; readonly vcpu: number; readonly why: string };

export interface DebugTarget {
  readonly vcpus: readonly VcpuView[];
  readonly instructionCount: number;
  readonly ended: RunOutcome | undefined;

  /** Runs at most `budget` instructions of all vCPUs together. */
  run(budget: number, watch: Watch): RunOutcome;
  /** Runs one vCPU alone until it has begun one instruction in guest code (levels between are passed through). */
  step(vcpu: number, watch: Watch): RunOutcome;

  /** The whole decision about an access by this vCPU as it stands now. */
  explain(vcpu: number, effectiveAddress: bigint, access: Access): TranslationDecision;
  /** The bytes that can be read from there on; shorter than `length` where the next page is not mapped. */
  readMemory(vcpu: number, effectiveAddress: bigint, length: number): Uint8Array;
  /** Writes what is mapped, whatever its protection; returns how many bytes. */
  writeMemory(vcpu: number, effectiveAddress: bigint, bytes: Uint8Array): number;
  readGuestPhysical(address: bigint, length: number): Uint8Array;

  readonly pageTable: {
    readonly order: number;
    readonly entryCount: number;
    readonly groupCount: number;
    entry(index: number): PageTableEntryView;
    /** Indexes of entries that are valid or absent, in order. */
    occupied(): readonly number[];
    /** As in KVM's debugfs file `htab`: index, both doublewords, the guest's second; hexadecimal. */
    text(): string;
    /** All of it, as KVM_PPC_GET_HTAB_FD gives it in one pass. */
    save(): Uint8Array;
    /** Enters what was saved. The guest goes on with it. */
    load(stream: Uint8Array): StreamWritten;
  };
  memorySlots(): readonly MemorySlotView[];

  setGpr(vcpu: number, number: number, value: bigint): void;
  setSpecial(vcpu: number, name: Parameters<Registers['setSpecial']>[0], value: bigint): void;
  setCr(vcpu: number, value: number): void;
  /** Supplies what the pending load will return; the device is then not asked. */
  supplyMmioData(vcpu: number, data: Uint8Array): void;
  /** Does something to the guest's memory from outside, now. */
  hostAction(action: HostAction): ActionResult;
  /** What a disk of the configuration holds now; undefined: there is none of that name, such as "virtio-blk0". */
  diskContents(device: string): Uint8Array | undefined;
  /** Keys typed at the guest's console. */
  typeOnConsole(bytes: Uint8Array): void;
}

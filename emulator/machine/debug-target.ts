/**
 * The one door through which a debugger sees the emulator. Nothing here but `run` and the named writes changes what a
 * guest could notice: a debugger's reads set no reference bit and fill no TLB.
 */
import type { Registers, SlbEntry } from '../cpu/registers';
import type { LevelFrame } from '../kvm/levels';
import type { MemorySlotView } from '../kvm/memory-slots';
import type { Change } from '../mmu/counterfactual';
import type { Access } from '../mmu/storage-fault';
import type { AnsweredExit } from './answered-exits';
import type { Checkpoint } from './stateful-part';
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

/** The last access that was refused on a vCPU. At a stop on a key fault with key 31, `pendingExit` and all levels are there already. */
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

/** A stretch of guest physical memory that is watched, whoever touches it and by which address. */
export interface WatchedMemory {
  readonly address: bigint;
  /** Bytes. */
  readonly length: number;
  readonly access: 'read' | 'write' | 'readWrite';
}
/** Anything that can be read as a number, and stopped at when it changes. */
export interface WatchedValue {
  /** Undefined: it does not exist now. */
  readonly read: () => bigint | undefined;
  /** Guest code itself can change it, so that it is looked at after every instruction: a slow run. */
  readonly everyInstruction: boolean;
}
/** Who did what a watch has seen. `address` is that of the guest's instruction. */
export type Actor = { readonly address: bigint } & (
  | { readonly kind: 'instruction' }
  | { readonly kind: 'hypercall'; readonly name: string; readonly arguments: readonly (readonly [string, bigint])[] }
  /** KVM, on its way through a fault. */
  | { readonly kind: 'hypervisor'; readonly name: string; readonly effectiveAddress: bigint }
  | { readonly kind: 'device'; readonly guestPhysicalAddress: bigint }
  | { readonly kind: 'interrupt'; readonly vector: number }
  /** The host's kernel or user space, while the guest stood at the instruction. */
  | { readonly kind: 'host' }
);
/** Something watched has been touched. */
export interface Touched {
  readonly what: 'memory' | 'value';
  /** Its place in the watch's list. */
  readonly number: number;
  readonly vcpu: number;
  /** Of memory: effective address of the guest's access, or guest physical address of a device's. */
  readonly address: bigint;
  readonly isWrite: boolean;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  readonly by: Actor;
}

/** What a debugger wants to be told of, and stopped at, while the guest runs. */
export interface Watch {
  /** Effective addresses, stopped at before the instruction there begins. The first instruction of a run is exempt. */
  readonly breakpoints: ReadonlySet<bigint>;
  /** Kinds to report; others cost nothing. */
  readonly events: ReadonlySet<EventKind>;
  /** True: stop, with the access held where it is. */
  event(event: MachineEvent): boolean;
  /** The one vCPU that runs; absent: all do, in turn. */
  readonly only?: number | undefined;
  readonly memory?: readonly WatchedMemory[];
  readonly values?: readonly WatchedValue[];
  /** True, or absent: stop after what touched it. */
  touched?(touched: Touched): boolean;
  /** Bytes that the guest wrote to its console. */
  console(bytes: Uint8Array): void;
  /** All vCPUs waited for a timer, and so many nanoseconds have passed at once. True: the run ends here. */
  idle?(nanoseconds: number): boolean;
}

export type RunOutcome =
  | { readonly kind: 'budget' }
  | { readonly kind: 'breakpoint'; readonly vcpu: number; readonly address: bigint }
  | { readonly kind: 'event'; readonly vcpu: number; readonly event: MachineEvent }
  | { readonly kind: 'touched'; readonly vcpu: number; readonly touched: Touched }
  | EndOfRun;
/** After which a guest runs no further. */
export type EndOfRun =
  | { readonly kind: 'powered-off'; readonly how: 'power-off' | 'reboot' }
  /** The guest can make no further progress; `why` is one sentence. */
  | { readonly kind: 'stuck'; readonly vcpu: number; readonly why: string };

export interface HypercallAnswer {
  /** What R3 would hold. */
  readonly status: bigint;
  /** R4 to R7. */
  readonly results: readonly bigint[];
}

export const exitDecisions = ['device', 'retry', 'data-storage', 'machine-check'] as const;
export type ExitDecision = (typeof exitDecisions)[number];

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
  /** Every change of one field that would let an access through that is refused now. Changes nothing. */
  changesThatLetThrough(vcpu: number, effectiveAddress: bigint, access: Access): readonly Change[];
  /** Makes such a change. */
  applyChange(vcpu: number, change: Change): void;
  /** The bytes that can be read from there on; shorter than `length` where the next page is not mapped. */
  readMemory(vcpu: number, effectiveAddress: bigint, length: number): Uint8Array;
  /** Writes what is mapped, whatever its protection; returns how many bytes. */
  writeMemory(vcpu: number, effectiveAddress: bigint, bytes: Uint8Array): number;
  readGuestPhysical(address: bigint, length: number): Uint8Array;
  /** Returns how many bytes are memory and have been written. */
  writeGuestPhysical(address: bigint, bytes: Uint8Array): number;
  /** Where an effective address leads in guest physical memory by the guest's own translation, whatever its protection. */
  guestPhysicalOf(vcpu: number, effectiveAddress: bigint): bigint | undefined;
  /** The host process's address behind a guest physical one; undefined where no slot is. */
  hostVirtualOf(guestPhysicalAddress: bigint): bigint | undefined;
  /** Where the host has that page now; undefined while it has none. */
  hostRealOf(hostVirtualAddress: bigint): bigint | undefined;
  /** The host's real memory. Devices are not read. */
  readHostReal(address: bigint, length: number): Uint8Array;
  writeHostReal(address: bigint, bytes: Uint8Array): number;

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
    /** The entry, valid or absent, that the walk would take for a 78-bit virtual address; the first of several. */
    find(virtualAddress: bigint): number | undefined;
  };
  memorySlots(): readonly MemorySlotView[];

  setGpr(vcpu: number, number: number, value: bigint): void;
  setSpecial(vcpu: number, name: Parameters<Registers['setSpecial']>[0], value: bigint): void;
  /** Makes a hypercall in the place of a vCPU that is in guest code, whose registers stay as they are. */
  hypercall(vcpu: number, number: number, given: readonly bigint[]): HypercallAnswer;
  setCr(vcpu: number, value: number): void;
  /** All 64 bits, SO, OV and CA among them. */
  setXer(vcpu: number, value: bigint): void;
  /** A doubleword of a VSR; the first of VSR 0 to 31 is the FPR. */
  setVsrDoubleword(vcpu: number, number: number, index: 0 | 1, value: bigint): void;
  setSlbEntry(vcpu: number, index: number, entry: SlbEntry): void;
  /** Writes an HPTE behind the hypervisor's back, and makes every vCPU forget its translations. */
  patchPageTable(index: number, first: bigint, second: bigint): void;
  /** Exits that have been answered, oldest first: the last few. */
  answeredExits(): readonly AnsweredExit[];
  /** What becomes of the pending exit: the device answers (a value that was supplied is forgotten), the instruction is
   * tried again, or it is refused by an interrupt. */
  decideExit(vcpu: number, decision: ExitDecision): void;
  /** Supplies what the pending load will return, the device then not being asked; or changes what the store writes. */
  supplyMmioData(vcpu: number, data: Uint8Array): void;
  /** Does something to the guest's memory from outside, now. */
  hostAction(action: HostAction): ActionResult;
  /** What a disk of the configuration holds now; undefined: there is none of that name, such as "virtio-blk0". */
  diskContents(device: string): Uint8Array | undefined;
  /** The whole state, to go back to, or to go on from in a machine of the same configuration. */
  capture(): Checkpoint;
  restore(checkpoint: Checkpoint): void;
  /** Keys typed at the guest's console. */
  typeOnConsole(bytes: Uint8Array): void;
}

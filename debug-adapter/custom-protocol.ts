/**
 * What the extension and the adapter say to each other beside the Debug Adapter Protocol. Types only, and nothing of
 * VS Code or Node, so that any client can use them.
 */

/** A memory slot in a launch configuration. */
export interface LaunchMemorySlot {
  readonly slot: number;
  /** Such as "0x80000000". */
  readonly guestPhysicalAddress: string;
  /** Such as "64M". */
  readonly size: string;
  readonly vma?: 'anonymous' | 'device';
  readonly flags?: number;
}

/** A device on the PCI bus in a launch configuration. */
export type LaunchDevice =
  | { readonly type: 'serial' | 'virtio-console' }
  /** A file, or a size such as "64M" for an empty disk. */
  | { readonly type: 'virtio-blk'; readonly file?: string; readonly size?: string; readonly readOnly?: boolean }
  | { readonly type: 'virtio-rng'; readonly seed?: number }
  | { readonly type: 'virtio-net'; readonly wire?: 'none' | 'loopback' };

/** The arguments of a launch request: a launch configuration of type "key31". */
export interface LaunchArguments {
  readonly program: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly cpu?: 'power7' | 'power8';
  /** Such as "256M". */
  readonly memory?: string;
  readonly smp?: number;
  readonly stopOnEntry?: boolean;
  readonly maxInstructions?: number;
  readonly kvm?: {
    readonly behavior?: 'rfc-2011' | 'v3.4' | 'v6.1';
    readonly realMode?: 'vrma' | 'rma';
  };
  readonly memorySlots?: readonly LaunchMemorySlot[];
  readonly devices?: readonly LaunchDevice[];
}

/** A 64-bit number as text: "0x" and its digits. JSON's own numbers do not hold one. */
export type Hexadecimal = string;

/** A memory slot as KVM holds it, and what the host process has mapped behind it. */
export interface SlotData {
  readonly slot: number;
  readonly guestPhysicalAddress: Hexadecimal;
  readonly size: Hexadecimal;
  readonly hostVirtualAddress: Hexadecimal;
  readonly flags: Hexadecimal;
  /** KVM's own flags are internal: user space can neither see nor set them. */
  readonly flagNames: readonly { readonly name: string; readonly internal: boolean }[];
  readonly areas: readonly AreaData[];
  /** HPTEs that map pages of the slot. */
  readonly mappedPages: number;
}
export interface AreaData {
  readonly start: Hexadecimal;
  readonly end: Hexadecimal;
  readonly kind: string;
  readonly name: string;
  readonly pageSize: number;
  readonly flagNames: readonly string[];
}

/** A valid entry of the segment lookaside buffer. */
export interface SegmentData {
  readonly index: number;
  readonly effectiveAddress: Hexadecimal;
  readonly segmentSize: string;
  readonly vsid: Hexadecimal;
  readonly pageSize: string;
  readonly ks: boolean;
  readonly kp: boolean;
  readonly noExecute: boolean;
  readonly esidWord: Hexadecimal;
  readonly vsidWord: Hexadecimal;
}

/** A register whose bits have names. */
export interface RegisterData {
  readonly name: string;
  readonly value: Hexadecimal;
  readonly fields: readonly { readonly name: string; readonly value: Hexadecimal; readonly mask: Hexadecimal }[];
}

/** An MMIO exit that waits for user space. */
export interface ExitData {
  readonly vcpu: number;
  readonly guestPhysicalAddress: Hexadecimal;
  readonly effectiveAddress: Hexadecimal;
  readonly length: number;
  readonly isWrite: boolean;
  readonly data: Hexadecimal | undefined;
  readonly instruction: string;
  readonly instructionAddress: Hexadecimal;
  readonly device: string | undefined;
}

/** Something that happened, at an instruction count. */
export interface EventData {
  /** Counts all events of the session; never given twice. */
  readonly sequence: number;
  readonly kind: string;
  readonly label: string;
  readonly instructionCount: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Where the instruction stands, by symbol. */
  readonly place: string | undefined;
  readonly source: { readonly path: string; readonly line: number } | undefined;
}

export interface GuestStateData {
  readonly vcpu: number;
  readonly instructionCount: number;
  readonly slots: readonly SlotData[];
  readonly segments: readonly SegmentData[];
  readonly registers: readonly RegisterData[];
  readonly exits: readonly ExitData[];
  readonly fault: { readonly effectiveAddress: Hexadecimal; readonly access: AccessName } | undefined;
  readonly events: readonly EventData[];
  /** Kinds of events that are kept, and all that there are. */
  readonly loggedKinds: readonly string[];
  readonly kinds: readonly { readonly kind: string; readonly label: string }[];
  /** Guest physical pages that are mapped without memory behind them: what the guest reaches devices by. */
  readonly deviceWindows: readonly { readonly guestPhysicalAddress: Hexadecimal; readonly size: Hexadecimal }[];
}

export type AccessName = 'load' | 'store' | 'fetch';

export interface PageTableData {
  readonly order: number;
  readonly groupCount: number;
  readonly entryCount: number;
  readonly occupied: number;
  /** Two bytes a group, in base64: entries in use with 16 for each absent one added; the highest key among them. */
  readonly groups: string;
}
/** Which entries are asked for; all conditions must hold. */
export interface EntryFilter {
  readonly group?: number;
  readonly key?: number;
  readonly state?: 'valid' | 'absent';
  /** A guest physical or virtual address within the page. */
  readonly address?: Hexadecimal;
}
export interface EntryData {
  readonly index: number;
  readonly group: number;
  readonly state: 'valid' | 'absent' | 'empty';
  readonly virtualAddress: Hexadecimal;
  readonly guestPhysicalAddress: Hexadecimal;
  readonly realAddress: Hexadecimal;
  readonly pageSize: string;
  readonly key: number;
  readonly protection: number;
  readonly slot: number | undefined;
  readonly secondary: boolean;
  /** Where the vCPU's segments reach the page; undefined where none does. */
  readonly effectiveAddress: Hexadecimal | undefined;
}

/** A translation, with all that decided it. */
export interface WalkData {
  readonly effectiveAddress: Hexadecimal;
  readonly access: AccessName;
  readonly mode: string;
  readonly verdict: string;
  readonly mapped: boolean;
  readonly segment:
    | { readonly origin: string; readonly vsid: Hexadecimal; readonly size: string; readonly pageSize: string }
    | undefined;
  readonly hash: Hexadecimal | undefined;
  readonly groups: readonly {
    readonly which: 'primary' | 'secondary';
    readonly number: number;
    readonly entries: readonly { readonly index: number; readonly refused: string | undefined }[];
  }[];
  readonly entry: { readonly index: number; readonly first: Hexadecimal; readonly second: Hexadecimal } | undefined;
  readonly protection: readonly string[];
  readonly realAddress: Hexadecimal | undefined;
  /** What KVM makes of the page, where an entry, valid or absent, was found. */
  readonly host:
    | {
        readonly entryIndex: number;
        readonly state: 'valid' | 'absent' | 'empty';
        readonly key: number;
        readonly guestPhysicalAddress: Hexadecimal;
        readonly slot: number | undefined;
        readonly hostVirtualAddress: Hexadecimal | undefined;
        readonly area: AreaData | undefined;
      }
    | undefined;
}

/** The requests beside DAP's own: arguments and the body of the response. */
export interface CustomRequests {
  /** What the views show; answered while the guest runs too. */
  'key31/state': [{ readonly threadId?: number }, GuestStateData];
  'key31/pageTable': [object, PageTableData];
  /** A page of the entries in use that pass a filter, at most 1000. */
  'key31/pageTableEntries': [
    { readonly start: number; readonly count: number; readonly filter?: EntryFilter },
    { readonly total: number; readonly entries: readonly EntryData[] },
  ];
  'key31/translate': [
    { readonly address: Hexadecimal; readonly access: AccessName; readonly threadId?: number },
    WalkData,
  ];
  /** What the pending load will return; refused where none waits. */
  'key31/supplyMmioData': [{ readonly threadId: number; readonly value: string }, undefined];
  /** Which events are kept from now on. */
  'key31/logEvents': [{ readonly kinds: readonly string[] }, undefined];
  /** Keys typed at the guest's console. */
  'key31/type': [{ readonly text: string }, undefined];
}

/** The event "key31/console": what the guest has written, as it came. */
export interface ConsoleEventBody {
  /** In base64: a character may be cut in two. */
  readonly bytes: string;
}

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
}

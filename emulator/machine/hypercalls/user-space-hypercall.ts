import type { HypercallResult } from '../../kvm/hypercalls/hypercall';
import type { Clock } from '../clock';
import type { Console } from '../console';
import type { EndOfRun } from '../debug-target';
import type { GuestMemory } from '../guest-memory';
import type { Vcpu } from '../vcpu';
import type { EmulatedDevice } from '../devices/device';
import type { HostBridge } from '../pci/host-bridge';
import type { InterruptController } from '../xics/interrupt-controller';

/** What user space has in hand when KVM passes it a hypercall (KVM_EXIT_PAPR_HCALL). */
export interface UserSpace {
  readonly memory: GuestMemory;
  readonly console: Console;
  readonly vcpus: readonly Vcpu[];
  readonly clock: Clock;
  readonly interrupts: InterruptController;
  /** What answers at guest physical addresses. */
  readonly devices: readonly EmulatedDevice[];
  /** Undefined: the machine has no PCI bus. */
  readonly pci: HostBridge | undefined;
  /** NVRAM. */
  readonly nonVolatile: Uint8Array;
  /** The guest has come to its end. */
  end(outcome: EndOfRun): void;
}

/** A hypercall that user space answers, as QEMU does. The parameters are R4 and on, by name. */
export interface UserSpaceHypercall<P extends string> {
  readonly name: string;
  readonly number: number;
  readonly parameters: readonly P[];
  run(space: UserSpace, vcpu: Vcpu, args: Readonly<Record<P, bigint>>): HypercallResult;
}
export const userSpaceHypercall = <const P extends string>(
  definition: UserSpaceHypercall<P>,
): UserSpaceHypercall<string> => definition;

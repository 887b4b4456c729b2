import type { HypercallResult } from '../../kvm/hypercalls/hypercall';
import type { Console } from '../console';
import type { GuestMemory } from '../guest-memory';
import type { Vcpu } from '../vcpu';

/** What user space has in hand when KVM passes it a hypercall (KVM_EXIT_PAPR_HCALL). */
export interface UserSpace {
  readonly memory: GuestMemory;
  readonly console: Console;
  readonly vcpus: readonly Vcpu[];
  powerOff(how: 'power-off' | 'reboot'): void;
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

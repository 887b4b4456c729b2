import type { UserSpace } from '../hypercalls/user-space-hypercall';
import type { Vcpu } from '../vcpu';

/** What RTAS calls answer first (PAPR 7.2.8). */
export const rtasStatus = {
  success: 0,
  hardwareError: -1,
  parameterError: -3,
  /** No such parameter, sensor or indicator, and of RTAS itself: no such call. */
  notSupported: -3,
  authority: -9002,
} as const;

export interface RtasResult {
  /** The first of the results. */
  readonly status: number;
  /** The others, 32 bits each. */
  readonly results?: readonly number[];
}

/** One of the Run-Time Abstraction Services. The parameters are the argument words in order, by name. */
export interface RtasCall<P extends string> {
  /** Of the property of /rtas that holds the token. */
  readonly name: string;
  readonly token: number;
  readonly parameters: readonly P[];
  run(space: UserSpace, vcpu: Vcpu, args: Readonly<Record<P, number>>): RtasResult;
}
export const rtasCall = <const P extends string>(definition: RtasCall<P>): RtasCall<string> => definition;

export const succeeded: RtasResult = { status: rtasStatus.success };
export const wrongParameter: RtasResult = { status: rtasStatus.parameterError };

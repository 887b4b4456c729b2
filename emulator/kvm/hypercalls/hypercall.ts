import type { Kvm } from '../kvm';

/** Return codes (PAPR; Linux: asm/hvcall.h). */
export const status = {
  success: 0n,
  busy: 1n,
  /** H_JOIN: all others have joined. */
  continue: 18n,
  hardware: -1n,
  function: -2n,
  privilege: -3n,
  parameter: -4n,
  badMode: -5n,
  ptegFull: -6n,
  notFound: -7n,
  resource: -16n,
  p2: -55n,
  p3: -56n,
  p4: -57n,
} as const;

export interface HypercallResult {
  readonly status: bigint;
  /** R4 and on. */
  readonly results?: readonly bigint[];
}

/** A hypercall that KVM itself answers. The parameters are R4 and on, by name. */
export interface Hypercall<P extends string> {
  readonly name: string;
  readonly number: number;
  readonly parameters: readonly P[];
  run(kvm: Kvm, args: Readonly<Record<P, bigint>>): HypercallResult;
}

export const hypercall = <const P extends string>(definition: Hypercall<P>): Hypercall<string> => definition;

/** Flags of the page table calls. */
export const flag = {
  exact: 1n << 39n,
  readFour: 1n << 37n,
  avpn: 1n << 31n,
  andCondition: 1n << 30n,
} as const;

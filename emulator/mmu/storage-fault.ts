import type { Verdict } from './verdict';

export type Access = 'load' | 'store' | 'fetch';

/** An access that translation refused, with the bits that the interrupt will report. A value: guests fault. */
export interface StorageFault {
  readonly access: Access;
  readonly effectiveAddress: bigint;
  readonly verdict: Exclude<Verdict, 'mapped'>;
  /** DSISR bits for a load or store, SRR1 bits for a fetch; DSISR[ISSTORE] included. */
  readonly status: bigint;
}

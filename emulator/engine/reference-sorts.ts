/** What the reference engine computes with. */
export interface ReferenceSorts {
  readonly value: bigint;
  readonly condition: boolean;
  /** 128 bits. */
  readonly vector: bigint;
}

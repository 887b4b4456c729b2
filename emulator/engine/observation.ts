/** A stretch of the host's real memory that a debugger watches. */
export interface ObservedStretch {
  /** Host real address, and bytes. */
  readonly start: number;
  readonly length: number;
  readonly loads: boolean;
  readonly stores: boolean;
}

/** An access to an observed stretch. */
export interface ObservedAccess {
  readonly stretch: ObservedStretch;
  readonly effectiveAddress: bigint;
  readonly length: number;
  readonly isWrite: boolean;
  /** What stood there, and what stands there now. */
  readonly before: bigint;
  readonly after: bigint;
}

/** What a debugger wants to see of one vCPU's instructions. Kept only while it asks. */
export class Observation {
  stretches: readonly ObservedStretch[] = [];
  accesses: ObservedAccess[] = [];
  /** Whether a change of the SLB is to be noticed. */
  segments = false;

  /** The stretch that an access at a host real address touches. */
  stretchAt(place: number, length: number, isWrite: boolean): ObservedStretch | undefined {
    return this.stretches.find(
      ({ start, length: size, loads, stores }) =>
        (isWrite ? stores : loads) && place < start + size && start < place + length,
    );
  }
}

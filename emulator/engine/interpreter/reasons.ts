/** Why generated code stopped. */
export const reasons = {
  budget: 0,
  /** The instruction at NIA is for the reference engine. */
  slow: 1,
  /** The jump cache does not know the page of NIA. */
  page: 2,
  /** The record at NIA has not been made yet. */
  undecoded: 3,
  /** The instruction's handler is outside the loop. */
  rare: 4,
  /** The data TLB does not know the page of an access. */
  loadMiss: 5,
  storeMiss: 6,
  /** A handler outside the loop has done its instruction. */
  done: 7,
  /** A handler outside the loop has changed the MSR, and NIA is where it goes on. */
  moved: 8,
  /** The instruction at NIA traps. */
  trap: 9,
  /** sc has been done: NIA is after it, its level in engineScratch.level. */
  systemCall: 10,
  /** The walk refused an access: engineScratch has the address, the kind and the verdict. */
  fault: 11,
} as const;
export type Reason = keyof typeof reasons;

/** Handler numbers with a meaning of their own; the others follow. */
export const handlers = { undecoded: 0, slow: 1, pageEnd: 2, first: 3 } as const;

/** Instructions in a page: the longest run without a jump. */
export const longestStraightRun = 1024;

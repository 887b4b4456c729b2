/** What all parts of the bench are told, and how they condense what they measure. */
export interface Bench {
  /** Where the workloads' ELFs are. */
  readonly guests: string;
  readonly runGuest: string;
  /** The product's command line. */
  readonly key31: string;
  readonly rounds: number;
  /** Names such as mix.le; none: all. */
  readonly workloads: readonly string[];
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

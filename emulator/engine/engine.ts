import type { StepOutcome } from './reference';

/** How a run of instructions ended. */
export type RunEnd =
  /** The last instruction was not completed, or calls the system: see StepOutcome. */
  | Exclude<StepOutcome, { readonly kind: 'retired' }>
  /** All have retired, and no more were allowed; or fewer, because what the budget was worked out from has changed. */
  | { readonly kind: 'budget' }
  /** All have retired, and the last one branches to itself, always. */
  | { readonly kind: 'standing' };

/** What runs a vCPU's instructions. Which one does it, and where its runs end, is nothing that a guest can see. */
export interface Engine {
  /**
   * Begins at least one instruction and at most `budget`. It ends early, with `budget`, before an instruction at a
   * breakpoint (though never at the first), once the decrementer has changed, and, if an interrupt waits for the MSR to
   * allow it, once that has changed; without one it may.
   */
  run(budget: number, interruptWaits: boolean): RunEnd;
  /** Effective addresses from now on. */
  setBreakpoints(addresses: ReadonlySet<bigint>): void;
}

/** How an engine tells of time: so many more instructions have begun. Called before anything can ask what time it is. */
export type CountInstructions = (instructions: number) => void;

export const budgetSpent: RunEnd = { kind: 'budget' };
export const standing: RunEnd = { kind: 'standing' };

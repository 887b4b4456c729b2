import type { BreakpointHit } from './breakpoints';
import type { MachineEvent, RunOutcome, Touched } from '../../emulator/index';

/** Why the guest stands still. */
export type Stop = { readonly vcpu: number } & (
  | { readonly kind: 'entry' | 'pause' | 'step' }
  | { readonly kind: 'breakpoint'; readonly hits: readonly BreakpointHit[] }
  | { readonly kind: 'event'; readonly event: MachineEvent }
  | { readonly kind: 'touched'; readonly touched: Touched; readonly watch: WatchHit | undefined }
  | { readonly kind: 'stuck'; readonly why: string }
);
/** The data breakpoint that has stopped the guest. */
export interface WatchHit {
  readonly id: number;
  readonly description: string;
}

/** How a guest has ended. */
export type Ending =
  | Extract<RunOutcome, { kind: 'powered-off' | 'stuck' }>
  | { readonly kind: 'limit'; readonly instructions: number }
  /** Whoever ran it has had enough. */
  | { readonly kind: 'quit' };

/** What a process that ran the guest would end with; see `key31 run --help`. */
export function exitCode(ending: Ending): number {
  switch (ending.kind) {
    case 'powered-off':
    case 'quit':
      return 0;
    case 'stuck':
      return 3;
    case 'limit':
      return 4;
  }
}

export function endingText(ending: Ending, instructionCount: number): string {
  const after = `after ${instructionCount.toLocaleString('en')} instructions`;
  switch (ending.kind) {
    case 'powered-off':
      return ending.how === 'reboot' ? `The guest asked for a reboot ${after}.` : `The guest powered off ${after}.`;
    case 'stuck':
      return `The guest can go no further, ${after}: ${ending.why}`;
    case 'quit':
      return `Ended at the keyboard ${after}.`;
    case 'limit':
      return `The limit of ${ending.instructions.toLocaleString('en')} instructions is reached.`;
  }
}

import type { IndexedValues, NamedValue } from './named-value';

/** A scope of the Variables view; also a command of the debug console. */
export interface ScopeValues {
  readonly name: string;
  /** What the debug console calls it. */
  readonly command: string;
  readonly children: () => readonly NamedValue[];
  readonly indexed?: IndexedValues;
  readonly hint?: 'arguments' | 'locals' | 'registers';
  /** What tells it from that of another frame; a scope without one is the vCPU's, and all its frames share it. */
  readonly key?: string;
}

import type { TypedAddress } from '../session/addresses';

/** A value as the Variables view shows it, before DAP's numbers for it. Trees of them also make the console's text. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** What a watch or a hover would call it. */
  readonly evaluateName?: string;
  /** Where in memory to look; a bare number is an effective address. */
  readonly memoryReference?: bigint | TypedAddress;
  /** Code that the value points to. */
  readonly codeAddress?: bigint;
  /** What a data breakpoint on it watches, where that is another thing than `evaluateName` says; see watch-place.ts. */
  readonly watch?: string;
  readonly children?: () => readonly NamedValue[];
  /** Children that are many and numbered: only those that are looked at are made. */
  readonly indexed?: IndexedValues;
  /** Puts a number in its place. Absent: it cannot be changed. */
  readonly assign?: (value: bigint) => void;
}

export interface IndexedValues {
  readonly count: number;
  at(index: number): NamedValue;
}

export const named = (name: string, value: string, more: Omit<NamedValue, 'name' | 'value'> = {}): NamedValue => ({
  name,
  value,
  ...more,
});

const MAXIMUM_INDEXED = 32;

/** A tree as indented text, for clients and consoles that show no tree. */
export function treeText(values: readonly NamedValue[], depth = 8, indent = ''): string {
  return values.map((value) => branchText(value, depth, indent)).join('\n');
}

function branchText(value: NamedValue, depth: number, indent: string): string {
  const line = `${indent}${value.name}: ${value.value}`;
  if (depth <= 1) return line;
  const { indexed } = value;
  const shown = indexed ? Math.min(indexed.count, MAXIMUM_INDEXED) : 0;
  const below = [...(value.children?.() ?? []), ...Array.from({ length: shown }, (_, index) => indexed!.at(index))];
  const rest = indexed && indexed.count > shown ? [`${indent}  … ${indexed.count - shown} more`] : [];
  return [line, ...(below.length > 0 ? [treeText(below, depth - 1, `${indent}  `)] : []), ...rest].join('\n');
}

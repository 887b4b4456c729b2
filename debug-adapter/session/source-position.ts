/** Where code stands in its source, with the calls that were inlined there. */
import { isIn, rangesOf } from '../symbols/dwarf/address-ranges';
import type { Entry } from '../symbols/dwarf/entry';
import type { FunctionPlace } from '../symbols/dwarf/functions';
import type { SourceLine } from '../symbols/line-table';
import type { VcpuOfGuest } from './guest';
import { linkedAddress } from './linked-address';

export interface SourcePosition {
  /** The function first, then what is inlined; a call that begins at just this instruction has yet to be made. */
  readonly places: readonly FunctionPlace[];
  readonly line: SourceLine | undefined;
  /** Whether a statement begins here. */
  readonly isStart: boolean;
}

/**
 * `entersInlined`: a function that is inlined from just this instruction on counts as entered. For a person who steps
 * it has yet to be called, as one that is not inlined would have to be.
 */
export function positionAt(of: VcpuOfGuest, address: bigint, entersInlined: boolean): SourcePosition {
  const linked = linkedAddress(of, address);
  const all = of.program.source.functions.at(linked);
  const { lines } = of.program;
  const next = entersInlined ? -1 : all.findIndex(({ entry, calledFrom }) => calledFrom && beginsAt(entry, linked));
  if (next < 0) return { places: all, line: lines.lineAt(linked), isStart: lines.isStartOfLine(linked) };
  return { places: all.slice(0, next), line: lineOfCall(of, all[next]!), isStart: true };
}

const beginsAt = (entry: Entry, address: bigint): boolean => {
  const ranges = rangesOf(entry);
  return isIn(ranges, address) && !isIn(ranges, address - 1n);
};

/** The line that a function which is inlined was called from. */
export function lineOfCall(of: VcpuOfGuest, { entry, calledFrom }: FunctionPlace): SourceLine | undefined {
  if (!calledFrom || calledFrom.line === 0) return undefined;
  const file = of.program.lines.fileOf(entry.unit, calledFrom.file);
  return file === undefined ? undefined : { path: file, line: calledFrom.line };
}

/** The line that an instruction was made from. */
export const sourceOf = (of: VcpuOfGuest, address: bigint): SourceLine | undefined =>
  of.program.lines.lineAt(linkedAddress(of, address));

import { hexadecimal, type LevelFrame } from '../../emulator/index';
import type { FunctionPlace } from '../symbols/dwarf/functions';
import type { SourceLine } from '../symbols/line-table';
import { symbolText, type VcpuOfGuest } from './guest';
import { lineOfCall, positionAt } from './source-position';
import { insideInstruction, unwind, type GuestFrame } from './unwind';

/** A function as the source has it, running in a frame of the guest's stack; it may be inlined into another one. */
export interface SourceFrame {
  /** The frames of the guest's stack, and which of them this one lies in. */
  readonly stack: readonly GuestFrame[];
  readonly index: number;
  readonly place: FunctionPlace;
}

/** A frame of the one call stack: the levels that hold a trapped access, innermost first, then the guest's own. */
export type Frame =
  | { readonly kind: 'level'; readonly name: string; readonly level: LevelFrame }
  | {
      readonly kind: 'guest';
      readonly name: string;
      readonly guest: GuestFrame;
      readonly source: SourceLine | undefined;
      /** Undefined for code without debug information. */
      readonly sourceFrame: SourceFrame | undefined;
    };

/** See positionAt for `entersInlined`. */
export function callStack(of: VcpuOfGuest, entersInlined: boolean): readonly Frame[] {
  const levels = [...of.vcpu.levels].reverse().map((level): Frame => ({ kind: 'level', name: level.name, level }));
  const stack = unwind(of);
  return [...levels, ...stack.flatMap((_, index) => framesAt(of, stack, index, entersInlined || index > 0))];
}

/** The function of a frame of the stack, behind the calls that were inlined into it. */
function framesAt(
  of: VcpuOfGuest,
  stack: readonly GuestFrame[],
  index: number,
  entersInlined: boolean,
): readonly Frame[] {
  const guest = stack[index]!;
  const { places, line } = positionAt(of, insideInstruction(guest), entersInlined);
  if (places.length === 0) {
    return [{ kind: 'guest', name: nameOf(of, guest), guest, source: line, sourceFrame: undefined }];
  }
  return [...places].reverse().map((place, depth) => {
    const inner = places[places.length - depth];
    // The function itself keeps its symbol's name, and how far into it the frame stands.
    const name = place.calledFrom ? `${place.name} (inlined)` : nameOf(of, guest);
    return {
      kind: 'guest',
      name,
      guest,
      source: inner ? lineOfCall(of, inner) : line,
      sourceFrame: { stack, index, place },
    };
  });
}

function nameOf(of: VcpuOfGuest, guest: GuestFrame): string {
  const name = symbolText(of, insideInstruction(guest));
  if (name === undefined) return hexadecimal(guest.address);
  return guest.isExact ? name : (symbolText(of, guest.address) ?? name);
}

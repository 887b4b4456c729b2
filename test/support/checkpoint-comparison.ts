/** A run that goes on from a checkpoint is the run that was never interrupted. */
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import { expect } from 'vitest';
import type { DebugTarget } from '../../emulator/index';
import { quiet } from './emulator-guest';

const stateHash = (machine: DebugTarget): string =>
  createHash('sha256').update(serialize(machine.capture())).digest('hex');
const runTo = (machine: DebugTarget, count: number): void => {
  while (machine.instructionCount < count && !machine.ended) machine.run(count - machine.instructionCount, quiet);
};

/** Hashes at some counts of a run that goes on, and of runs that go on from its checkpoints in machines of their own. */
export function compareCheckpoints(make: () => DebugTarget, counts: readonly number[]): void {
  const whole = make();
  const points = counts.map((count) => {
    runTo(whole, count);
    return { count, checkpoint: whole.capture(), hash: stateHash(whole) };
  });
  for (const [index, { checkpoint }] of points.entries()) {
    const again = make();
    // Something else has run there before: nothing of it may be left.
    runTo(again, 1000 * (index + 1));
    again.restore(checkpoint);
    for (const { count, hash } of points.slice(index)) {
      runTo(again, count);
      expect({ from: points[index]?.count, count, hash: stateHash(again) }).toEqual({
        from: points[index]?.count,
        count,
        hash,
      });
    }
  }
}

/** Instruction counts below `most`, in order. */
export function drawCounts(seed: number): (most: number, howMany: number) => number[] {
  let drawn = seed;
  /** From 0 to 1. */
  const random = (): number => {
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return drawn / 2 ** 32;
  };
  return (most, howMany) =>
    Array.from({ length: howMany }, () => 1 + Math.floor(random() * most)).sort((a, b) => a - b);
}

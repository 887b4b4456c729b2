import { chosenSeed } from './seed';

/** Numbers that look random and are the same for the same seed, so that a failure can be had again. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed = chosenSeed()) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }
  /** From 0 to limit - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

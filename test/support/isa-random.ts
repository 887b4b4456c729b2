/** A seeded source of numbers, so that a failure can be had again. */
import { chosenSeed } from './seed';
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(limit: number): number {
    return this.next() % limit;
  }
  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }
  wide(): bigint {
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }
}

/** The seed of this run, which is printed. */
export const seedFor = (what: string): number => {
  const seed = chosenSeed();
  console.log(`${what}: KEY31_SEED=${seed}`);
  return seed;
};

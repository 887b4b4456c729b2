import type { AlgorithmOperations, NamedMask, Refuse, Wanted } from '../operations/algorithm-operations';
import { specialOffsets } from '../state/layout';
import type { Special } from '../state/special-names';
import { unsigned64 } from '../word/unsigned';

export interface ExplainSorts {
  readonly value: bigint;
  readonly condition: boolean;
  readonly vector: never;
}

/** What one step of a search saw. */
export interface Try {
  readonly index: number;
  refused?: string;
  readonly evidence: Evidence;
}
export interface Evidence {
  readonly notes: Record<string, bigint>;
  readonly searches: { readonly what: string; readonly tries: Try[] }[];
}
/** A run of an algorithm with all that it saw. Its stores were not done: they stand in `effects`. */
export interface Explanation extends Evidence {
  readonly verdict: number;
  readonly effects: readonly { readonly address: bigint; readonly bytes: number; readonly value: bigint }[];
}

class Finished {
  readonly verdict: number;
  constructor(verdict: number) {
    this.verdict = verdict;
  }
}
class Refused {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** Memory that an explanation reads: the machine's own, or one in which something is otherwise. */
export type ReadableMemory = Pick<DataView, 'getBigUint64' | 'getUint32' | 'getUint8'>;

/** Runs an algorithm on bigints and keeps the name, value and refusal of everything it looked at. Writes nothing. */
export class Explain implements AlgorithmOperations<ExplainSorts> {
  readonly #memory: ReadableMemory;
  readonly #base: number;
  readonly #effects: { address: bigint; bytes: number; value: bigint }[] = [];
  #now: Evidence = { notes: {}, searches: [] };

  private constructor(memory: ReadableMemory, base: number) {
    this.#memory = memory;
    this.#base = base;
  }

  static run(memory: ReadableMemory, base: number, algorithm: (op: Explain) => void): Explanation {
    const op = new Explain(memory, base);
    const top = op.#now;
    try {
      algorithm(op);
    } catch (outcome) {
      if (outcome instanceof Finished) return { ...top, effects: op.#effects, verdict: outcome.verdict };
      throw outcome;
    }
    throw new Error('the algorithm ended without a verdict');
  }

  constant(value: number | bigint): bigint {
    return unsigned64(BigInt(value));
  }
  add(a: bigint, b: bigint): bigint {
    return unsigned64(a + b);
  }
  subtract(a: bigint, b: bigint): bigint {
    return unsigned64(a - b);
  }
  and(a: bigint, b: bigint): bigint {
    return a & b;
  }
  or(a: bigint, b: bigint): bigint {
    return a | b;
  }
  xor(a: bigint, b: bigint): bigint {
    return a ^ b;
  }
  shiftLeft(a: bigint, amount: bigint): bigint {
    return unsigned64(a << (amount & 63n));
  }
  shiftRight(a: bigint, amount: bigint): bigint {
    return a >> (amount & 63n);
  }
  equal(a: bigint, b: bigint): boolean {
    return a === b;
  }
  lessUnsigned(a: bigint, b: bigint): boolean {
    return a < b;
  }
  both(a: boolean, b: boolean): boolean {
    return a && b;
  }
  either(a: boolean, b: boolean): boolean {
    return a || b;
  }
  not(a: boolean): boolean {
    return !a;
  }
  select(condition: boolean, whenTrue: bigint, whenFalse: bigint): bigint {
    return condition ? whenTrue : whenFalse;
  }

  special(name: Special): bigint {
    return this.#memory.getBigUint64(this.#base + specialOffsets[name], true);
  }
  stateAddress(offset: number): bigint {
    return BigInt(this.#base + offset);
  }
  any(a: bigint, mask: bigint): boolean {
    return (a & unsigned64(mask)) !== 0n;
  }
  load(address: bigint, bytes: 1 | 4 | 8): bigint {
    const at = Number(address);
    if (bytes === 8) return this.#memory.getBigUint64(at, true);
    return BigInt(bytes === 4 ? this.#memory.getUint32(at, true) : this.#memory.getUint8(at));
  }
  store(address: bigint, bytes: 1 | 4 | 8, value: bigint): void {
    this.#effects.push({ address, bytes, value });
  }
  loadBigEndian(address: bigint): bigint {
    return this.#memory.getBigUint64(Number(address));
  }

  wanted(value: bigint, mask: bigint): Wanted<bigint> {
    return { value: value & mask, mask };
  }
  demand(address: bigint, wanted: Wanted<bigint>, parts: readonly NamedMask[], refuse: Refuse<boolean>): bigint {
    const word = this.note('hpte_v', this.loadBigEndian(address));
    for (const [name, mask] of parts) refuse(((word ^ wanted.value) & wanted.mask & mask) !== 0n, name);
    return word;
  }
  first(
    what: string,
    count: number,
    attempt: (index: bigint, refuse: Refuse<boolean>) => bigint,
    none: () => bigint | undefined,
  ): bigint {
    const outer = this.#now;
    const tries: Try[] = [];
    outer.searches.push({ what, tries });
    try {
      for (let index = 0; index < count; index++) {
        const one: Try = { index, evidence: { notes: {}, searches: [] } };
        this.#now = one.evidence;
        tries.push(one);
        try {
          return attempt(BigInt(index), (condition, why) => {
            if (condition) throw new Refused(why);
          });
        } catch (outcome) {
          if (!(outcome instanceof Refused)) throw outcome;
          one.refused = outcome.why;
        }
      }
    } finally {
      this.#now = outer;
    }
    const answer = none();
    if (answer === undefined) throw new Error(`the search for ${what} neither answered nor finished`);
    return answer;
  }

  when(condition: boolean, then: () => void): void {
    if (condition) then();
  }
  choose(condition: boolean, whenTrue: () => bigint, whenFalse: () => bigint): bigint {
    return condition ? whenTrue() : whenFalse();
  }
  finish(verdict: number): never {
    throw new Finished(verdict);
  }
  finishIf(condition: boolean, verdict: number): void {
    if (condition) this.finish(verdict);
  }
  note(name: string, value: bigint): bigint {
    this.#now.notes[name] = value;
    return value;
  }
}

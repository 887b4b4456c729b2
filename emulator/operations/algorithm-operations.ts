import type { Special } from '../state/special-names';
import type { Arithmetic, Sorts } from './arithmetic';

/** A named part of a word, so that a refusal can say which part differed. */
export type NamedMask = readonly [name: string, mask: bigint];

/** A big-endian pattern, prepared once outside a loop. */
export interface Wanted<V> {
  readonly value: V;
  readonly mask: V;
}
export type Refuse<C> = (condition: C | true, why: string) => void;

/**
 * The vocabulary of the algorithms that run on every miss: the instructions' arithmetic, with searches, verdicts and
 * evidence. Emitted they are WebAssembly; explained they keep what they saw and write nothing. Addresses are places in
 * the machine's linear memory.
 */
export interface AlgorithmOperations<S extends Sorts, V = S['value'], C = S['condition']> extends Arithmetic<S, V, C> {
  special(name: Special): V;
  /** The linear address of a place in this vCPU's block of state. */
  stateAddress(offset: number): V;
  /** A truth value for "some of these bits are set". */
  any(a: V, mask: bigint): C;
  /** The emulator's own tables, in the host's byte order. */
  load(address: V, bytes: 1 | 4 | 8): V;
  store(address: V, bytes: 1 | 4 | 8, value: V): void;
  /** What a guest can see, which is big-endian in the hashed page table. */
  loadBigEndian(address: V): V;

  wanted(value: V, mask: V): Wanted<V>;
  /** Refuses unless the big-endian doubleword at `address` agrees with `wanted`; names the first part that differs. */
  demand(address: V, wanted: Wanted<V>, parts: readonly NamedMask[], refuse: Refuse<C>): V;
  /** Tries 0 to count - 1 in order; the first candidate that is not refused is the answer. */
  first(what: string, count: number, attempt: (index: V, refuse: Refuse<C>) => V, none: () => V | undefined): V;

  when(condition: C, then: () => void): void;
  /** Only the side that is chosen is computed. */
  choose(condition: C, whenTrue: () => V, whenFalse: () => V): V;
  finish(verdict: number): void;
  finishIf(condition: C, verdict: number): void;
  /** Evidence; costs nothing when emitted. */
  note(name: string, value: V): V;
}

/**
 * What an engine computes with. In the reference engine a value is a bigint and a condition a boolean; in a generator
 * both are code. A value is 64 bits, and once obtained it never changes, whatever is written afterwards.
 */
export interface Sorts {
  readonly value: unknown;
  readonly condition: unknown;
  readonly vector: unknown;
}

/** The part of the vocabulary that instructions and the MMU's algorithms share. */
export interface Arithmetic<S extends Sorts, V = S['value'], C = S['condition']> {
  constant(value: number | bigint): V;
  add(a: V, b: V): V;
  subtract(a: V, b: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** Shift amounts are taken modulo 64. */
  shiftLeft(a: V, amount: V): V;
  shiftRight(a: V, amount: V): V;

  equal(a: V, b: V): C;
  lessUnsigned(a: V, b: V): C;
  both(a: C, b: C): C;
  either(a: C, b: C): C;
  not(a: C): C;
  /** Both sides are computed; see `choose` for the one that computes what it needs. */
  select(condition: C, whenTrue: V, whenFalse: V): V;
}

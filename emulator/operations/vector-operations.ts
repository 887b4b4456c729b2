import type { Sorts } from './arithmetic';
import type { Operand } from './operand';

export type ElementBits = 8 | 16 | 32 | 64;
/** How the elements of a vector are read: their width, and what stands to their left in 64 bits. */
export interface Element {
  readonly bits: ElementBits;
  readonly signed: boolean;
}

/**
 * What the vector facility adds to the vocabulary (Book I chapter 6). A vector has 128 bits; its elements are counted
 * from the left in both byte orders, as the manual counts them.
 */
export interface VectorOperations<S extends Sorts, V = S['value'], X = S['vector']> {
  vr(register: Operand<'vr'>): X;
  setVr(register: Operand<'vr'>, value: X): void;
  /** An element, extended to 64 bits. */
  element(vector: X, type: Element, index: number): V;
  /** Puts as many elements together as fill a vector, each cut to its width. */
  vectorOf(bits: ElementBits, elements: readonly V[]): X;
  /** Each byte of `chosen` names, by its last five bits, one of the 32 bytes of first and second together. */
  permute(first: X, second: X, chosen: X): X;
}

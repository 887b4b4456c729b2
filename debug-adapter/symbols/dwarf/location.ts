import type { Entry } from './entry';

/** Where a value, or a piece of one, is. */
export type Place =
  | { readonly kind: 'memory'; readonly address: bigint }
  /** By its DWARF number, in the frame that the expression was evaluated for. */
  | { readonly kind: 'register'; readonly number: number }
  /** Nowhere: computed, as a number of 64 bits or fewer. */
  | { readonly kind: 'computed'; readonly value: bigint }
  /** Nowhere: these bytes, as they would lie in memory. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A pointer that does not exist any more, to something that may still be known. */
  | { readonly kind: 'implicit-pointer'; readonly target: Entry | undefined; readonly offset: bigint }
  | { readonly kind: 'optimized-out' };

export interface Piece {
  readonly place: Place;
  /** How many bits of the value it holds; undefined: all. */
  readonly bitSize: number | undefined;
  /** Where in its place it begins, from the end that holds the least significant bit of a register. */
  readonly bitOffset: number;
}
/** A value in one piece or in several, in the order of memory. */
export type Location = readonly Piece[];

export const whole = (place: Place): Location => [{ place, bitSize: undefined, bitOffset: 0 }];
export const optimizedOut: Location = whole({ kind: 'optimized-out' });

const LOW_60_BITS = (1n << 60n) - 1n;

/** What is left of an effective address in real mode, which ignores its top four bits (Power ISA, Book III-S 5.7.3). */
export const withoutTopBits = (address: bigint): bigint => address & LOW_60_BITS;

/** Where a kernel is linked whose real addresses begin at zero. */
const LINKED_BASE = 0xc000_0000_0000_0000n;

/** Every effective address under which a guest in real mode may reach what another one names. */
export const realModeAliases = (address: bigint): readonly bigint[] => [
  ...new Set([address, withoutTopBits(address), LINKED_BASE | withoutTopBits(address)]),
];

/** Whether an instruction address is the same place as another one, as the mode has it. */
export const isSamePlace = (a: bigint, b: bigint, realMode: boolean): boolean =>
  a === b || (realMode && withoutTopBits(a) === withoutTopBits(b));

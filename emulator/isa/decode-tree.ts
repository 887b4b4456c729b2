import type { Instruction } from './instruction';

type Decode = (word: number) => Instruction | undefined;

/** Bits that tell instructions apart: primary opcode, extended opcodes, an SPR number, BO. */
const windows = [
  { shift: 26, width: 6 },
  { shift: 0, width: 11 },
  { shift: 11, width: 10 },
  { shift: 21, width: 5 },
] as const;
const FEW = 2;

const matching = (instructions: readonly Instruction[]): Decode => {
  const [first, second] = instructions;
  if (!first) return () => undefined;
  if (!second) return (word) => ((word & first.mask) === first.match ? first : undefined);
  return (word) => instructions.find(({ mask, match }) => (word & mask) === match);
};

function node(instructions: readonly Instruction[], level: number): Decode {
  const window = windows[level];
  if (!window || instructions.length <= FEW) return matching(instructions);
  const { shift, width } = window;
  const ones = 2 ** width - 1;
  const fitting: number[][] = Array.from({ length: ones + 1 }, () => []);
  instructions.forEach(({ mask, match }, i) => {
    const fixed = (match >>> shift) & ones;
    const free = ~(mask >>> shift) & ones;
    // Every subset of the free bits, from all of them down to none.
    for (let some = free; ; some = (some - 1) & free) {
      fitting[fixed | some]!.push(i);
      if (some === 0) break;
    }
  });
  // Many values lead to the same candidates, and so to one node.
  const nodes = new Map<string, Decode>();
  const children = fitting.map((candidates) => {
    const key = candidates.join();
    const child =
      nodes.get(key) ??
      node(
        candidates.map((i) => instructions[i]!),
        level + 1,
      );
    nodes.set(key, child);
    return child;
  });
  return (word) => children[(word >>> shift) & ones]!(word);
}

/** A decoder that looks at one group of bits after the other, and at few instructions in the end. */
export const decodeTree = (instructions: readonly Instruction[]): Decode =>
  node(
    [...instructions].sort((a, b) => Number(a.otherwise) - Number(b.otherwise)),
    0,
  );

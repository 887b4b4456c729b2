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

const isOne = (word: number, one: Instruction): boolean => (word & one.mask) === one.match && !one.isInvalidForm(word);

const matching = (instructions: readonly Instruction[]): Decode => {
  const [first, second] = instructions;
  if (!first) return () => undefined;
  if (!second) return (word) => (isOne(word, first) ? first : undefined);
  return (word) => instructions.find((one) => isOne(word, one));
};

function node(instructions: readonly Instruction[], level: number): Decode {
  const window = windows[level];
  if (!window || instructions.length <= FEW) return matching(instructions);
  const { shift, width } = window;
  const ones = 2 ** width - 1;
  // Made when a word first needs them: most words of most tables never come.
  const children: (Decode | undefined)[] = new Array<undefined>(ones + 1).fill(undefined);
  return (word) => {
    const value = (word >>> shift) & ones;
    const child = (children[value] ??= node(
      instructions.filter(({ mask, match }) => ((((match ^ word) & mask) >>> shift) & ones) === 0),
      level + 1,
    ));
    return child(word);
  };
}

/** A decoder that looks at one group of bits after the other, and at few instructions in the end. */
export const decodeTree = (instructions: readonly Instruction[]): Decode =>
  node(
    [...instructions].sort((a, b) => Number(a.otherwise) - Number(b.otherwise)),
    0,
  );

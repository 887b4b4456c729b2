/** Runs pieces on our engine and under QEMU, and tells in which words of what they leave the two differ. */
import { disassembleText } from '../../emulator/isa/table';
import { OurMachine, type Piece } from './differential-cases';
import {
  afterPieceOf,
  branch,
  inputSizeOf,
  outputSizeOf,
  place,
  runUnderQemu,
  WINDOW_SIZE,
  type RecordLayout,
} from './differential-qemu-user';
import type { Random } from './isa-random';

/** One word of an output that is not the same. */
export interface Disagreement {
  readonly piece: Piece;
  readonly input: readonly bigint[];
  readonly word: number;
  readonly ours: bigint;
  readonly theirs: bigint;
  /** Any word of what the two left. */
  readonly at: (word: number) => { readonly ours: bigint; readonly theirs: bigint };
}
/** Something in which QEMU may differ from us, why, and which bits of a word that excuses. */
export interface KnownDifference {
  readonly reason: string;
  readonly excuses: (one: Disagreement) => bigint;
}

export interface Comparison {
  readonly littleEndian: boolean;
  readonly layout: RecordLayout;
  readonly pieces: number;
  readonly inputsEach: number;
  readonly random: Random;
  readonly makePiece: (random: Random, littleEndian: boolean) => Piece;
  readonly makeInput: (random: Random, piece: Piece) => bigint[];
  readonly differences: readonly KnownDifference[];
}

interface Case {
  readonly piece: Piece;
  readonly input: readonly bigint[];
}

export const everything = 2n ** 64n - 1n;

function differencesIn(one: Case, ours: DataView, theirs: DataView, comparison: Comparison): string[] {
  const found: string[] = [];
  const wordOf = (view: DataView, word: number) => view.getBigUint64(word * 8, comparison.littleEndian);
  const bothAt = (word: number) => ({ ours: wordOf(ours, word), theirs: wordOf(theirs, word) });
  for (let at = 0; at < ours.byteLength; at += 8) {
    const word = at / 8;
    const { ours: a, theirs: b } = bothAt(word);
    if (a === b) continue;
    const excused = comparison.differences.reduce(
      (mask, { excuses }) => mask | excuses({ ...one, word, ours: a, theirs: b, at: bothAt }),
      0n,
    );
    if (((a ^ b) & ~excused) === 0n) continue;
    const text = one.piece.words.map((w) => disassembleText(w, 0n)).join('; ');
    const inputs = one.piece.shows?.map((n) => `${n}:${(one.input[n] ?? 0n).toString(16).padStart(16, '0')}`);
    found.push(`${text}: word ${word} ours ${a.toString(16)} QEMU ${b.toString(16)} from ${inputs?.join(' ') ?? ''}`);
  }
  return found;
}

/** How many cases were run, what differed without an excuse, and which mnemonics took part. */
export function compareWithQemu(comparison: Comparison) {
  const { littleEndian, layout, pieces, inputsEach, random } = comparison;
  const [inputSize, outputSize] = [inputSizeOf(layout), outputSizeOf(layout)];
  const window = Uint8Array.from({ length: WINDOW_SIZE }, () => random.next());
  const ours = new OurMachine(littleEndian, layout);
  const code: number[] = [];
  const inputs = new DataView(new ArrayBuffer(pieces * inputsEach * inputSize));
  const expected = new Uint8Array(pieces * inputsEach * outputSize);
  const cases: Case[] = [];
  for (let p = 0; p < pieces; p++) {
    const piece = comparison.makePiece(random, littleEndian);
    const address = BigInt(place.pieces + code.length * 4);
    const firstCase = cases.length;
    for (let i = 0; i < inputsEach; i++) {
      const input = comparison.makeInput(random, piece);
      piece.prepare(input, address, random);
      input[layout.piece] = address;
      const output = new DataView(expected.buffer, cases.length * outputSize, outputSize);
      if (!ours.run(piece, address, input, window, output)) continue;
      input.forEach((value, n) => inputs.setBigUint64(cases.length * inputSize + n * 8, value, littleEndian));
      cases.push({ piece, input });
    }
    if (cases.length > firstCase) {
      code.push(...piece.words);
      code.push(branch(place.pieces + code.length * 4, afterPieceOf(layout)));
    }
  }
  const used = new Uint8Array(inputs.buffer, 0, cases.length * inputSize);
  const actual = runUnderQemu({ littleEndian, pieces: code, inputs: used, window, layout });
  const part = (bytes: Uint8Array, c: number) => bytes.subarray(c * outputSize, (c + 1) * outputSize);
  const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const differing = cases.flatMap((one, c) => {
    const [a, b] = [part(expected, c), part(actual, c)];
    return Buffer.compare(a, b) === 0 ? [] : differencesIn(one, viewOf(a), viewOf(b), comparison);
  });
  const mnemonics = new Set(cases.map(({ piece }) => piece.instruction.mnemonic));
  return { executed: cases.length, mnemonics, differing };
}

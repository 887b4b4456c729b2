/** Random vector instructions with vectors for them. */
import type { Instruction } from '../../emulator/isa/instruction';
import { instructions } from '../../emulator/isa/table';
import { pointIntoWindow, randomRegisters, randomWord, type Piece } from './differential-cases';
import { wideRecord } from './differential-qemu-user';
import type { Random } from './isa-random';

/** Where the doublewords of a vector register stand in a record. */
export const vectorWord = (register: number, half: 0 | 1): number => wideRecord.vsr + (32 + register) * 2 + half;

const edgesOf = (bits: number): readonly bigint[] => {
  const half = 1n << BigInt(bits - 1);
  return [0n, 1n, 2n, half, half - 1n, half + 1n, 2n * half - 1n, 2n * half - 2n];
};
const integerEdges = new Map([8, 16, 32, 64].map((bits) => [bits, edgesOf(bits)]));
const singles = [
  0x0000_0000, 0x0000_0001, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x3f80_0000, 0x3f7f_ffff, 0x3f80_0001, 0x4000_0000,
  0x4b00_0000, 0x4aff_ffff, 0x4f00_0000, 0x4eff_ffff, 0x4f80_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fbf_ffff,
  0x7fc0_0000, 0x7fff_ffff, 0x3f00_0000, 0x3fc0_0000, 0x2000_0000, 0x1f80_0000, 0x5f00_0000, 0x7e80_0000,
];
function randomSingle(random: Random): bigint {
  const sign = random.below(2) === 0 ? 0n : 0x8000_0000n;
  switch (random.below(4)) {
    case 0:
    case 1:
      return sign | BigInt(random.of(singles));
    case 2:
      // Near one, where integers, sums and cancellations are.
      return sign | (BigInt(100 + random.below(60)) << 23n) | BigInt(random.next() >>> 9);
    default:
      return BigInt(random.next());
  }
}

function elementOf(bits: number, random: Random): bigint {
  if (random.below(2) === 0) return random.of(integerEdges.get(bits)!);
  return BigInt.asUintN(bits, random.wide() >> BigInt(random.below(bits)));
}
const joined = (bits: number, make: () => bigint): bigint => {
  let vector = 0n;
  for (let done = 0; done < 128; done += bits) vector = (vector << BigInt(bits)) | make();
  return vector;
};
/** A number of 31 digits and a sign, of which few are something else. */
function packedDecimal(random: Random): bigint {
  const length = random.of([0, 1, 5, 31, 31, 31]);
  const nines = random.below(4) === 0;
  const digits = Array.from({ length: 31 }, (_, i) => (i < 31 - length ? 0 : nines ? 9 : random.below(10)));
  if (random.below(16) === 0) digits[random.below(31)] = 10 + random.below(6);
  const sign = random.below(16) === 0 ? random.below(10) : 10 + random.below(6);
  return BigInt(`0x${digits.map((one) => one.toString(16)).join('')}${sign.toString(16)}`);
}

function randomVector(mnemonic: string, random: Random): bigint {
  if (mnemonic.startsWith('bcd') && random.below(8) > 0) return packedDecimal(random);
  const kind = /fp|vrfi|vct|vcf/.test(mnemonic) ? random.below(10) : 8 + random.below(10);
  if (kind < 8) return joined(32, () => randomSingle(random));
  if (kind === 8) return (random.wide() << 64n) | random.wide();
  // The same byte everywhere, as the whole shifts want it.
  if (kind === 9) {
    const byte = BigInt(random.below(256));
    return joined(8, () => byte);
  }
  const bits = random.of([8, 8, 16, 32, 64]);
  return joined(bits, () => elementOf(bits, random));
}

const storage = /^(lv(x|xl|e[bhw]x|s[lr])|stv(x|xl|e[bhw]x))$/;
const vectorInstructions = instructions.filter((one) => one.match >>> 26 === 4 || storage.test(one.mnemonic));
const byMnemonic = new Map<string, Instruction[]>();
for (const one of vectorInstructions) byMnemonic.set(one.mnemonic, [...(byMnemonic.get(one.mnemonic) ?? []), one]);
export const vectorMnemonics: readonly string[] = [...byMnemonic.keys()];

function registersOf(one: Instruction, word: number): readonly number[] {
  const { vrt, vrs, vra, vrb, vrc } = one.decode(word);
  return [vra, vrb, vrc, vrs, vrt].filter((n) => n !== undefined);
}

export function vectorPiece(random: Random): Piece {
  const one = random.of(byMnemonic.get(random.of(vectorMnemonics))!);
  const word = randomWord(one, random);
  const accesses = storage.test(one.mnemonic);
  const vectors = [...new Set(registersOf(one, word))];
  return {
    instruction: one,
    word,
    words: [word],
    shows: [wideRecord.vscr, ...vectors.flatMap((n) => [vectorWord(n, 0), vectorWord(n, 1)])],
    prepare: accesses ? pointIntoWindow(one, word, 1, 1) : () => undefined,
  };
}

/** What the other registers hold matters little, and takes long to make. */
const others: bigint[] = [];
export function vectorInput(random: Random, { instruction, word }: Piece): bigint[] {
  while (others.length < wideRecord.inputWords) others.push(random.wide());
  const input = [...randomRegisters(random).slice(0, wideRecord.fpscr), ...others.slice(wideRecord.fpscr)];
  input[wideRecord.fpscr] = 0n;
  input[wideRecord.vscr] = random.of([0n, 0n, 1n, 0x1_0000n, 0x1_0001n]);
  let last = 0n;
  for (const n of registersOf(instruction, word)) {
    const value = random.below(8) === 0 ? last : randomVector(instruction.mnemonic, random);
    input[vectorWord(n, 0)] = value >> 64n;
    input[vectorWord(n, 1)] = BigInt.asUintN(64, value);
    last = value;
  }
  return input;
}

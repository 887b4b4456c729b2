import { expect, test } from 'vitest';
import { disassembleText } from '../../emulator/isa/table';
import { recordCounts } from '../support/differential-counts';
import { OurMachine, randomPiece, randomRegisters, type Piece } from '../support/differential-cases';
import {
  afterPiece,
  branch,
  hasQemuUser,
  inputSize,
  outputSize,
  place,
  record,
  runUnderQemu,
  WINDOW_SIZE,
} from '../support/differential-qemu-user';
import { Random, seedFor } from '../support/isa-random';

const PIECES = 14_000;
const INPUTS_EACH = 8;

const ALL = 2n ** 64n - 1n;
const UPPER_WORD = 0xffff_ffff_0000_0000n;
const FIRST_THREE_OF_CR0 = 0xe000_0000n;
const OV_AND_SO = 0xc000_0000n;

/** Bits of an output word that are not compared. */
type Excused = readonly (readonly [word: number, bits: bigint])[];
interface Difference {
  readonly reason: string;
  readonly excuses: (piece: Piece, input: readonly bigint[]) => Excused;
}

const signed = (value: bigint, bits: number) => BigInt.asIntN(bits, value);
/** True if a division has no quotient that its instruction could give. */
function hasNoQuotient(mnemonic: string, a: bigint, b: bigint): boolean {
  const [, size = '', extended, unsigned] = /^div([wd])(e?)(u?)/.exec(mnemonic) ?? [];
  const bits = size === 'w' ? 32 : 64;
  const number = (value: bigint) => (unsigned ? BigInt.asUintN(bits, value) : signed(value, bits));
  const divisor = number(b);
  if (divisor === 0n) return true;
  const quotient = (number(a) << BigInt(extended ? bits : 0)) / divisor;
  return unsigned ? quotient >= 1n << BigInt(bits) : signed(quotient, bits) !== quotient;
}
const orderOf = (mnemonic: string): Excused => (mnemonic.endsWith('.') ? [[record.cr, FIRST_THREE_OF_CR0]] : []);
const several = (fxm: number) => (fxm & (fxm - 1)) !== 0 || fxm === 0;
const hasInvalidDigit = (value: bigint) => /[a-f]/.test((value & 0x00ff_ffff_00ff_ffffn).toString(16));

/** Everything in which QEMU may differ from us, and why. */
const differences: readonly Difference[] = [
  {
    reason: 'bits 0 to 31 of a word multiplication or division are undefined, and with them CR0 (Book I 3.3.8)',
    excuses({ instruction: { mnemonic }, word, instruction }) {
      const { rt = 0 } = instruction.decode(word);
      return /^(mulhw|divw)/.test(mnemonic) ? [[rt, UPPER_WORD], ...orderOf(mnemonic)] : [];
    },
  },
  {
    reason: 'a division without a quotient leaves RT undefined, and CR0 with it (Book I 3.3.8)',
    excuses({ instruction, word }, input) {
      const { mnemonic } = instruction;
      const { rt = 0, ra = 0, rb = 0 } = instruction.decode(word);
      const applies = mnemonic.startsWith('div') && hasNoQuotient(mnemonic, input[ra] ?? 0n, input[rb] ?? 0n);
      return applies ? [[rt, ALL], ...orderOf(mnemonic)] : [];
    },
  },
  {
    reason: 'QEMU 7.2 does not see the overflow of divde by a quotient that needs 64 bits without its sign',
    excuses({ instruction, word }, input) {
      const { mnemonic } = instruction;
      const { ra = 0, rb = 0 } = instruction.decode(word);
      const applies = mnemonic.startsWith('divdeo') && hasNoQuotient(mnemonic, input[ra] ?? 0n, input[rb] ?? 0n);
      const summary: Excused = mnemonic.endsWith('.') ? [[record.cr, 0x1000_0000n]] : [];
      return applies ? [[record.xer, OV_AND_SO], ...summary] : [];
    },
  },
  {
    reason: 'reserved bits of the XER: ours read as zero, QEMU keeps what was written',
    excuses: ({ instruction }) => (instruction.mnemonic === 'mtxer' ? [[record.xer, 0x1fff_ff80n]] : []),
  },
  {
    reason: 'VRSAVE has 32 bits; QEMU keeps 64',
    excuses: ({ instruction, words }) =>
      instruction.mnemonic === 'mtvrsave' ? [[(words[1]! >>> 21) & 31, UPPER_WORD]] : [],
  },
  {
    reason:
      'mtocrf and mfocrf are undefined unless FXM has one bit, and mfocrf beside the field it names (Book I 3.3.17)',
    excuses({ instruction, word }) {
      const { rt = 0, fxm = 0 } = instruction.decode(word);
      if (instruction.mnemonic === 'mtocrf' && several(fxm)) return [[record.cr, ALL]];
      if (instruction.mnemonic !== 'mfocrf') return [];
      return [[rt, several(fxm) ? ALL : ALL & ~(15n << BigInt(Math.log2(fxm) * 4))]];
    },
  },
  {
    reason: 'cbcdtd of what are no decimal digits is undefined (Book I 3.3.9)',
    excuses({ instruction, word }, input) {
      const { ra = 0, rs = 0 } = instruction.decode(word);
      return instruction.mnemonic === 'cbcdtd' && hasInvalidDigit(input[rs] ?? 0n) ? [[ra, ALL]] : [];
    },
  },
];

interface Case {
  readonly piece: Piece;
  readonly input: readonly bigint[];
}

function differencesIn(one: Case, at: number, ours: DataView, theirs: DataView, littleEndian: boolean): string[] {
  const found: string[] = [];
  for (let word = 0; word < outputSize / 8; word++) {
    const a = ours.getBigUint64(at + word * 8, littleEndian);
    const b = theirs.getBigUint64(at + word * 8, littleEndian);
    if (a === b) continue;
    const excused = differences
      .flatMap(({ excuses }) => excuses(one.piece, one.input))
      .reduce((mask, [where, bits]) => (where === word ? mask | bits : mask), 0n);
    if (((a ^ b) & ~excused) === 0n) continue;
    const text = one.piece.words.map((w) => disassembleText(w, 0n)).join('; ');
    const inputs = one.input.map((value, n) => `${n}:${value.toString(16)}`).join(' ');
    found.push(`${text}: word ${word} ours ${a.toString(16)} QEMU ${b.toString(16)} from ${inputs}`);
  }
  return found;
}

/** Runs as many cases in one byte order and says how many, what differed, and which mnemonics took part. */
function compare(littleEndian: boolean, random: Random) {
  const window = Uint8Array.from({ length: WINDOW_SIZE }, () => random.next());
  const ours = new OurMachine(littleEndian);
  const code: number[] = [];
  const inputs = new DataView(new ArrayBuffer(PIECES * INPUTS_EACH * inputSize));
  const expected = new DataView(new ArrayBuffer(PIECES * INPUTS_EACH * outputSize));
  const cases: Case[] = [];
  for (let p = 0; p < PIECES; p++) {
    const piece = randomPiece(random, littleEndian);
    const address = BigInt(place.pieces + code.length * 4);
    const firstCase = cases.length;
    for (let i = 0; i < INPUTS_EACH; i++) {
      const input = randomRegisters(random);
      piece.prepare(input, address, random);
      input[record.piece] = address;
      const output = new DataView(expected.buffer, cases.length * outputSize, outputSize);
      // A trap would end QEMU; its opposite, which another piece tries, does not.
      if (!ours.run(piece, address, input, window, output)) continue;
      input.forEach((value, n) => inputs.setBigUint64(cases.length * inputSize + n * 8, value, littleEndian));
      cases.push({ piece, input });
    }
    if (cases.length > firstCase) {
      code.push(...piece.words);
      code.push(branch(place.pieces + code.length * 4, afterPiece));
    }
  }
  const used = new Uint8Array(inputs.buffer, 0, cases.length * inputSize);
  const bytes = runUnderQemu({ littleEndian, pieces: code, inputs: used, window });
  const actual = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    executed: cases.length,
    mnemonics: new Set(cases.map(({ piece }) => piece.instruction.mnemonic)),
    differing: cases.flatMap((one, c) => differencesIn(one, c * outputSize, expected, actual, littleEndian)),
  };
}

const available = hasQemuUser();
if (!available) console.log('skipped: no qemu-ppc64 and qemu-ppc64le to compare with');

test.skipIf(!available)('integer instructions leave what QEMU leaves, in both byte orders', { timeout: 90_000 }, () => {
  const seed = seedFor('qemu-user');
  const runs = [false, true].map((littleEndian) => compare(littleEndian, new Random(seed + Number(littleEndian))));
  const executed = runs.reduce((sum, run) => sum + run.executed, 0);
  const mnemonics = new Set(runs.flatMap((run) => [...run.mnemonics]));
  recordCounts('QEMU user mode, integer', { executed, mnemonics: mnemonics.size });
  expect(runs.flatMap((run) => run.differing).slice(0, 10)).toEqual([]);
  expect(executed).toBeGreaterThan(200_000);
});

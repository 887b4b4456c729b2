import { expect, test } from 'vitest';
import { decimal128, decimal64, decode, isNaN, powerOfTen, type Format } from '../../emulator/decimal/format';
import { FPSCR } from '../../emulator/floating-point/fpscr';
import { recordCounts } from '../support/differential-counts';
import type { Piece } from '../support/differential-cases';
import { compareWithQemu, everything, type KnownDifference } from '../support/differential-compare';
import { decimalInput, decimalMnemonics, decimalPiece, fprWord } from '../support/differential-decimal-cases';
import { hasQemuUser, wideRecord } from '../support/differential-qemu-user';
import { Random, seedFor } from '../support/isa-random';

const PIECES = Number(process.env['KEY31_PIECES'] ?? 6_500);
const INPUTS_EACH = 16;

/** Everything in which QEMU may differ from us, and why. */
const differences: readonly KnownDifference[] = [
  {
    reason: 'QEMU 7.2 never sets FR for decimal results (Book I 5.5.2)',
    excuses: ({ word }) => (word === wideRecord.fpscr ? BigInt(FPSCR.FR) : 0n),
  },
  {
    reason: 'the second doubleword of a VSR is undefined when its FPR is written (Book I 7.2.1.1)',
    excuses: ({ word }) => (word > wideRecord.vsr && word < wideRecord.vsr + 64 && word % 2 === 1 ? everything : 0n),
  },
  {
    reason:
      'QEMU 7.2 puts the result of drdpq into the odd register; a compiler takes it from the even one (Book I 5.6.6)',
    excuses({ piece, word, at }) {
      const { frtp } = piece.instruction.decode(piece.word);
      if (!piece.instruction.mnemonic.startsWith('drdpq') || frtp === undefined) return 0n;
      const [even, odd] = [at(fprWord(frtp)), at(fprWord(frtp + 1))];
      const isTarget = word === fprWord(frtp) || word === fprWord(frtp + 1);
      return isTarget && even.ours === odd.theirs && odd.ours === even.theirs ? everything : 0n;
    },
  },
  {
    reason:
      'the last digits of a NaN go with it into a shorter format (Book I 5.6.6); QEMU drops all, and the exception',
    excuses: ({ piece, input }) => (losesDigitsOfNaN(piece, input) ? everything : 0n),
  },
  {
    reason: 'the NaN of an invalid drrnd has no sign (Book I 5.5.10.1); QEMU leaves the one of the operand',
    excuses: ({ piece, ours, theirs }) =>
      piece.instruction.mnemonic.startsWith('drrnd') && ours === GENERATED_NAN && theirs === (ours | SIGN) ? SIGN : 0n,
  },
  {
    reason:
      'QEMU 7.2 takes ten for a digit, and leaves FPRF as it was when another one is invalid (Book I 5.6.6, denbcd)',
    excuses({ piece, input, word }) {
      if (!piece.instruction.mnemonic.startsWith('denbcd')) return 0n;
      if (hasTen(piece, input)) return everything;
      return word === wideRecord.fpscr ? BigInt(FPSCR.FPRF) : 0n;
    },
  },
];
const SIGN = 1n << 63n;
const GENERATED_NAN = 0x7c00_0000_0000_0000n;

/** The operand of drsp or drdpq is a NaN that has more digits than the result. */
function losesDigitsOfNaN({ instruction, word }: Piece, input: readonly bigint[]): boolean {
  const { frb, frbp } = instruction.decode(word);
  const at = (n: number) => input[fprWord(n)] ?? 0n;
  const nan = (bits: bigint, format: Format, digits: number) => {
    const value = decode(bits, format);
    return isNaN(value) && value.coefficient >= powerOfTen(digits);
  };
  if (instruction.mnemonic.startsWith('drsp')) return nan(at(frb ?? 0), decimal64, 6);
  if (!instruction.mnemonic.startsWith('drdpq') || frbp === undefined) return false;
  return nan((at(frbp) << 64n) | at(frbp + 1), decimal128, 15);
}
function hasTen({ instruction, word }: Piece, input: readonly bigint[]): boolean {
  const { frb, frbp, s = 0 } = instruction.decode(word);
  const words = frbp === undefined ? [fprWord(frb ?? 0)] : [fprWord(frbp), fprWord(frbp + 1)];
  const text = words.map((n) => (input[n] ?? 0n).toString(16).padStart(16, '0')).join('');
  return text.slice(0, s === 0 ? undefined : -1).includes('a');
}

const available = hasQemuUser();
if (!available) console.log('skipped: no qemu-ppc64 and qemu-ppc64le to compare with');

test.skipIf(!available)(
  'decimal instructions leave what QEMU leaves, in both byte orders',
  { timeout: 180_000 },
  () => {
    const seed = seedFor('qemu-decimal');
    const runs = [false, true].map((littleEndian) =>
      compareWithQemu({
        littleEndian,
        layout: wideRecord,
        pieces: PIECES,
        inputsEach: INPUTS_EACH,
        random: new Random(seed + Number(littleEndian)),
        makePiece: decimalPiece,
        makeInput: decimalInput,
        differences,
      }),
    );
    const executed = runs.reduce((sum, run) => sum + run.executed, 0);
    const mnemonics = new Set(runs.flatMap((run) => [...run.mnemonics]).map((one) => one.replace('.', '')));
    recordCounts('QEMU user mode, decimal', { executed, mnemonics: mnemonics.size });
    const differing = runs.flatMap((run) => run.differing);
    console.log([...new Set(differing.map((one) => one.split(' ')[0]))].join(' '));
    expect(differing.slice(0, 30)).toEqual([]);
    expect(decimalMnemonics.filter((one) => !mnemonics.has(one))).toEqual([]);
    expect(executed).toBeGreaterThan(200_000);
  },
);

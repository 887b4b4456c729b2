import { expect, test } from 'vitest';
import { narrow, toInteger } from '../../emulator/floating-point/convert';
import { binary32, binary64 } from '../../emulator/floating-point/format';
import { DEFAULT_ENVIRONMENT, EXCEPTIONS, FPSCR } from '../../emulator/floating-point/fpscr';
import { recordCounts } from '../support/differential-counts';
import { compareWithQemu, everything, type Disagreement, type KnownDifference } from '../support/differential-compare';
import { floatingInput, floatingMnemonics, floatingPiece, vsrWord } from '../support/differential-floating-cases';
import { hasQemuUser, wideRecord } from '../support/differential-qemu-user';
import { Random, seedFor } from '../support/isa-random';

const PIECES = Number(process.env['KEY31_PIECES'] ?? 13_000);
const INPUTS_EACH = 8;

const fx = BigInt(FPSCR.FX);
const EXCEPTION_BITS = BigInt(EXCEPTIONS);
const FIRST_OF_CR1 = 0x0800_0000n;
const LAST_OF_CR1 = 0x0100_0000n;

/** An excuse for bits of the FPSCR, and for CR1 where it shows FX. */
const inFpscr =
  (mnemonics: RegExp, bits: number, applies: (one: Disagreement) => boolean = () => true) =>
  (one: Disagreement): bigint => {
    if (!mnemonics.test(one.piece.instruction.mnemonic) || !applies(one)) return 0n;
    if (one.word === wideRecord.fpscr) return BigInt(bits);
    // CR1 begins with FX and ends with OX.
    const shown = ((bits & FPSCR.FX) !== 0 ? FIRST_OF_CR1 : 0n) | ((bits & FPSCR.OX) !== 0 ? LAST_OF_CR1 : 0n);
    return one.word === wideRecord.cr ? shown : 0n;
  };
const fpscrBefore = ({ input }: Disagreement): bigint => input[wideRecord.fpscr] ?? 0n;
const isDirected = (one: Disagreement) => (fpscrBefore(one) & 2n) !== 0n;
const isVsr = (word: number) => word >= wideRecord.vsr && word < wideRecord.window;
/** In a register that the instruction names. */
const inRegister =
  (mnemonics: RegExp, bits: (one: Disagreement) => bigint) =>
  (one: Disagreement): bigint =>
    mnemonics.test(one.piece.instruction.mnemonic) && isVsr(one.word) ? bits(one) : 0n;

const estimates = /^(fr(e|sqrte)s?\.?|x[sv]r(e|sqrte)[sd]p)$/;
const toIntegers = /^(fcti|x[sv]cv[sd]p[su]x[dw]s)/;
const negative = /^(fn|x[sv]n)m(add|sub)/;

const FIRST_WORD = 0xffff_ffff_0000_0000n;

const isZeroOperand = ({ piece, input }: Disagreement): boolean => {
  const { frb = 0 } = piece.instruction.decode(piece.word);
  return BigInt.asUintN(63, input[vsrWord(frb, 0)] ?? 0n) === 0n;
};
/** Doublewords, or words, that are next to each other as numbers. */
function nearElements({ piece, ours, theirs }: Disagreement): bigint {
  const near = (a: bigint, b: bigint) => (a > b ? a - b : b - a) <= 2n;
  if (!/^xv.*sp$/.test(piece.instruction.mnemonic))
    return near(
      ours >> (piece.instruction.mnemonic.includes('es') ? 29n : 0n),
      theirs >> (piece.instruction.mnemonic.includes('es') ? 29n : 0n),
    )
      ? everything
      : 0n;
  const first = near(ours >> 32n, theirs >> 32n) ? FIRST_WORD : 0n;
  return first | (near(BigInt.asUintN(32, ours), BigInt.asUintN(32, theirs)) ? ~FIRST_WORD & everything : 0n);
}
const asSingle = (bits: bigint): bigint => narrow.compute([bits], DEFAULT_ENVIRONMENT).bits;
const neighbouringSingles = ({ ours, theirs }: Disagreement): bigint => {
  const difference = asSingle(ours) - asSingle(theirs);
  return difference === 1n || difference === -1n ? everything : 0n;
};
/** Some element is a NaN or out of range of the integer. */
function hasInvalidElement({ piece, input }: Disagreement): boolean {
  const { xb = 0 } = piece.instruction.decode(piece.word);
  const { mnemonic } = piece.instruction;
  const format = mnemonic.startsWith('xvcvsp') ? binary32 : binary64;
  const integer = { signed: mnemonic.includes('sx'), bits: mnemonic.endsWith('ws') ? 32 : 64 } as const;
  const halves = [input[vsrWord(xb, 0)] ?? 0n, input[vsrWord(xb, 1)] ?? 0n];
  const elements = format === binary64 ? halves : halves.flatMap((half) => [half >> 32n, BigInt.asUintN(32, half)]);
  const { compute } = toInteger(format, integer, 'toward-zero');
  return elements.some((one) => (compute([one], DEFAULT_ENVIRONMENT).status & FPSCR.VXCVI) !== 0);
}

/** Everything in which QEMU 7.2 may differ from us, and why. */
const differences: readonly KnownDifference[] = [
  {
    reason: 'QEMU does not compute FR; ours is tried in test/emulator/floating-point',
    excuses: inFpscr(/./, FPSCR.FR),
  },
  {
    reason: 'FX is set by an exception bit that becomes 1 (Book I 4.2.2); QEMU sets it by one that was 1 already',
    excuses: inFpscr(
      /./,
      FPSCR.FX,
      (one) => (fpscrBefore(one) & fx) === 0n && (fpscrBefore(one) & EXCEPTION_BITS) !== 0n,
    ),
  },
  {
    reason: 'FI stays as it was in comparisons (4.6.8) and in vector operations (7.3.3); QEMU clears it, or sets it',
    excuses: inFpscr(/^(fcmp|xv)/, FPSCR.FI),
  },
  {
    reason: 'XX, FR and FI are undefined after an estimate (4.6.6.1)',
    excuses: inFpscr(estimates, FPSCR.FX | FPSCR.XX | FPSCR.FI),
  },
  {
    reason: 'an estimate of infinity, from zero, is a division by zero (4.4.2, 7.4.2); in VSX not so for QEMU',
    excuses: inFpscr(/^x[sv]r(e|sqrte)/, FPSCR.FX | FPSCR.ZX),
  },
  {
    reason: 'FPRF is undefined after a conversion to an integer (4.6.7.2)',
    excuses: inFpscr(toIntegers, FPSCR.FPRF),
  },
  {
    reason: 'a conversion from an integer sets FPRF (4.6.7.2); QEMU leaves it, but for fcfid',
    excuses: inFpscr(/^fcfid(s|us?)\.?$/, FPSCR.FPRF),
  },
  {
    reason:
      'a single-precision result is denormalized by the measure of single precision (4.2.2); QEMU looks at doubles',
    excuses: inFpscr(/^(f\w+s\.?|frsp\.?|xs.*sp)$/, 0x1_0000),
  },
  {
    reason: 'fnmadd and its kin negate what has been rounded (4.6.6.2); QEMU rounds what has been negated',
    excuses: inFpscr(negative, FPSCR.FPRF | FPSCR.FX | FPSCR.OX | FPSCR.UX | FPSCR.XX | FPSCR.FI, isDirected),
  },
  {
    reason: 'the same',
    excuses: inRegister(negative, (one) => (isDirected(one) ? everything : 0n)),
  },
  {
    reason: 'mtfsb1 sets FX with the exception bit that it sets (4.2.2, 4.6.10)',
    excuses: inFpscr(/^mtfsb1/, FPSCR.FX),
  },
  {
    reason: 'of exceptions in several elements QEMU notes an overflow only',
    excuses: inFpscr(
      /^xv/,
      FPSCR.UX,
      ({ ours, word }) => word === wideRecord.fpscr && (ours & BigInt(FPSCR.OX)) !== 0n,
    ),
  },
  {
    reason: 'a comparison sets FPCC and leaves C (4.6.8); QEMU sets C when an ordered one finds a NaN',
    excuses: inFpscr(/^(fcmpo|xscmpodp)$/, 0x1_0000),
  },
  {
    reason: 'infinity times zero plus a signaling NaN is invalid twice over (7.6, multiply-add); QEMU notes VXIMZ only',
    excuses: inFpscr(
      /m(add|sub)/,
      FPSCR.VXSNAN,
      ({ ours, word }) => word === wideRecord.fpscr && (ours & BigInt(FPSCR.VXIMZ)) !== 0n,
    ),
  },
  {
    reason: 'single-precision results of VSX are rounded once (7.4, RoundToSP); QEMU rounds them to double first',
    excuses: inFpscr(/^xs.*sp$/, FPSCR.FX | FPSCR.OX | FPSCR.UX | FPSCR.FPRF),
  },
  {
    reason: 'the same',
    excuses: inRegister(/^xs.*sp$/, neighbouringSingles),
  },
  {
    reason: 'NI can be set, and does nothing; QEMU lets mtfsb1 alone with it',
    excuses: inFpscr(/^mtfsb[01]/, FPSCR.NI),
  },
  {
    reason: 'fre of zero is an infinity (4.6.6.1); QEMU gives a half',
    excuses: (one) =>
      /^fres?\.?$/.test(one.piece.instruction.mnemonic) && isZeroOperand(one)
        ? inFpscr(/./, FPSCR.FPRF)(one) | inRegister(/./, () => everything)(one)
        : 0n,
  },
  {
    reason: 'estimates of square roots may differ in their last bits (4.6.6.1)',
    excuses: inRegister(/^(f|x[sv])rsqrte/, nearElements),
  },
  {
    reason: 'the first word after a conversion to a word is undefined (4.6.7.2)',
    excuses: inRegister(/^fctiw/, () => FIRST_WORD),
  },
  {
    reason: 'the second doubleword of a scalar result is undefined (7.2.1.1)',
    excuses: inRegister(/^(lxs|mtvsr)/, ({ word }) => ((word - wideRecord.vsr) % 2 === 1 ? everything : 0n)),
  },
  {
    reason: 'one element that cannot be an integer changes what QEMU makes of the elements after it',
    excuses: (one) => (hasInvalidElement(one) ? inRegister(/^xvcv[sd]p[su]x[dw]s/, () => everything)(one) : 0n),
  },
];

const available = hasQemuUser();
if (!available) console.log('skipped: no qemu-ppc64 and qemu-ppc64le to compare with');

test.skipIf(!available)('floating point leaves what QEMU leaves, in both byte orders', { timeout: 180_000 }, () => {
  const seed = seedFor('qemu-floating-point');
  const runs = [false, true].map((littleEndian) =>
    compareWithQemu({
      littleEndian,
      layout: wideRecord,
      pieces: PIECES,
      inputsEach: INPUTS_EACH,
      random: new Random(seed + Number(littleEndian)),
      makePiece: floatingPiece,
      makeInput: floatingInput,
      differences,
    }),
  );
  const executed = runs.reduce((sum, run) => sum + run.executed, 0);
  const mnemonics = new Set(runs.flatMap((run) => [...run.mnemonics]));
  recordCounts('QEMU user mode, floating point', { executed, mnemonics: mnemonics.size });
  const differing = runs.flatMap((run) => run.differing);
  expect(differing.slice(0, 10)).toEqual([]);
  expect(floatingMnemonics.filter((one) => !mnemonics.has(one))).toEqual([]);
  expect(executed).toBeGreaterThan(200_000);
});

import { expect, test } from 'vitest';
import { recordCounts } from '../support/differential-counts';
import type { Piece } from '../support/differential-cases';
import { compareWithQemu, everything, type Disagreement, type KnownDifference } from '../support/differential-compare';
import { hasQemuUser, wideRecord } from '../support/differential-qemu-user';
import { vectorInput, vectorMnemonics, vectorPiece, vectorWord } from '../support/differential-vector-cases';
import { Random, seedFor } from '../support/isa-random';

const PIECES = Number(process.env['KEY31_PIECES'] ?? 13_000);
const INPUTS_EACH = 8;

/** Everything in which QEMU may differ from us, and why. */
const differences: readonly KnownDifference[] = [
  {
    reason: 'reserved bits of the VSCR: ours read as zero, QEMU keeps what was written (Book I 6.3.2)',
    excuses: ({ piece, word }) =>
      piece.instruction.mnemonic === 'mtvscr' && word === wideRecord.vscr ? everything & ~0x1_0001n : 0n,
  },
  {
    reason: 'an estimate may be off by a part in 4096 (Book I 6.10.5)',
    excuses: (one) => (one.piece.instruction.mnemonic === 'vrsqrtefp' ? nearElements(one) : 0n),
  },
  {
    reason:
      'bcdadd. and bcdsub. of what is not decimal have an undefined result (Book I 6.15), and QEMU 7.2 sees only some of it',
    excuses({ piece, input, word }) {
      if (!piece.instruction.mnemonic.startsWith('bcd') || !hasInvalidOperand(piece, input)) return 0n;
      return word === wideRecord.cr ? 0xf0n : everything;
    },
  },
  {
    reason: 'a decimal zero is plus and equal (Book I 6.15); QEMU 7.2 adds a minus that an operand had, and its order',
    excuses({ piece, word, at }) {
      const equal = (at(wideRecord.cr).ours & EQUAL_OF_CR6) !== 0n;
      if (!piece.instruction.mnemonic.startsWith('bcd') || !equal) return 0n;
      return word === wideRecord.cr ? ORDER_OF_CR6 : 0xfn;
    },
  },
  {
    reason: 'QEMU 7.2 sums a power series for vexptefp that is right near zero only, and may even be negative',
    excuses: (one) => (one.piece.instruction.mnemonic === 'vexptefp' ? farFromZero(one) : 0n),
  },
];
const ORDER_OF_CR6 = 0xc0n;
const EQUAL_OF_CR6 = 0x20n;
function hasInvalidOperand({ instruction, word }: Piece, input: readonly bigint[]): boolean {
  const { vra = 0, vrb = 0 } = instruction.decode(word);
  const text = (register: number) =>
    ([0, 1] as const).map((half) => (input[vectorWord(register, half)] ?? 0n).toString(16).padStart(16, '0')).join('');
  return [vra, vrb].some((register) => !/^\d{31}[a-f]$/.test(text(register)));
}

const HALVES = [
  { shift: 32n, mask: 0xffff_ffff_0000_0000n },
  { shift: 0n, mask: 0xffff_ffffn },
] as const;

const numberOf = (element: bigint): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number(element));
  return view.getFloat32(0);
};
const elementAt = (value: bigint, shift: bigint) => numberOf((value >> shift) & 0xffff_ffffn);
const maskWhere = (holds: (shift: bigint) => boolean): bigint =>
  HALVES.reduce((all, { shift, mask }) => (holds(shift) ? all | mask : all), 0n);

/** The elements that are no further from each other than an estimate may be from the truth. */
const nearElements = ({ ours, theirs }: Disagreement): bigint =>
  maskWhere((shift) => {
    const [a, b] = [elementAt(ours, shift), elementAt(theirs, shift)];
    return Math.abs(a - b) <= Math.abs(a) / 4096;
  });
function farFromZero({ piece, input, word }: Disagreement): bigint {
  const { vrb = 0 } = piece.instruction.decode(piece.word);
  const operand = input[vectorWord(vrb, (word % 2) as 0 | 1)] ?? 0n;
  return maskWhere((shift) => Math.abs(elementAt(operand, shift)) > 1);
}

const available = hasQemuUser();
if (!available) console.log('skipped: no qemu-ppc64 and qemu-ppc64le to compare with');

test.skipIf(!available)('vector instructions leave what QEMU leaves, in both byte orders', { timeout: 180_000 }, () => {
  const seed = seedFor('qemu-vector');
  const runs = [false, true].map((littleEndian) =>
    compareWithQemu({
      littleEndian,
      layout: wideRecord,
      pieces: PIECES,
      inputsEach: INPUTS_EACH,
      random: new Random(seed + Number(littleEndian)),
      makePiece: vectorPiece,
      makeInput: vectorInput,
      differences,
    }),
  );
  const executed = runs.reduce((sum, run) => sum + run.executed, 0);
  const mnemonics = new Set(runs.flatMap((run) => [...run.mnemonics]));
  recordCounts('QEMU user mode, vector', { executed, mnemonics: mnemonics.size });
  const differing = runs.flatMap((run) => run.differing);
  console.log([...new Set(differing.map((one) => one.split(' ')[0]))].join(' '));
  expect(differing.slice(0, 10)).toEqual([]);
  expect(vectorMnemonics.filter((one) => !mnemonics.has(one))).toEqual([]);
  expect(executed).toBeGreaterThan(200_000);
});

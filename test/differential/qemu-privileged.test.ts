/** Random sequences of privileged instructions on a bare pseries, here and under QEMU: what their interrupts find. */
import { expect, test } from 'vitest';
import { recordCounts } from '../support/differential-counts';
import { Random, seedFor } from '../support/isa-random';
import { addressOfPiece, ALTERNATE, type Found } from '../support/privileged-monitor';
import { randomPiece, type NamedPiece } from '../support/privileged-pieces';
import { runOurs, runQemu } from '../support/privileged-run';
import { qemuIsInstalled, qemuIsMissing } from '../support/qemu-pseries';

const PIECES = process.env['KEY31_FULL'] === undefined ? 500 : 3000;

const everything = -1n;
const vector = { dataStorage: 0x300n, instructionStorage: 0x400n, alignment: 0x600n, program: 0x700n } as const;
const ILLEGAL_OR_PRIVILEGED = 0xc_0000n;
const ILLEGAL = 0x8_0000n;
const WAITED = 0x11_0000n;
const IR_AND_DR = 0x30n;
const SO_OF_CR0 = 0x1000_0000n;
/** FX, FR, FI and FPRF, in which qemu-floating-point.test.ts knows how QEMU differs. */
const NOT_OF_QEMU = 0x8007_f000n;

interface Disagreement {
  readonly piece: NamedPiece;
  /** The instruction at SRR0. */
  readonly instruction: string;
  readonly place: string;
  readonly ours: Found;
  readonly theirs: Found;
}
interface KnownDifference {
  readonly reason: string;
  /** The bits that may differ. */
  readonly excuses: (one: Disagreement) => bigint;
}
const of = (found: Found, place: string): bigint => found.get(place) ?? 0n;

/** Everything in which QEMU 7.2 may differ from us, and why. */
const differences: readonly KnownDifference[] = [
  {
    reason: 'an enabled exception waits for FE0 or FE1 and is then imprecise (Book III-S 6.5.9); QEMU forgets it',
    excuses: ({ ours }) =>
      (of(ours, 'vector') & 0xfffn) === vector.program && (of(ours, 'srr1') & WAITED) === WAITED ? everything : 0n,
  },
  {
    reason: 'an alignment interrupt sets DSISR (Book III-S, alignment interrupt); QEMU leaves it as it was',
    excuses: ({ place, ours }) =>
      place === 'dsisr' && (of(ours, 'vector') & 0xfffn) === vector.alignment ? everything : 0n,
  },
  {
    reason: 'the same with DAR, where QEMU refuses strings and multiple registers in little-endian storage',
    excuses: ({ place, instruction, ours }) =>
      place === 'dar' && (of(ours, 'vector') & 0xfffn) === vector.alignment && /^le (l|st)(mw|swi)/.test(instruction)
        ? everything
        : 0n,
  },
  {
    reason: 'slbfee. is privileged; QEMU calls it illegal in problem state',
    excuses: ({ place, instruction }) =>
      place === 'srr1' && instruction.includes('slbfee.') ? ILLEGAL_OR_PRIVILEGED : 0n,
  },
  {
    reason: 'what KVM reflects from real mode goes to the vector itself (kvmppc_hdsi); QEMU is no KVM',
    excuses({ place, ours, theirs }) {
      const reflected = [vector.dataStorage, vector.instructionStorage].some(
        (one) => of(ours, 'vector') === one && of(theirs, 'vector') === (one | ALTERNATE),
      );
      if (!reflected) return 0n;
      return place === 'vector' ? ALTERNATE : place === 'msr' ? IR_AND_DR : 0n;
    },
  },
  {
    reason: 'bits of the FPSCR that QEMU does not keep as the manual says: see qemu-floating-point.test.ts',
    excuses: ({ place }) => (place === 'fpscr' ? NOT_OF_QEMU : 0n),
  },
  {
    reason: 'a transaction that fails sets CR0 to 0b1010 (Book II, tbegin.); QEMU to 0b1011',
    excuses: ({ place, piece }) =>
      place === 'cr' && piece.text.some((line) => line.includes('tbegin')) ? SO_OF_CR0 : 0n,
  },
  {
    reason: 'QEMU forgets what it had not stored yet when slbmte, slbmfee or slbmfev is illegal (TCG_CALL_NO_RWG)',
    excuses: ({ place, instruction, ours }) =>
      instruction.includes('slbm') && (of(ours, 'srr1') & ILLEGAL) !== 0n && /^(r\d+|cr|xer|lr|ctr)$/.test(place)
        ? everything
        : 0n,
  },
  {
    reason: 'DAR names a byte of the block (Book III-S, data storage interrupt); for icbi QEMU names the first',
    excuses: ({ place, instruction }) => (place === 'dar' && instruction.includes('icbi') ? 0x7fn : 0n),
  },
  {
    reason: 'in little-endian mode the monitor itself branches before it can keep CFAR',
    excuses: ({ place, ours }) => (place === 'cfar' && (of(ours, 'msr') & 1n) !== 0n ? everything : 0n),
  },
];

const used = new Map<string, number>();
/** Whether the two agree in one place, reasons aside. */
function agrees(one: Disagreement): boolean {
  let left = BigInt.asUintN(64, of(one.ours, one.place) ^ of(one.theirs, one.place));
  for (const { reason, excuses } of differences) {
    if (left === 0n) return true;
    const excused = left & excuses(one);
    if (excused !== 0n) used.set(reason, (used.get(reason) ?? 0) + 1);
    left &= ~excused;
  }
  return left === 0n;
}

/** Registers that hold operands, with what they held. */
const withOperands = ({ text, gprs }: NamedPiece): string =>
  text
    .map((line) =>
      line.replaceAll(/\br(\d+)/g, (name, n: string) =>
        Number(n) < 20 ? `${name}{${(gprs[Number(n)] ?? 0n).toString(16)}}` : name,
      ),
    )
    .join('; ');

function report(piece: NamedPiece, index: number, ours: Found, theirs: Found): string[] {
  const at = Number(of(ours, 'srr0') - addressOfPiece(index)) / 4;
  const instruction = piece.text[at] ?? '';
  const wrong = [...ours.keys()].filter((place) => !agrees({ piece, instruction, place, ours, theirs }));
  if (wrong.length === 0) return [];
  const values = wrong.map(
    (place) => `${place} ${of(ours, place).toString(16)}, QEMU ${of(theirs, place).toString(16)}`,
  );
  const mode = `MSR ${piece.msr.toString(16)} ILE ${String(piece.littleEndianInterrupts)} AIL ${String(piece.alternateLocation)}`;
  return [`piece ${index}, ended at "${instruction}": ${values.join('; ')} after ${mode} ${withOperands(piece)}`];
}

if (!qemuIsInstalled) console.log(qemuIsMissing);

test.skipIf(!qemuIsInstalled)('privileged instructions leave what QEMU leaves', { timeout: 300_000 }, async () => {
  const random = new Random(seedFor('qemu-privileged'));
  const pieces = Array.from({ length: PIECES }, (_, i) => randomPiece(random, addressOfPiece(i)));
  const ours = runOurs(pieces, 'power8');
  const theirs = await runQemu(pieces, 'power8');
  expect([ours.length, theirs.length]).toEqual([PIECES, PIECES]);
  const none: Found = new Map();
  const wrong = pieces.flatMap((piece, i) => report(piece, i, ours[i] ?? none, theirs[i] ?? none));
  recordCounts('QEMU pseries, privileged state', { executed: PIECES, ...Object.fromEntries(used) });
  const vectorsTaken = new Set(ours.map((found) => of(found, 'vector')));
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(vectorsTaken.size).toBeGreaterThan(15);
});

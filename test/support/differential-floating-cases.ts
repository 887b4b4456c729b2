/** Random floating-point and vector-scalar instructions with numbers for them, of which many are special. */
import { widen } from '../../emulator/floating-point/convert';
import { DEFAULT_ENVIRONMENT } from '../../emulator/floating-point/fpscr';
import type { Instruction } from '../../emulator/isa/instruction';
import { instructions } from '../../emulator/isa/table';
import { pointIntoWindow, randomRegisters, randomWord, type Piece } from './differential-cases';
import { wideRecord } from './differential-qemu-user';
import type { Random } from './isa-random';

/** Where the doublewords of a vector-scalar register stand in a record. */
export const vsrWord = (register: number, half: 0 | 1): number => wideRecord.vsr + register * 2 + half;

const storage = /^(lf|stf|lx|stx)/;
const isOurs = (one: Instruction): boolean =>
  ([59, 60, 63].includes(one.match >>> 26) && !one.mnemonic.startsWith('d')) ||
  storage.test(one.mnemonic) ||
  /^m[tf]vsr[dw]/.test(one.mnemonic);

/** What is tried elsewhere, or cannot be tried in this way. */
const leftOut: readonly { readonly reason: string; readonly applies: (one: Instruction) => boolean }[] = [
  { reason: 'QEMU gives pairs of FPRs to POWER8 no more', applies: (one) => /^(lf|stf)dp/.test(one.mnemonic) },
];
const byMnemonic = new Map<string, Instruction[]>();
for (const one of instructions)
  if (isOurs(one) && !leftOut.some(({ applies }) => applies(one)))
    byMnemonic.set(one.mnemonic, [...(byMnemonic.get(one.mnemonic) ?? []), one]);
export const floatingMnemonics: readonly string[] = [...byMnemonic.keys()];

const doubles = [
  0n,
  1n,
  0x000f_ffff_ffff_ffffn,
  0x0010_0000_0000_0000n,
  0x0010_0000_0000_0001n,
  0x3ff0_0000_0000_0000n,
  0x3fef_ffff_ffff_ffffn,
  0x3ff0_0000_0000_0001n,
  0x3ff8_0000_0000_0000n,
  0x3fe0_0000_0000_0000n,
  0x4000_0000_0000_0000n,
  0x43e0_0000_0000_0000n,
  0x43df_ffff_ffff_ffffn,
  0x43f0_0000_0000_0000n,
  0x43ef_ffff_ffff_ffffn,
  0x41df_ffff_ffc0_0000n,
  0x41e0_0000_0000_0000n,
  0x41ef_ffff_ffe0_0000n,
  0x41ef_ffff_fff0_0000n,
  0x4330_0000_0000_0000n,
  0x432f_ffff_ffff_ffffn,
  0x7fef_ffff_ffff_ffffn,
  0x7ff0_0000_0000_0000n,
  0x7ff0_0000_0000_0001n,
  0x7ff4_0000_2000_0000n,
  0x7ff7_ffff_ffff_ffffn,
  0x7ff8_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  // Where single precision ends, and halfway between two of its numbers.
  0x3810_0000_0000_0000n,
  0x380f_ffff_ffff_ffffn,
  0x36a0_0000_0000_0000n,
  0x3690_0000_0000_0000n,
  0x36b8_0000_0000_0000n,
  0x47ef_ffff_e000_0000n,
  0x47ef_ffff_f000_0000n,
  0x47f0_0000_0000_0000n,
  0x3ff0_0000_1000_0000n,
  0x3ff0_0000_3000_0000n,
  0x3fff_ffff_f000_0000n,
];
const singles = [
  0x0000_0000, 0x0000_0001, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x3f80_0000, 0x3f7f_ffff, 0x3f80_0001, 0x4000_0000,
  0x4b00_0000, 0x4aff_ffff, 0x4f00_0000, 0x4eff_ffff, 0x4f80_0000, 0x5f00_0000, 0x5f80_0000, 0x7f7f_ffff, 0x7f80_0000,
  0x7f80_0001, 0x7fbf_ffff, 0x7fc0_0000, 0x7fff_ffff, 0x3f00_0000, 0x3fc0_0000, 0x1f80_0000, 0x7e80_0000,
];

function randomDouble(random: Random): bigint {
  const sign = random.below(2) === 0 ? 0n : 1n << 63n;
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return sign | random.of(doubles);
    case 3:
    case 4:
      // Near one, where integers, sums and cancellations are; with few bits, so that results are exact or halfway.
      return sign | (BigInt(1010 + random.below(70)) << 52n) | (BigInt(random.below(64)) << BigInt(random.below(47)));
    case 5:
      // Of single precision.
      return sign | (BigInt(890 + random.below(260)) << 52n) | (BigInt(random.next() >>> 9) << 29n);
    case 6:
      // Such that a product or quotient may become tiny or huge.
      return sign | (BigInt(random.of([1, 2, 510, 512, 1020, 1532, 1534, 2040, 2045])) << 52n) | (random.wide() >> 12n);
    case 7:
      return random.wide() >> BigInt(random.below(64));
    default:
      return random.wide();
  }
}
function randomSingle(random: Random): bigint {
  const sign = random.below(2) === 0 ? 0n : 0x8000_0000n;
  switch (random.below(4)) {
    case 0:
    case 1:
      return sign | BigInt(random.of(singles));
    case 2:
      return sign | (BigInt(100 + random.below(60)) << 23n) | BigInt(random.next() >>> 9);
    default:
      return BigInt(random.next());
  }
}
const readsSingles = /^xv.*sp(n|\.)?$|sp[us]x|spdp|^xvrspi|^xxl/;
/** Of doubles; what it makes of those that are no singles is mostly undefined. */
const computesInSingles = /^(f[a-z]+s\.?|xs.*sp)$/;
function randomHalf(mnemonic: string, random: Random): bigint {
  if (readsSingles.test(mnemonic) && random.below(8) > 0) return (randomSingle(random) << 32n) | randomSingle(random);
  const inSingles = computesInSingles.test(mnemonic) && random.below(3) > 0;
  return inSingles ? widen.compute([randomSingle(random)], DEFAULT_ENVIRONMENT).bits : randomDouble(random);
}

/** The vector-scalar registers that a word names. */
function registersOf({ instruction, word }: Pick<Piece, 'instruction' | 'word'>): readonly number[] {
  const { frt, frs, fra, frb, frc, xt, xs, xa, xb, xc, vrt, vrs } = instruction.decode(word);
  const vectors = [vrt, vrs].filter((n) => n !== undefined).map((n) => n + 32);
  const others = [fra, frb, frc, frs, frt, xa, xb, xc, xs, xt].filter((n) => n !== undefined);
  return [...new Set([...others, ...vectors])];
}

export function floatingPiece(random: Random): Piece {
  const one = random.of(byMnemonic.get(random.of(floatingMnemonics))!);
  let word = randomWord(one, random);
  let values = one.decode(word);
  // Invalid forms: an update of r0.
  while (values.ra === 0 && storage.test(one.mnemonic)) values = one.decode((word = randomWord(one, random)));
  if (storage.test(one.mnemonic) && values.rb === undefined && values.ra0 === 0)
    word = one.encode({ ...values, ra0: 1 });
  return {
    instruction: one,
    word,
    words: [word],
    shows: [
      wideRecord.fpscr,
      ...registersOf({ instruction: one, word }).flatMap((n) => [vsrWord(n, 0), vsrWord(n, 1)]),
    ],
    prepare: storage.test(one.mnemonic) ? pointIntoWindow(one, word, 16, 1) : () => undefined,
  };
}

const EXCEPTIONS = 0x9ff8_0700n;
const ENABLES = 0xf8n;
const FPRF_AND_ROUNDING = 0x0007_f000n;
const INVALID_OPERATIONS = 0x01f8_0700n;
const VX = 0x2000_0000n;
/**
 * Where an exception may be enabled: an enabled one ends QEMU's program, so that it must not raise others than we do. It
 * does in estimates and in vectors.
 */
const mayTrap = /^(f|xs)(add|sub|mul|div|sqrt|madd|msub|rsp)/;
/** Exceptions that stand already, classes of former results, every rounding, and sometimes exceptions enabled. */
function randomFpscr(mnemonic: string, random: Random): bigint {
  const some = BigInt(random.next());
  const raised = random.below(3) === 0 ? some & EXCEPTIONS : 0n;
  const exceptions = raised | ((raised & INVALID_OPERATIONS) === 0n ? 0n : VX);
  // One that stood and was enabled would be an enabled exception already.
  const mayEnable = random.below(6) === 0 && mayTrap.test(mnemonic);
  const enabled = mayEnable ? BigInt(random.next()) & ENABLES & ~(exceptions >> 22n) : 0n;
  return exceptions | (some & FPRF_AND_ROUNDING) | enabled | BigInt(random.below(4));
}

/** What the other registers hold matters little, and takes long to make. */
const others: bigint[] = [];
export function floatingInput(random: Random, piece: Piece): bigint[] {
  const { mnemonic } = piece.instruction;
  for (let n = others.length; n < wideRecord.inputWords; n++) others.push(random.wide());
  const input = [...randomRegisters(random).slice(0, wideRecord.fpscr), ...others.slice(wideRecord.fpscr)];
  input[wideRecord.fpscr] = randomFpscr(mnemonic, random);
  input[wideRecord.vscr] = 0n;
  let last: readonly [bigint, bigint] = [0n, 0n];
  for (const n of registersOf(piece)) {
    const other = random.below(10);
    const fresh = [randomHalf(mnemonic, random), randomHalf(mnemonic, random)] as const;
    // Now and then the same number again, or its negative: sums of nothing, comparisons of equals.
    const sign = other === 0 ? 1n << 63n : 0n;
    last = other < 2 ? [last[0] ^ sign, last[1] ^ sign] : fresh;
    input[vsrWord(n, 0)] = last[0];
    input[vsrWord(n, 1)] = last[1];
  }
  return input;
}

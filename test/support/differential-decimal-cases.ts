/** Random instructions of decimal floating point with numbers for them. */
import {
  decimal128,
  decimal32,
  decimal64,
  decode,
  encode,
  powerOfTen,
  type Decimal,
  type Format,
} from '../../emulator/decimal/format';
import { instructions } from '../../emulator/isa/table';
import { randomRegisters, randomWord, type Piece } from './differential-cases';
import { wideRecord } from './differential-qemu-user';
import type { Random } from './isa-random';

/** Where a floating-point register stands in a record. */
export const fprWord = (register: number): number => wideRecord.vsr + register * 2;

const decimalInstructions = instructions.filter(({ mnemonic, match }) => {
  const opcode = match >>> 26;
  return mnemonic.startsWith('d') && (opcode === 59 || opcode === 63);
});
const byMnemonic = new Map<string, typeof decimalInstructions>();
for (const one of decimalInstructions) {
  const name = one.mnemonic.replace('.', '');
  byMnemonic.set(name, [...(byMnemonic.get(name) ?? []), one]);
}
export const decimalMnemonics: readonly string[] = [...byMnemonic.keys()];

const digits = (count: number, random: Random): bigint => {
  let number = 0n;
  for (let i = 0; i < count; i++) number = number * 10n + BigInt(random.below(10));
  return number;
};
function coefficient(precision: number, random: Random): bigint {
  const count = random.of([0, 1, 1, 2, precision - 1, precision, precision, random.below(precision + 1)]);
  switch (random.below(6)) {
    case 0:
      return powerOfTen(count) - 1n;
    case 1:
      return count === 0 ? 0n : powerOfTen(count - 1);
    case 2:
      return (5n * powerOfTen(count)) % powerOfTen(precision);
    default:
      return digits(count, random);
  }
}
/** Exponents that meet: those of the operands before, the limits of the format, and zero. */
function exponent({ leastExponent, greatestExponent, precision }: Format, last: number, random: Random): number {
  const near = random.below(2 * precision) - precision;
  const base = random.of([
    0,
    0,
    last,
    last,
    last,
    -last,
    leastExponent,
    greatestExponent,
    leastExponent >> 1,
    near * 9,
  ]);
  return Math.min(Math.max(base + random.of([0, 0, 1, -1, near, near]), leastExponent), greatestExponent);
}
function randomDecimal(format: Format, last: number, random: Random): { bits: bigint; exponent: number } {
  const negative = random.below(2) === 0;
  const value = coefficient(format.precision, random);
  const chosen = exponent(format, last, random);
  if (random.below(24) === 0)
    return { bits: BigInt.asUintN(format.width, (random.wide() << 64n) | random.wide()), exponent: 0 };
  const kind: Decimal['kind'] =
    random.below(8) > 0 ? 'finite' : random.of(['infinity', 'infinity', 'quiet', 'signaling'] as const);
  const decimal: Decimal =
    kind === 'finite'
      ? { kind, negative, coefficient: value, exponent: chosen }
      : { kind, negative, coefficient: kind === 'infinity' ? 0n : value };
  return { bits: encode(decimal, format), exponent: chosen };
}

const SOURCES = ['fra', 'frb', 'frap', 'frbp', 'frt', 'frtp'] as const;
const pairs: ReadonlySet<string> = new Set(['frap', 'frbp', 'frtp']);

export function decimalPiece(random: Random): Piece {
  const one = random.of(byMnemonic.get(random.of(decimalMnemonics))!);
  const word = randomWord(one, random);
  const values = one.decode(word);
  const registers = SOURCES.flatMap((name) => {
    const n = values[name];
    if (n === undefined) return [];
    return pairs.has(name) ? [fprWord(n), fprWord(n + 1)] : [fprWord(n)];
  });
  return {
    instruction: one,
    word,
    words: [word],
    shows: [wideRecord.fpscr, ...new Set(registers)],
    prepare: () => undefined,
  };
}

/** What the first operand of some instructions is, or the only one: no decimal number. */
function integerFor(mnemonic: string, name: string, random: Random): bigint | undefined {
  const first = name === 'fra';
  if (first && /^(drrnd|dtstsf)/.test(mnemonic)) return BigInt(random.below(80));
  if (first && mnemonic.startsWith('diex'))
    return BigInt.asUintN(
      64,
      BigInt(random.of([0, 398, 767, 768, 12287, 12288, 6176, random.below(13000), -1, -2, -3, -4])),
    );
  if (mnemonic.startsWith('dcffix')) return random.wide() >> BigInt(random.below(64));
  return undefined;
}
function packed(width: 64 | 128, random: Random): bigint {
  const count = width / 4;
  const length = random.below(count + 1);
  const text = Array.from({ length: count }, (_, i) => (i < count - length ? 0 : random.below(10)));
  if (random.below(2) === 0) text[count - 1] = 10 + random.below(6);
  if (random.below(8) === 0) text[random.below(count)] = 10 + random.below(6);
  return BigInt(`0x${text.map((one) => one.toString(16)).join('')}`);
}

/**
 * Of redundant declets, the digits of an infinity and the reserved bits of a NaN the manual does not say what becomes of
 * them when a number is only moved: without them.
 */
function canonical(bits: bigint, format: Format): bigint {
  const value = decode(bits, format);
  return encode(value.kind === 'infinity' ? { ...value, coefficient: 0n } : value, format);
}
const movesDigits = (mnemonic: string): boolean => /^(diex|dscli|dscri|ddedpd)/.test(mnemonic);

const others: bigint[] = [];
export function decimalInput(random: Random, { instruction, word }: Piece): bigint[] {
  while (others.length < wideRecord.inputWords) others.push(random.wide());
  const input = [...randomRegisters(random).slice(0, wideRecord.fpscr), ...others.slice(wideRecord.fpscr)];
  input[wideRecord.fpscr] = BigInt(random.below(8)) << 32n;
  input[wideRecord.vscr] = 0n;
  const { mnemonic } = instruction;
  const values = instruction.decode(word);
  let last = random.below(16) - 8;
  for (const name of SOURCES) {
    const n = values[name];
    if (n === undefined) continue;
    const isPair = pairs.has(name);
    const format = isPair ? decimal128 : mnemonic.startsWith('dctdp') ? decimal32 : decimal64;
    const made = randomDecimal(format, last, random);
    last = made.exponent;
    const number = movesDigits(mnemonic) ? canonical(made.bits, format) : made.bits;
    const other = mnemonic.startsWith('denbcd')
      ? packed(isPair ? 128 : 64, random)
      : integerFor(mnemonic, name, random);
    const bits = other ?? number;
    if (!isPair) input[fprWord(n)] = bits;
    else {
      input[fprWord(n)] = bits >> 64n;
      input[fprWord(n + 1)] = BigInt.asUintN(64, bits);
    }
  }
  return input;
}

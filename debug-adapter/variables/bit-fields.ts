import { named, type NamedValue } from './named-value';
import { hexadecimal } from './format';

/** What the emulator's bit fields give: masks by name, and the way from a word to values and back. */
interface BitNames<Values> {
  readonly mask: Readonly<Record<keyof Values & string, bigint>>;
  decode(word: bigint): Values;
}

type Decoded = Readonly<Record<string, bigint | boolean>>;

/** Every field of a word by name; with `assign`, each can be changed. */
export function bitFields(
  bits: BitNames<Decoded>,
  word: bigint,
  assign?: (word: bigint) => void,
): readonly NamedValue[] {
  return Object.entries(bits.decode(word)).map(([name, value]) => {
    const mask = bits.mask[name] ?? 0n;
    return named(name, typeof value === 'boolean' ? (value ? '1' : '0') : hexadecimal(value), {
      type: `mask ${hexadecimal(mask)}`,
      ...(assign && isContiguous(mask) ? { assign: (field) => assign(withField(word, mask, field)) } : {}),
    });
  });
}

const lowestBit = (mask: bigint): bigint => mask & -mask;
const isContiguous = (mask: bigint): boolean => mask !== 0n && (mask & (mask + lowestBit(mask))) === 0n;
const withField = (word: bigint, mask: bigint, field: bigint): bigint =>
  BigInt.asUintN(64, (word & ~mask) | ((field * lowestBit(mask)) & mask));

/** The names of the single bits that are set: "NOHPTE, ISSTORE". */
export function setBitNames(bits: BitNames<Decoded>, word: bigint): string {
  const names = Object.entries(bits.decode(word)).flatMap(([name, value]) => (value === true ? [name] : []));
  return names.length === 0 ? 'no bit by name' : names.join(', ');
}

/** The fields of a 64-bit word, declared once in the numbering of the Power ISA: bit 0 is the most significant. */

type Range = readonly [first: number, last: number];

/** A field that reads as a number. A field in several pieces lists them from the most significant on. */
interface Bits {
  readonly kind: 'bits';
  readonly ranges: readonly Range[];
}
/** A single bit that reads as a truth value. */
interface Flag {
  readonly kind: 'flag';
  readonly bit: number;
}

export const bits = (...ranges: Range[]): Bits => ({ kind: 'bits', ranges });
export const flag = (bit: number): Flag => ({ kind: 'flag', bit });

type Fields = Readonly<Record<string, Bits | Flag>>;
export type Decoded<F extends Fields> = { readonly [K in keyof F]: F[K] extends Flag ? boolean : bigint };

export interface Bitfield<F extends Fields> {
  readonly fields: F;
  /** Where each field lies, as ones in the word. */
  readonly mask: { readonly [K in keyof F]: bigint };
  decode(word: bigint): Decoded<F>;
  /** The word with every given field replaced; the bits of fields that are not given stay as they are in `base`. */
  encode(values: Partial<Decoded<F>>, base?: bigint): bigint;
}

const rangesOf = (field: Bits | Flag): readonly Range[] =>
  field.kind === 'flag' ? [[field.bit, field.bit]] : field.ranges;
const widthOf = ([first, last]: Range): bigint => BigInt(last - first + 1);
const ones = (range: Range): bigint => (1n << widthOf(range)) - 1n;
const shiftOf = ([, last]: Range): bigint => BigInt(63 - last);

/** Reads a field; what it needs is worked out once, as every fault and hypercall decodes words. */
function reader(field: Bits | Flag): (word: bigint) => bigint | boolean {
  if (field.kind === 'flag') {
    const mask = 1n << BigInt(63 - field.bit);
    return (word) => (word & mask) !== 0n;
  }
  const pieces = field.ranges.map((range) => ({ width: widthOf(range), shift: shiftOf(range), mask: ones(range) }));
  const [only, ...others] = pieces;
  if (only && others.length === 0) return (word) => (word >> only.shift) & only.mask;
  return (word) => pieces.reduce((value, { width, shift, mask }) => (value << width) | ((word >> shift) & mask), 0n);
}

function insert(value: bigint, field: Bits | Flag): bigint {
  let rest = value;
  let word = 0n;
  for (const range of [...rangesOf(field)].reverse()) {
    word |= (rest & ones(range)) << shiftOf(range);
    rest >>= widthOf(range);
  }
  return word;
}

export function bitfield<const F extends Fields>(fields: F): Bitfield<F> {
  const mask = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, insert((1n << 64n) - 1n, field)]),
  ) as { readonly [K in keyof F]: bigint };
  const readers = Object.entries(fields).map(([name, field]) => ({ name, read: reader(field) }));
  return {
    fields,
    mask,
    decode(word) {
      const decoded: Record<string, bigint | boolean> = {};
      for (const { name, read } of readers) decoded[name] = read(word);
      return decoded as Decoded<F>;
    },
    encode: (values, base = 0n) =>
      Object.entries(values as Record<string, bigint | boolean>).reduce((word, [name, value]) => {
        const field = fields[name];
        if (!field) throw new Error(`${name} is no field of this word`);
        return (word & ~(mask[name] ?? 0n)) | insert(BigInt(value), field);
      }, base),
  };
}

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

function extract(word: bigint, field: Bits | Flag): bigint {
  return rangesOf(field).reduce(
    (value, range) => (value << widthOf(range)) | ((word >> shiftOf(range)) & ones(range)),
    0n,
  );
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
  return {
    fields,
    mask,
    decode: (word) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, field]) => {
          const value = extract(word, field);
          return [name, field.kind === 'flag' ? value === 1n : value];
        }),
      ) as Decoded<F>,
    encode: (values, base = 0n) =>
      Object.entries(values as Record<string, bigint | boolean>).reduce((word, [name, value]) => {
        const field = fields[name];
        if (!field) throw new Error(`${name} is no field of this word`);
        return (word & ~(mask[name] ?? 0n)) | insert(BigInt(value), field);
      }, base),
  };
}

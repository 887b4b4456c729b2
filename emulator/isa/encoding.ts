import { fields, type Field, type FieldName, type Values } from './fields';

interface Piece {
  readonly name: string;
  readonly shift: number;
  readonly mask: number;
}

/** A parsed encoding: which bits are fixed and how to read the others. */
export interface Encoding {
  readonly mask: number;
  readonly match: number;
  /** In the order in which they stand in the word. */
  readonly names: readonly FieldName[];
  /** The bits of one field. */
  maskOf(name: FieldName): number;
  /** A number put where the field's bits are. */
  place(name: FieldName, value: number): number;
  read(word: number): Values;
}

const ones = (width: number) => 2 ** width - 1;
const fieldOf = (name: string): Field | undefined => (fields as Readonly<Record<string, Field>>)[name.replace('^', '')];

function widthOf(encoding: string, name: string, digits: string | undefined): number {
  const field = fieldOf(name);
  const width = digits !== undefined ? Number(digits) : name.endsWith('^') ? field?.highWidth : field?.width;
  if (!width) throw new Error(`"${encoding}": ${name} is no field`);
  return width;
}

/** Where a field's bits are, the high part's too, so that reading it searches for nothing. */
interface Reader {
  readonly name: FieldName;
  readonly low: Piece;
  readonly high: Piece | undefined;
  readonly field: Field;
}
function readersOf(names: readonly FieldName[], pieces: readonly Piece[]): readonly Reader[] {
  return names.flatMap((name) => {
    const low = pieces.find((piece) => piece.name === name);
    const high = pieces.find((piece) => piece.name === `${name}^`);
    return low ? [{ name, low, high, field: fields[name] }] : [];
  });
}
function readField({ low, high, field: { width, highWidth, signed, scale } }: Reader, word: number): number {
  let value = (word >>> low.shift) & low.mask;
  if (high) value += ((word >>> high.shift) & high.mask) * 2 ** width;
  if (signed && value >= 2 ** (width + highWidth - 1)) value -= 2 ** (width + highWidth);
  return value * scale;
}

/** Reads '31:6 rt ra rb oe 266:9 rc': every one of the 32 bits has to be claimed. */
export function parseEncoding(encoding: string): Encoding {
  let bit = 0;
  let mask = 0;
  let match = 0;
  const pieces: Piece[] = [];
  for (const token of encoding.split(' ')) {
    const [name = '', digits] = token.split(':');
    const width = widthOf(encoding, name, digits);
    bit += width;
    const piece = { name, shift: 32 - bit, mask: ones(width) };
    if (digits === undefined) pieces.push(piece);
    else if (name !== '/') {
      if (!(Number(name) <= piece.mask)) throw new Error(`"${encoding}": ${name} needs more than ${width} bits`);
      mask |= piece.mask << piece.shift;
      match |= Number(name) << piece.shift;
    }
  }
  if (bit !== 32) throw new Error(`"${encoding}" has ${bit} bits, not 32`);
  const piecesOf = (name: FieldName) => pieces.filter((p) => p.name.replace('^', '') === name);
  const names = pieces.map((p) => p.name).filter((n): n is FieldName => !n.endsWith('^'));
  let readers: readonly Reader[] | undefined;
  return {
    mask,
    match,
    names,
    maskOf: (name) => piecesOf(name).reduce((bits, p) => bits | (p.mask << p.shift), 0),
    place(name, value) {
      const { width, scale }: Field = fields[name];
      const number = value / scale;
      return piecesOf(name).reduce((bits, p) => {
        const part = p.name.endsWith('^') ? Math.floor(number / 2 ** width) : number;
        return bits | ((part & p.mask) << p.shift);
      }, 0);
    },
    read(word) {
      readers ??= readersOf(names, pieces);
      const values: Partial<Record<FieldName, number>> = {};
      for (const reader of readers) values[reader.name] = readField(reader, word);
      return values;
    },
  };
}

/** Operands as GNU tools write them, read back into numbers. */
import { crBitNames } from './assembly';
import { fields, type Field, type FieldName } from './fields';

/** A sentence for a person; thrown inside the assembler only, and returned from it as a value. */
export class CannotAssemble extends Error {}

export interface Names {
  /** What `.` is. */
  readonly address: bigint;
  readonly symbols: ReadonlyMap<string, bigint>;
}

const halves = {
  l: (value: bigint) => value & 0xffffn,
  h: (value: bigint) => (value >> 16n) & 0xffffn,
  ha: (value: bigint) => ((value + 0x8000n) >> 16n) & 0xffffn,
  higher: (value: bigint) => (value >> 32n) & 0xffffn,
  highera: (value: bigint) => ((value + 0x8000n) >> 32n) & 0xffffn,
  highest: (value: bigint) => (value >> 48n) & 0xffffn,
  highesta: (value: bigint) => ((value + 0x8000n) >> 48n) & 0xffffn,
} as const;
type Half = keyof typeof halves;

const numberPattern = /^(0x[0-9a-f]+|0b[01]+|\d+)$/i;
function term(text: string, { address, symbols }: Names): bigint {
  if (text === '.') return address;
  if (numberPattern.test(text)) return BigInt(text);
  const value = symbols.get(text);
  if (value === undefined) throw new CannotAssemble(`There is no symbol "${text}".`);
  return value;
}

/** Numbers, symbols and `.`, added and subtracted; `half` is what follows an @. */
export function expression(text: string, names: Names): { readonly value: bigint; readonly half: Half | undefined } {
  const [, sum = text, half] = /^(.*)@([a-z]+)$/.exec(text) ?? [];
  if (half !== undefined && !(half in halves)) throw new CannotAssemble(`"@${half}" is no part of an address.`);
  const terms = [...sum.matchAll(/\s*([+-]?)\s*([\w.$]+)\s*/gy)];
  if (terms.length === 0 || terms.reduce((length, [whole]) => length + whole.length, 0) !== sum.length)
    throw new CannotAssemble(`"${text}" is no number.`);
  const value = terms.reduce((total, [, sign, one = '']) => total + (sign === '-' ? -1n : 1n) * term(one, names), 0n);
  return half === undefined ? { value, half } : { value: halves[half as Half](value), half: half as Half };
}

const registerNames = {
  gpr: { pattern: /^%?r(\d+)$/, what: 'general register' },
  gprOrZero: { pattern: /^%?r(\d+)$/, what: 'general register' },
  fpr: { pattern: /^%?f(\d+)$/, what: 'floating-point register' },
  vr: { pattern: /^%?v(\d+)$/, what: 'vector register' },
  vsr: { pattern: /^%?vs(\d+)$/, what: 'vector-scalar register' },
  crField: { pattern: /^%?cr(\d)$/, what: 'field of the CR' },
} as const;

function registerNumber(kind: keyof typeof registerNames, text: string, limit: number): number {
  const { pattern, what } = registerNames[kind];
  const number = Number(pattern.exec(text)?.[1] ?? (/^\d+$/.test(text) ? text : NaN));
  if (!(number < limit)) throw new CannotAssemble(`"${text}" is no ${what}.`);
  return number;
}

/** eq, 4*cr2+eq, or the bit's number. */
function crBitNumber(text: string): number {
  const [, field = '0', bit = ''] = /^(?:4\*cr([0-7])\+)?(lt|gt|eq|so|un)$/.exec(text) ?? [];
  const index = crBitNames.indexOf((bit === 'un' ? 'so' : bit) as (typeof crBitNames)[number]);
  const number = index >= 0 ? Number(field) * 4 + index : /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number < 32)) throw new CannotAssemble(`"${text}" is no bit of the CR.`);
  return number;
}

function range({ width, highWidth, signed, scale }: Field): readonly [least: number, most: number] {
  const count = 2 ** (width + highWidth);
  return signed ? [(-count / 2) * scale, (count / 2 - 1) * scale] : [0, (count - 1) * scale];
}

/** A number that has to fit; `wide` lets a signed one be written as if it were not, as lis does. */
function numberFor(name: FieldName, text: string, names: Names, wide: boolean): number {
  const field: Field = fields[name];
  const plain = field.prefix !== '' && text.startsWith(field.prefix) ? text.slice(field.prefix.length) : text;
  const { value, half } = expression(plain, names);
  const [least, most] = range(field);
  const turned = field.signed && (wide || half !== undefined) && value > BigInt(most) && value <= 0xffffn;
  const number = Number(turned ? value - 0x1_0000n : value);
  if (number < least || number > most)
    throw new CannotAssemble(`${text} does not fit: it must be a number from ${least} to ${most}.`);
  if (number % field.scale !== 0) throw new CannotAssemble(`${text} must be a multiple of ${field.scale}.`);
  return number;
}

/** The place that a branch leads to, as the field holds it. */
function targetFor(name: FieldName, text: string, names: Names, absolute: boolean): number {
  const { value } = expression(text, names);
  const distance = BigInt.asIntN(64, absolute ? value : value - names.address);
  const [least, most] = range(fields[name]);
  if (distance < BigInt(least) || distance > BigInt(most)) throw new CannotAssemble(`${text} is too far away.`);
  if (distance % 4n !== 0n) throw new CannotAssemble(`${text} is no place of an instruction.`);
  return Number(distance);
}

export interface Reading {
  readonly names: Names;
  /** The branch goes to its target itself, not by a distance. */
  readonly absolute: boolean;
  readonly wide: boolean;
}

/** What a field holds when its operand is written like this. */
export function readOperand(name: FieldName, text: string, { names, absolute, wide }: Reading): number {
  const field: Field = fields[name];
  switch (field.kind) {
    case 'gpr':
    case 'gprOrZero':
    case 'fpr':
    case 'vr':
    case 'vsr':
    case 'crField':
      return registerNumber(field.kind, text, 2 ** (field.width + field.highWidth));
    case 'crBit':
      return crBitNumber(text);
    case 'small':
    case 'immediate':
    case 'variant':
      return field.target ? targetFor(name, text, names, absolute) : numberFor(name, text, names, wide);
  }
}

/** The CR field that a bit lies in, by its first bit. */
export const readCrField = (text: string): number => registerNumber('crField', text, 8) * 4;

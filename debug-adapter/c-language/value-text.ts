/** Values of C as text, as gdb writes them. */
import { bare, sizeOf, type CType } from '../symbols/dwarf/c-type';
import type { Absence } from './stored-bytes';
import { addressOf, bytesOf, isOptimizedOut, elementOf, memberValue, numberOf, type CValue } from './value';

/** The name of what lies at an address; of a function that a pointer names, its own, where the pointer is to a descriptor. */
export type SymbolNames = (address: bigint, isFunction: boolean) => string | undefined;

const MAXIMUM_ELEMENTS = 200;
const MAXIMUM_LENGTH = 1000;

export function absenceText(absence: Absence): string {
  switch (absence.kind) {
    case 'optimized-out':
      return '<optimized out>';
    case 'implicit-pointer':
      return '<synthetic pointer>';
    case 'unreadable':
      return `<cannot read memory at ${shortHexadecimal(absence.address)}>`;
  }
}

export const shortHexadecimal = (value: bigint): string => `0x${value.toString(16)}`;

export function valueText(value: CValue, symbols: SymbolNames, depth = 0): string {
  const actual = bare(value.type);
  if (isOptimizedOut(value)) return absenceText({ kind: 'optimized-out' });
  switch (actual.kind) {
    case 'struct':
    case 'union': {
      if (actual.isDeclaration) return '<incomplete type>';
      if (depth > 2) return '{...}';
      const members = lazily(actual.members(), (member) => {
        const text = valueText(memberValue(value, member), symbols, depth + 1);
        return member.name === undefined ? text : `${member.name} = ${text}`;
      });
      return bounded(members);
    }
    case 'array':
      // Of an array without a bound only the beginning is known.
      if (actual.count === undefined) return shortHexadecimal(addressOf(value) ?? 0n);
      return arrayText(value, actual.element(), actual.count, symbols, depth);
    case 'function':
      return 'a function';
    case 'void':
      return 'void';
    case 'number':
    case 'enum':
    case 'pointer':
      return scalarText(value, symbols);
  }
}

/** One after another, as far as they are asked for: what does not fit is not made. */
function* lazily<T>(items: readonly T[], make: (item: T) => string): Generator<string> {
  for (const item of items) yield make(item);
}
function* withDots(parts: Iterable<string>): Generator<string> {
  yield* parts;
  yield '...';
}

/** As many parts as fit, and dots for the others. */
function bounded(parts: Iterable<string>): string {
  let text = '';
  for (const one of parts) {
    const more = text === '' ? one : `, ${one}`;
    if (text.length + more.length > MAXIMUM_LENGTH) return `{${text}${text === '' ? '' : ', '}...}`;
    text += more;
  }
  return `{${text}}`;
}

function scalarText(value: CValue, symbols: SymbolNames): string {
  const actual = bare(value.type);
  const number = numberOf(value);
  if (typeof number === 'number') return floatText(number, sizeOf(value.type) ?? 8);
  if (typeof number !== 'bigint') return absenceText(number);
  if (actual.kind === 'pointer') return pointerText(value, number, actual.target(), symbols);
  if (actual.kind === 'enum') return enumText(number, actual.enumerators());
  if (actual.kind !== 'number') return String(number);
  if (actual.as === 'boolean' && number < 2n) return String(number === 1n);
  return isCharacter(actual) ? `${number} ${characterText(Number(BigInt.asUintN(8, number)))}` : String(number);
}

/** The address, what lies there, and the text there where it points to characters. */
function pointerText(value: CValue, address: bigint, target: CType, symbols: SymbolNames): string {
  const symbol = symbols(address, bare(target).kind === 'function');
  const isText = isCharacter(bare(target)) && address !== 0n;
  return [
    shortHexadecimal(address),
    ...(symbol === undefined ? [] : [`<${symbol}>`]),
    ...(isText ? stringAt(value, address) : []),
  ].join(' ');
}

const isCharacter = (type: CType): boolean =>
  type.kind === 'number' && type.size === 1 && (type.as === 'signed-char' || type.as === 'unsigned-char');

function enumText(number: bigint, enumerators: readonly { readonly name: string; readonly value: bigint }[]): string {
  const exact = enumerators.find(({ value }) => value === number);
  if (exact) return exact.name;
  // What is made of flags shows the flags.
  const isFlag = (value: bigint): boolean => value > 0n && (value & (value - 1n)) === 0n;
  if (number <= 0n || enumerators.length === 0 || !enumerators.every(({ value }) => value === 0n || isFlag(value))) {
    return String(number);
  }
  const names = enumerators.filter(({ value }) => value !== 0n && (number & value) === value);
  const rest = names.reduce((left, { value }) => left & ~value, number);
  if (names.length === 0) return `(unknown: ${shortHexadecimal(number)})`;
  const parts = [...names.map(({ name }) => name), ...(rest === 0n ? [] : [`unknown: ${shortHexadecimal(rest)}`])];
  return `(${parts.join(' | ')})`;
}

/** As many digits as tell the number from its neighbours. */
function floatText(number: number, size: number): string {
  if (Number.isNaN(number)) return 'nan(0x8000000000000)';
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  return String(Number(number.toPrecision(size === 4 ? 9 : 17)));
}

const escapes: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\033',
  92: '\\\\',
};
function escaped(byte: number, quote: string): string {
  const known = escapes[byte];
  if (known !== undefined) return known;
  if (byte < 32 || byte > 126) return `\\${byte.toString(8).padStart(3, '0')}`;
  const character = String.fromCharCode(byte);
  return character === quote ? `\\${quote}` : character;
}
const characterText = (byte: number): string => `'${escaped(byte, "'")}'`;
const stringText = (bytes: Uint8Array): string => `"${Array.from(bytes, (byte) => escaped(byte, '"')).join('')}"`;

/** What a pointer to characters points to, up to the zero that ends it. */
function stringAt({ frame }: CValue, address: bigint): readonly string[] {
  const bytes: number[] = [];
  while (bytes.length < MAXIMUM_ELEMENTS) {
    const byte = frame.memory(address + BigInt(bytes.length), 1)?.[0];
    if (byte === undefined) return bytes.length === 0 ? [] : [stringText(Uint8Array.from(bytes))];
    if (byte === 0) return [stringText(Uint8Array.from(bytes))];
    bytes.push(byte);
  }
  return [`${stringText(Uint8Array.from(bytes))}...`];
}

/** No more of an array than is shown. */
function firstOf(value: CValue, element: CType, count: number): CValue {
  return { ...value, type: { kind: 'array', element: () => element, count } };
}

function arrayText(value: CValue, element: CType, count: number, symbols: SymbolNames, depth: number): string {
  if (isCharacter(bare(element)) && count > 0) {
    const bytes = bytesOf(firstOf(value, element, Math.min(count, MAXIMUM_ELEMENTS + 1)));
    if (!(bytes instanceof Uint8Array)) return absenceText(bytes);
    // Zeros at the end are not text.
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end -= 1;
    const shown = bytes.subarray(0, Math.min(end, MAXIMUM_ELEMENTS));
    return end > MAXIMUM_ELEMENTS ? `${stringText(shown)}...` : stringText(shown);
  }
  if (depth > 2) return '{...}';
  const shown = Math.min(count, MAXIMUM_ELEMENTS);
  const numbers = Array.from({ length: shown }, (_, index) => index);
  const parts = lazily(numbers, (index) => valueText(elementOf(value, element, index), symbols, depth + 1));
  return bounded(count > shown ? withDots(parts) : parts);
}

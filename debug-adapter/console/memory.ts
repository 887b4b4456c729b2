/** Commands that show and change memory and page table entries. */
import { hpteFirst, hpteSecond } from '../../emulator/index';
import { errors } from '../errors';
import { stateChanged } from '../requests/memory';
import { numberFrom } from '../requests/expressions';
import { addressText, demandAddress, namesSpace, readAt, writeAt, type TypedAddress } from '../session/addresses';
import { instructionText } from '../session/disassembly';
import { bytesOf, isLittleEndian, numberOf, symbolText, type VcpuOfGuest } from '../session/guest';
import { hexadecimal } from '../variables/format';
import { pageTableEntry } from '../variables/page-table';
import type { ConsoleCommand } from './command';

const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const MOST_UNITS = 4096;

/** A typed address, or an expression for an effective one. */
const placeOf = (of: VcpuOfGuest, text: string): TypedAddress =>
  namesSpace(text) === undefined ? { space: 'ea', address: numberFrom(of, text) } : demandAddress(text);

export const examine: ConsoleCommand = {
  name: 'x',
  parameters: '[/COUNT][x|d|u|i|s][b|h|w|g] ADDRESS',
  help: 'memory as gdb shows it: x/4xg r1, x/8i pc, x/s gpa:0x1000',
  completion: () => ['ea:', 'va:', 'gpa:', 'hva:', 'hpa:', 'hpte:'],
  run: (_context, of, rest) => {
    const [, digits = '1', letters = '', text = ''] = /^(?:\/(\d{0,5})([a-z]*))?\s*(.*)$/s.exec(rest) ?? [];
    const given = Array.from(letters);
    const format = given.find((one) => 'xduis'.includes(one)) ?? 'x';
    const unit = given.find((one) => one in sizes) ?? (format === 'i' ? 'w' : 'g');
    if (given.some((one) => !'xduisbhwg'.includes(one)))
      throw errors.badExpression(`x does not know the format "${letters}".`);
    const count = Math.min(MOST_UNITS, Number(digits === '' ? '1' : digits));
    const place = placeOf(of, text);
    if (format === 's') return { text: textAt(of, place) };
    return { text: unitsAt(of, place, count, format, format === 'i' ? 4 : (sizes[unit] ?? 8)).join('\n') };
  },
};

const MOST_TEXT = 1024;
function textAt(of: VcpuOfGuest, place: TypedAddress): string {
  const bytes = readAt(of, place, MOST_TEXT);
  const end = bytes.indexOf(0);
  return JSON.stringify(Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8'));
}

function unitsAt(of: VcpuOfGuest, place: TypedAddress, count: number, format: string, size: number): readonly string[] {
  const bytes = readAt(of, place, count * size);
  const rows = Math.floor(bytes.length / size);
  const step = place.space === 'hpte' ? 16 : 1;
  const lines = Array.from({ length: rows }, (_, row) => {
    const address = place.address + BigInt(Math.floor((row * size) / step));
    // Entries lie big-endian, whatever the guest is.
    const value = numberOf(
      bytes.subarray(row * size, (row + 1) * size),
      place.space !== 'hpte' && isLittleEndian(of.vcpu),
    );
    const symbol = place.space === 'ea' ? symbolText(of, address) : undefined;
    return `${addressText({ ...place, address })}${symbol === undefined ? '' : ` <${symbol}>`}  ${unitText(of, value, address, format, size)}`;
  });
  return rows < count
    ? [
        ...lines,
        `${addressText({ ...place, address: place.address + BigInt(rows * size) })}  (not memory that can be read)`,
      ]
    : lines;
}
function unitText(of: VcpuOfGuest, value: bigint, address: bigint, format: string, size: number): string {
  if (format === 'i') return instructionText(of, Number(value), address);
  if (format === 'd') return String(BigInt.asIntN(size * 8, value));
  return format === 'u' ? String(value) : `0x${value.toString(16).padStart(size * 2, '0')}`;
}

export const patch: ConsoleCommand = {
  name: 'patch',
  parameters: 'ADDRESS VALUE [1|2|4|8] | hpte:INDEX FIELD=VALUE …',
  help: 'write a number to memory, or change fields of a page table entry behind the hypervisor’s back',
  changes: true,
  completion: () => ['ea:', 'gpa:', 'hpte:', ...Object.keys(hpteFirst.mask), ...Object.keys(hpteSecond.mask)],
  run: (context, of, rest) => {
    const [place = '', ...words] = rest.split(/\s+/);
    const said =
      namesSpace(place) === 'hpte' ? patchEntry(of, demandAddress(place), words) : patchMemory(of, place, words);
    stateChanged(context);
    return { text: said };
  },
};

function patchMemory(of: VcpuOfGuest, text: string, [value = '', size = '4', ...more]: readonly string[]): string {
  const length = Number(size);
  if (text === '' || value === '' || more.length > 0 || ![1, 2, 4, 8].includes(length))
    throw errors.badExpression('patch needs an address, a number, and its size: patch ea:0x1000 0x60000000 4');
  const place = placeOf(of, text);
  const number = numberFrom(of, value);
  if (number >= 1n << BigInt(8 * length)) throw errors.badValue(value, `a number of ${length} bytes`);
  const bytes = bytesOf(number, length, isLittleEndian(of.vcpu));
  if (readAt(of, place, length).length < length) throw errors.unwritable(addressText(place));
  if (writeAt(of, place, bytes) < length) throw errors.unwritable(addressText(place));
  return `${addressText(place)} holds ${hexadecimal(number)}.`;
}

function patchEntry({ target, ...rest }: VcpuOfGuest, { address }: TypedAddress, words: readonly string[]): string {
  if (address >= target.pageTable.entryCount)
    throw errors.badValue(hexadecimal(address), `an index below ${hexadecimal(target.pageTable.entryCount)}`);
  if (words.length === 0) throw errors.badExpression('patch needs fields: patch hpte:0x10 protection=2 key=3');
  const index = Number(address);
  let { first, second } = target.pageTable.entry(index);
  for (const word of words) {
    const [, name = '', text = ''] = /^(\w+)=(.+)$/.exec(word) ?? [];
    const value = numberFrom({ target, ...rest }, text === '' ? '?' : text);
    if (Object.hasOwn(hpteFirst.mask, name)) first = withField(hpteFirst, first, name, value);
    else if (Object.hasOwn(hpteSecond.mask, name)) second = withField(hpteSecond, second, name, value);
    else throw errors.badExpression(`An HPTE has no field "${name}".`);
  }
  target.patchPageTable(index, first, second);
  const { name, value } = pageTableEntry(target.pageTable.entry(index));
  return `${name}: ${value}`;
}
type EntryWord = typeof hpteFirst | typeof hpteSecond;
function withField(bits: EntryWord, word: bigint, name: string, value: bigint): bigint {
  const fields = bits as {
    encode(values: object, base: bigint): bigint;
    decode(word: bigint): Readonly<Record<string, unknown>>;
  };
  const made = fields.encode({ [name]: value }, word);
  if (BigInt(fields.decode(made)[name] as bigint | boolean) !== value)
    throw errors.badValue(hexadecimal(value), `a value of the field ${name}`);
  return made;
}

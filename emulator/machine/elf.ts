/**
 * Reads the ELF64 files that guests come in, in either byte order. Every number in the file is distrusted: what does
 * not add up is an ElfError with one sentence, never an exception from an index.
 */

export interface ElfSegment {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly fileSize: number;
  readonly memorySize: bigint;
  /** 1 execute, 2 write, 4 read. */
  readonly flags: number;
  readonly bytes: Uint8Array;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  /** In memory; `bytes` is empty for a section that takes no place in the file, such as .bss. */
  readonly size: bigint;
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  readonly kind: 'function' | 'object' | 'other';
  readonly isGlobal: boolean;
  /** From the address to where calls from the same module enter (ELFv2 ABI 3.4.1): breakpoints belong there. */
  readonly localEntryOffset: number;
  /** Name of the section that it lies in; undefined for an absolute symbol. */
  readonly section: string | undefined;
}

export interface ElfFile {
  readonly endian: 'big' | 'little';
  readonly machine: number;
  readonly type: number;
  readonly entry: bigint;
  /** What is loaded (PT_LOAD), in the order of the file. */
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
  readonly sections: readonly ElfSection[];
}

/** A file that cannot be read as a guest. The message is one sentence without a subject: "is not an ELF file". */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

const POWERPC_64 = 21;
const machineNames: Readonly<Record<number, string>> = {
  3: 'Intel 80386',
  8: 'MIPS',
  20: '32-bit PowerPC',
  22: 'IBM S/390',
  40: '32-bit Arm',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};

const headerSize = 64;
const programHeaderSize = 56;
const sectionHeaderSize = 64;
const symbolSize = 24;
const LOAD = 1;
const sectionType = { SYMBOLS: 2, NO_BITS: 8, DYNAMIC_SYMBOLS: 11 } as const;
const symbolType = { OBJECT: 1, FUNCTION: 2, SECTION: 3, FILE: 4 } as const;
/** Section numbers from here on are no sections; this one in e_phnum or e_shstrndx means "see section 0". */
const EXTENDED = 0xffff;
const FIRST_RESERVED = 0xff00;

/** A file as numbers at offsets that have been found to lie in it. */
class Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = littleEndian;
  }
  half = (at: number): number => this.view.getUint16(at, this.littleEndian);
  word = (at: number): number => this.view.getUint32(at, this.littleEndian);
  double = (at: number): bigint => this.view.getBigUint64(at, this.littleEndian);

  /** A stretch of the file as numbers, or an error that says what lies beyond its end. */
  range(offset: bigint, size: bigint, what: string): Uint8Array {
    if (offset + size > BigInt(this.bytes.length)) {
      throw new ElfError(`is truncated: ${what} lies beyond the end of the file`);
    }
    return this.bytes.subarray(Number(offset), Number(offset + size));
  }
}

/** Checks all that says whether the file can be a guest at all. */
function identify(bytes: Uint8Array): Source {
  if ([0x7f, 0x45, 0x4c, 0x46].some((byte, index) => bytes[index] !== byte)) throw new ElfError('is not an ELF file');
  if (bytes.length < headerSize && bytes[4] === 2) throw new ElfError('is truncated: its header is incomplete');
  if (bytes[4] === 1) throw new ElfError('is a 32-bit ELF file, and the guest must be 64-bit');
  if (bytes[4] !== 2) throw new ElfError('has an ELF class that is neither 32-bit nor 64-bit');
  if (bytes[5] !== 1 && bytes[5] !== 2) throw new ElfError('has an ELF byte order that is neither little nor big');
  return new Source(bytes, bytes[5] === 1);
}

function checkMachine(machine: number): void {
  if (machine === POWERPC_64) return;
  throw new ElfError(`is for ${machineNames[machine] ?? `machine ${machine}`}, not for 64-bit PowerPC`);
}

/** Offsets of the records of a table. */
function table(source: Source, offset: bigint, count: bigint, size: number, entrySize: number, what: string): number[] {
  if (count === 0n || offset === 0n) return [];
  if (size !== entrySize) throw new ElfError(`has a ${what} with entries of ${size} bytes in place of ${entrySize}`);
  source.range(offset, count * BigInt(entrySize), `the ${what}`);
  return Array.from({ length: Number(count) }, (_, index) => Number(offset) + index * entrySize);
}

function readSegment(source: Source, at: number, index: number): ElfSegment | undefined {
  if (source.word(at) !== LOAD) return undefined;
  const fileSize = source.double(at + 32);
  const memorySize = source.double(at + 40);
  const virtualAddress = source.double(at + 16);
  const physicalAddress = source.double(at + 24);
  const bytes = source.range(source.double(at + 8), fileSize, `segment ${index}`);
  if (memorySize < fileSize) throw new ElfError(`has more of segment ${index} in the file than in memory`);
  for (const start of [virtualAddress, physicalAddress]) {
    if (start + memorySize > 1n << 64n) throw new ElfError(`has a segment ${index} that wraps around address zero`);
  }
  const flags = source.word(at + 4);
  return { virtualAddress, physicalAddress, fileSize: bytes.length, memorySize, flags, bytes };
}

/** A section header with the name still a number. */
interface RawSection extends Omit<ElfSection, 'name'> {
  readonly nameOffset: number;
  readonly link: number;
}

function readSection(source: Source, at: number, index: number): RawSection {
  const type = source.word(at + 4);
  const size = source.double(at + 32);
  // The size of section 0 is a count, when it is anything.
  const bytes =
    type === sectionType.NO_BITS || type === 0
      ? new Uint8Array(0)
      : source.range(source.double(at + 24), size, `section ${index}`);
  return {
    nameOffset: source.word(at),
    type,
    flags: source.double(at + 8),
    address: source.double(at + 16),
    size,
    bytes,
    link: source.word(at + 40),
  };
}

const decoder = new TextDecoder();
function textAt(strings: Uint8Array | undefined, offset: number, what: string): string {
  if (offset === 0 && !strings?.length) return '';
  const end = strings?.indexOf(0, offset) ?? -1;
  if (!strings || offset >= strings.length || end < 0) throw new ElfError(`has no name in its tables for ${what}`);
  return decoder.decode(strings.subarray(offset, end));
}

function readSymbols(littleEndian: boolean, raw: readonly RawSection[], sections: readonly ElfSection[]): ElfSymbol[] {
  const holder =
    raw.find(({ type }) => type === sectionType.SYMBOLS) ??
    raw.find(({ type }) => type === sectionType.DYNAMIC_SYMBOLS);
  if (!holder) return [];
  const symbols = new Source(holder.bytes, littleEndian);
  const strings = raw[holder.link]?.bytes;
  const found: ElfSymbol[] = [];
  for (let at = 0; at + symbolSize <= holder.bytes.length; at += symbolSize) {
    const symbol = readSymbol(symbols, at, strings, sections);
    if (symbol) found.push(symbol);
  }
  return found;
}

/** Decodes the three bits of st_other that the ELFv2 ABI uses: 2 to 6 stand for 4 to 64 bytes. */
const localEntryOffset = (code: number): number => (code >= 2 && code <= 6 ? 1 << code : 0);

/** Undefined for what names no place in memory: a file, a section, something defined elsewhere. */
function readSymbol(
  symbols: Source,
  at: number,
  strings: Uint8Array | undefined,
  sections: readonly ElfSection[],
): ElfSymbol | undefined {
  const information = symbols.bytes[at + 4] ?? 0;
  const type = information & 0xf;
  const section = symbols.half(at + 6);
  if (type === symbolType.SECTION || type === symbolType.FILE || section === 0) return undefined;
  const name = textAt(strings, symbols.word(at), `symbol ${at / symbolSize}`);
  if (name === '') return undefined;
  const kind = type === symbolType.FUNCTION ? 'function' : type === symbolType.OBJECT ? 'object' : 'other';
  return {
    name,
    address: symbols.double(at + 8),
    size: symbols.double(at + 16),
    kind,
    isGlobal: information >> 4 !== 0,
    localEntryOffset: localEntryOffset((symbols.bytes[at + 5] ?? 0) >> 5),
    section: section < FIRST_RESERVED ? sections[section]?.name : undefined,
  };
}

function readSections(source: Source): readonly RawSection[] {
  const offset = source.double(40);
  if (offset === 0n) return [];
  // With more sections than e_shnum can count, section 0 holds the number.
  source.range(offset, BigInt(sectionHeaderSize), 'the section table');
  const count = BigInt(source.half(60)) || source.double(Number(offset) + 32);
  return table(source, offset, count, source.half(58), sectionHeaderSize, 'section table').map((at, index) =>
    readSection(source, at, index),
  );
}

function nameSections(source: Source, raw: readonly RawSection[]): readonly ElfSection[] {
  const index = source.half(62);
  const strings = raw[index === EXTENDED ? (raw[0]?.link ?? 0) : index]?.bytes;
  return raw.map(({ nameOffset, type, flags, address, size, bytes }, number) => ({
    name: number === 0 ? '' : textAt(strings, nameOffset, `section ${number}`),
    type,
    flags,
    address,
    size,
    bytes,
  }));
}

/** Reads a guest's file; the bytes of segments and sections are views of it, not copies. */
export function readElf(bytes: Uint8Array): ElfFile {
  const source = identify(bytes);
  const machine = source.half(18);
  checkMachine(machine);
  const raw = readSections(source);
  const sections = nameSections(source, raw);
  const count = source.half(56);
  if (count === EXTENDED) throw new ElfError('has more than 65,534 segments');
  return {
    endian: source.littleEndian ? 'little' : 'big',
    machine,
    type: source.half(16),
    entry: source.double(24),
    segments: table(source, source.double(32), BigInt(count), source.half(54), programHeaderSize, 'segment table')
      .map((at, index) => readSegment(source, at, index))
      .filter((segment) => segment !== undefined),
    symbols: readSymbols(source.littleEndian, raw, sections),
    sections,
  };
}

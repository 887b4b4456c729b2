/** Makes small ELF64 files for tests, so that each test names only what it is about. */

export interface BuiltSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size?: bigint;
  /** ELF symbol type: 0 none, 1 object, 2 function, 3 section, 4 file. */
  readonly type?: number;
  readonly section?: number;
}
export interface BuiltSegment {
  readonly virtualAddress: bigint;
  readonly physicalAddress?: bigint;
  readonly bytes: Uint8Array;
  readonly memorySize?: bigint;
}
export interface BuiltSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly flags?: bigint;
  readonly address?: bigint;
}
export interface ElfParts {
  readonly endian?: 'big' | 'little';
  readonly machine?: number;
  readonly type?: number;
  readonly entry?: bigint;
  readonly segments?: readonly BuiltSegment[];
  readonly symbols?: readonly BuiltSymbol[];
  readonly sections?: readonly BuiltSection[];
}

const text = (value: string) => [...Buffer.from(value), 0];

/** Names one after another, and where each begins. */
function stringTable(names: readonly string[]): { bytes: Uint8Array; offset: (name: string) => number } {
  const bytes = [0];
  const offsets = new Map<string, number>();
  for (const name of names) {
    offsets.set(name, bytes.length);
    bytes.push(...text(name));
  }
  return { bytes: Uint8Array.from(bytes), offset: (name) => offsets.get(name) ?? 0 };
}

/** An ELF64 file; PowerPC 64, big-endian and executable unless told otherwise. Section 1 is the first of `sections`. */
export function buildElf(parts: ElfParts): Uint8Array<ArrayBuffer> {
  const little = parts.endian === 'little';
  const { segments = [], symbols = [], sections = [] } = parts;
  const symbolNames = stringTable(symbols.map(({ name }) => name));
  const symbolBytes = new Uint8Array(24 * (symbols.length + 1));
  const symbolView = new DataView(symbolBytes.buffer);
  symbols.forEach((symbol, index) => {
    const at = 24 * (index + 1);
    symbolView.setUint32(at, symbolNames.offset(symbol.name), little);
    symbolView.setUint8(at + 4, 0x10 | (symbol.type ?? 2));
    symbolView.setUint16(at + 6, symbol.section ?? 0xfff1, little);
    symbolView.setBigUint64(at + 8, symbol.address, little);
    symbolView.setBigUint64(at + 16, symbol.size ?? 0n, little);
  });
  const names = stringTable([...sections.map(({ name }) => name), '.symtab', '.strtab', '.shstrtab']);
  const first = sections.length + 1;
  const all = [
    { name: '', type: 0, bytes: new Uint8Array(0) },
    ...sections.map((section) => ({ ...section, type: 1 })),
    { name: '.symtab', type: 2, bytes: symbolBytes, link: first + 1, entrySize: 24 },
    { name: '.strtab', type: 3, bytes: symbolNames.bytes },
    { name: '.shstrtab', type: 3, bytes: names.bytes },
  ] as readonly (BuiltSection & { type: number; link?: number; entrySize?: number })[];

  const programHeaders = 64;
  const sectionHeaders = programHeaders + 56 * segments.length;
  let place = sectionHeaders + 64 * all.length;
  const place8 = (bytes: Uint8Array) => {
    const at = place;
    place += bytes.length;
    return at;
  };
  const segmentPlaces = segments.map(({ bytes }) => place8(bytes));
  const sectionPlaces = all.map(({ bytes }) => place8(bytes));

  const file = new Uint8Array(place);
  const view = new DataView(file.buffer);
  const half = (at: number, value: number) => view.setUint16(at, value, little);
  const word = (at: number, value: number) => view.setUint32(at, value, little);
  const double = (at: number, value: bigint) => view.setBigUint64(at, value, little);

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, little ? 1 : 2, 1]);
  half(16, parts.type ?? 2);
  half(18, parts.machine ?? 21);
  word(20, 1);
  double(24, parts.entry ?? 0n);
  double(32, BigInt(programHeaders));
  double(40, BigInt(sectionHeaders));
  half(52, 64);
  half(54, 56);
  half(56, segments.length);
  half(58, 64);
  half(60, all.length);
  half(62, all.length - 1);

  segments.forEach((segment, index) => {
    const at = programHeaders + 56 * index;
    word(at, 1);
    word(at + 4, 7);
    double(at + 8, BigInt(segmentPlaces[index]!));
    double(at + 16, segment.virtualAddress);
    double(at + 24, segment.physicalAddress ?? segment.virtualAddress);
    double(at + 32, BigInt(segment.bytes.length));
    double(at + 40, segment.memorySize ?? BigInt(segment.bytes.length));
    file.set(segment.bytes, segmentPlaces[index]);
  });
  all.forEach((section, index) => {
    const at = sectionHeaders + 64 * index;
    word(at, names.offset(section.name));
    word(at + 4, section.type);
    double(at + 8, section.flags ?? 0n);
    double(at + 16, section.address ?? 0n);
    double(at + 24, BigInt(sectionPlaces[index]!));
    double(at + 32, BigInt(section.bytes.length));
    word(at + 40, section.link ?? 0);
    double(at + 56, BigInt(section.entrySize ?? 0));
    file.set(section.bytes, sectionPlaces[index]);
  });
  return file;
}

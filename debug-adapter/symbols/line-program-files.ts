/** The names of source files in the header of a line number program. */
import { Cursor, TruncatedError } from './cursor';

/** The sections that a line number program and its names lie in. */
export interface NameSections {
  readonly lines: Uint8Array;
  readonly lineStrings: Uint8Array;
  readonly strings: Uint8Array;
}

const join = (directory: string, file: string): string =>
  directory === '' || file.startsWith('/') ? file : `${directory}/${file}`;

/** Files by the number that rows use. */
export function readFileNames(
  header: Cursor,
  version: number,
  is64: boolean,
  sections: NameSections,
  littleEndian: boolean,
): readonly string[] {
  if (version < 5) return readOldTables(header);
  const directories = readTable(header, is64, sections, littleEndian).map(({ name }) => name);
  const compiledIn = directories[0] ?? '';
  return readTable(header, is64, sections, littleEndian).map(({ name, directory }) =>
    join(join(compiledIn, directories[directory] ?? ''), name),
  );
}

/** Before DWARF 5: texts, ended by an empty one; directory 0 is where the compiler ran, and is not named. */
function readOldTables(header: Cursor): readonly string[] {
  const directories = [''];
  for (let name = header.text(); name !== ''; name = header.text()) directories.push(name);
  const files = [''];
  for (let name = header.text(); name !== ''; name = header.text()) {
    files.push(join(directories[Number(header.unsignedLeb())] ?? '', name));
    header.unsignedLeb();
    header.unsignedLeb();
  }
  return files;
}

const content = { PATH: 1, DIRECTORY: 2 };
interface Entry {
  readonly name: string;
  readonly directory: number;
}

/** DWARF 5: the table says itself what its entries consist of. */
function readTable(header: Cursor, is64: boolean, sections: NameSections, littleEndian: boolean): readonly Entry[] {
  const formats = Array.from({ length: header.u8() }, () => ({
    type: Number(header.unsignedLeb()),
    form: Number(header.unsignedLeb()),
  }));
  const count = Number(header.unsignedLeb());
  if (count > header.bytes.length) throw new TruncatedError();
  return Array.from({ length: count }, () => {
    let name = '';
    let directory = 0;
    for (const { type, form } of formats) {
      const value = readForm(header, form, is64, sections, littleEndian);
      if (type === content.PATH) name = String(value);
      if (type === content.DIRECTORY) directory = Number(value);
    }
    return { name, directory };
  });
}

function readForm(
  header: Cursor,
  form: number,
  is64: boolean,
  { lineStrings, strings }: NameSections,
  littleEndian: boolean,
): string | number {
  const textIn = (bytes: Uint8Array): string => {
    const cursor = new Cursor(bytes, littleEndian);
    cursor.skip(header.offset(is64));
    return cursor.text();
  };
  switch (form) {
    case 0x08: // string
      return header.text();
    case 0x1f: // line_strp
      return textIn(lineStrings);
    case 0x0e: // strp
      return textIn(strings);
    case 0x0b: // data1
      return header.u8();
    case 0x05: // data2
      return header.u16();
    case 0x06: // data4
      return header.u32();
    case 0x07: // data8
      return Number(header.u64());
    case 0x0f: // udata
      return Number(header.unsignedLeb());
    case 0x1e: // data16, an MD5 sum
      header.skip(16);
      return 0;
    case 0x09: // block
      header.skip(Number(header.unsignedLeb()));
      return 0;
    default:
      throw new TruncatedError();
  }
}

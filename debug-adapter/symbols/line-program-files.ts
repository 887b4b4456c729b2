/** The names of source files in the header of a line number program. */
import { textAt, TruncatedError, type Cursor } from './cursor';

/** The sections that a line number program and its names lie in. */
export interface NameSections {
  readonly lines: Uint8Array;
  readonly lineStrings: Uint8Array;
  readonly strings: Uint8Array;
}

/** A file as the header has it: its directory is a number there. */
interface FileEntry {
  readonly name: string;
  readonly directory: number;
}

/** The files of one program, by their numbers; a path is put together when it is asked for. */
export class FileNames {
  readonly #directories: readonly string[];
  readonly #files: readonly FileEntry[];
  readonly #paths: (string | undefined)[] = [];

  constructor(directories: readonly string[], files: readonly FileEntry[]) {
    this.#directories = directories;
    this.#files = files;
  }

  /** As the compiler named it; undefined where there is no such file. */
  path(number: number): string | undefined {
    const file = this.#files[number];
    if (!file) return undefined;
    const directory = this.#directories[file.directory] ?? '';
    return (this.#paths[number] ??= join(join(this.#directories[0] ?? '', directory), file.name));
  }
  all(): readonly string[] {
    return this.#files.flatMap(({ name }, number) => (name === '' ? [] : (this.path(number) ?? [])));
  }
  /** The paths of all files with this name, whatever directory they are in. */
  pathsOf(baseName: string): readonly string[] {
    return this.#files.flatMap(({ name }, number) => {
      const isIt = name === baseName || name.endsWith(`/${baseName}`);
      return isIt ? (this.path(number) ?? []) : [];
    });
  }
}

const join = (directory: string, file: string): string =>
  directory === '' || file.startsWith('/') ? file : `${directory}/${file}`;

export function readFileNames(header: Cursor, version: number, is64: boolean, sections: NameSections): FileNames {
  if (version < 5) return readOldTables(header);
  const directories = readTable(header, is64, sections).map(({ name }) => name);
  return new FileNames(directories, readTable(header, is64, sections));
}

/** Before DWARF 5: texts, ended by an empty one; directory 0 is where the compiler ran, and is not named. */
function readOldTables(header: Cursor): FileNames {
  const directories = [''];
  for (let name = header.text(); name !== ''; name = header.text()) directories.push(name);
  const files: FileEntry[] = [{ name: '', directory: 0 }];
  for (let name = header.text(); name !== ''; name = header.text()) {
    files.push({ name, directory: header.count() });
    header.skipLeb();
    header.skipLeb();
  }
  return new FileNames(directories, files);
}

const content = { PATH: 1, DIRECTORY: 2 };

/** DWARF 5: the table says itself what its entries consist of. */
function readTable(header: Cursor, is64: boolean, sections: NameSections): readonly FileEntry[] {
  const formats = Array.from({ length: header.u8() }, () => ({
    type: header.count(),
    form: header.count(),
  }));
  const count = header.count();
  if (count > header.bytes.length) throw new TruncatedError();
  return Array.from({ length: count }, () => {
    let name = '';
    let directory = 0;
    for (const { type, form } of formats) {
      const value = readForm(header, form, is64, sections);
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
): string | number {
  const textIn = (bytes: Uint8Array): string => textAt(bytes, header.offset(is64));
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
      return header.count();
    case 0x1e: // data16, an MD5 sum
      header.skip(16);
      return 0;
    case 0x09: // block
      header.skip(header.count());
      return 0;
    default:
      throw new TruncatedError();
  }
}

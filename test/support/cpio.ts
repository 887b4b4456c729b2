/** Writes an archive in the "new ASCII" cpio format, which Linux unpacks as its initial RAM disk (Debian: cpio(5)). */

export interface ArchiveEntry {
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'link' | 'character device';
  /** Permission bits. */
  readonly mode?: number;
  /** Of a file its bytes, of a symbolic link its target. */
  readonly content?: Uint8Array | string;
  readonly device?: { readonly major: number; readonly minor: number };
}

const kindBits = { directory: 0o040000, file: 0o100000, link: 0o120000, 'character device': 0o020000 } as const;
const usualModes = { directory: 0o755, file: 0o644, link: 0o777, 'character device': 0o600 } as const;
const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function record(number: number, { path, kind, mode, content = '', device }: ArchiveEntry): Buffer {
  const bytes = Buffer.from(content);
  const name = Buffer.from(`${path}\0`);
  const links = kind === 'directory' ? 2 : 1;
  const fields = [
    ...[number, kindBits[kind] | (mode ?? usualModes[kind]), 0, 0, links, 0, bytes.length],
    ...[0, 0, device?.major ?? 0, device?.minor ?? 0, name.length, 0],
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name])), padded(bytes)]);
}

export const writeArchive = (entries: readonly ArchiveEntry[]): Buffer =>
  Buffer.concat([
    ...entries.map((entry, index) => record(index + 1, entry)),
    record(0, { path: TRAILER, kind: 'file', mode: 0 }),
  ]);

import { unzlibSync } from 'fflate';
import { decompress as unzstd } from 'fzstd';
import type { ElfFile } from '../../emulator/index';

const COMPRESSED = 0x800n;
const ZLIB = 1;
const ZSTD = 2;
const compressionHeaderSize = 24;
/** "ZLIB" and the size, before a section of the older names. */
const oldHeaderSize = 12;

/** The bytes of a section as they were before compression (ELF's SHF_COMPRESSED, or the older ".zdebug" names). */
export function debugSection({ sections, endian }: Pick<ElfFile, 'sections' | 'endian'>, name: string): Uint8Array {
  const plain = sections.find((section) => section.name === name);
  if (plain && (plain.flags & COMPRESSED) === 0n) return plain.bytes;
  try {
    if (plain) return decompressed(plain.bytes, endian === 'little');
    const old = sections.find((section) => section.name === name.replace('.debug', '.zdebug'));
    return old ? unzlibSync(old.bytes.subarray(oldHeaderSize)) : new Uint8Array(0);
  } catch {
    // A guest without lines is worth more than no guest.
    return new Uint8Array(0);
  }
}

function decompressed(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content = bytes.subarray(compressionHeaderSize);
  switch (view.getUint32(0, littleEndian)) {
    case ZLIB:
      return unzlibSync(content);
    case ZSTD:
      return unzstd(content);
    default:
      return new Uint8Array(0);
  }
}

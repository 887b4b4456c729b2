/** Names that a guest is looked for under, at most two folders below the one that is open. */
export const guestPattern = `{${['', '*/', '*/*/'].flatMap((folder) => [`${folder}*.elf`, `${folder}vmlinux*`]).join()}}`;

/** How many bytes of a file say whether it is a guest. */
export const guestHeaderSize = 20;

const magic = [0x7f, 0x45, 0x4c, 0x46];
const elf64 = 2;
const littleEndian = 1;
const executable = 2;
const sharedObject = 3;
const powerPc64 = 21;

/** Whether a file that begins with these bytes is a linked 64-bit PowerPC ELF file, in either byte order. */
export function isGuestHeader(header: Uint8Array): boolean {
  if (header.length < guestHeaderSize || magic.some((byte, index) => header[index] !== byte)) return false;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const half = (offset: number) => view.getUint16(offset, header[5] === littleEndian);
  // Position-independent kernels are linked as shared objects; relocatable objects cannot be run.
  return header[4] === elf64 && [executable, sharedObject].includes(half(16)) && half(18) === powerPc64;
}

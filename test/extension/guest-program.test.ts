import { describe, expect, it } from 'vitest';
import { guestHeaderSize, isGuestHeader } from '../../extension/guest-program';

interface Header {
  readonly bits?: 1 | 2;
  readonly bigEndian?: boolean;
  readonly kind?: number;
  readonly machine?: number;
}

/** The first bytes of an ELF file, a big-endian 64-bit PowerPC program where nothing else is said. */
const header = ({ bits = 2, bigEndian = true, kind = 2, machine = 21 }: Header = {}) => {
  const bytes = new Uint8Array(guestHeaderSize);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits, bigEndian ? 2 : 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, kind, !bigEndian);
  view.setUint16(18, machine, !bigEndian);
  return bytes;
};

describe('a guest is', () => {
  it.each([
    ['a big-endian program', {}],
    ['a little-endian program', { bigEndian: false }],
    ['a position-independent kernel', { kind: 3 }],
  ])('%s', (_name, fields) => {
    expect(isGuestHeader(header(fields))).toBe(true);
  });
});

describe('a guest is not', () => {
  it.each([
    ['a 32-bit program', header({ bits: 1 })],
    ['a relocatable object', header({ kind: 1 })],
    ['a core dump', header({ kind: 4 })],
    ['a program for x86-64', header({ machine: 62, bigEndian: false })],
    ['a file that ends within the header', header().subarray(0, 19)],
    ['an empty file', new Uint8Array()],
    ['a text', new TextEncoder().encode('this is no ELF file at all')],
  ])('%s', (_name, bytes) => {
    expect(isGuestHeader(bytes)).toBe(false);
  });
});

/** The bytes of a value, gathered from wherever its pieces are. */
import type { FrameState } from '../symbols/dwarf/evaluate';
import type { Location, Piece, Place } from '../symbols/dwarf/location';

/** Why a value cannot be seen. */
export type Absence =
  | { readonly kind: 'optimized-out' }
  | { readonly kind: 'unreadable'; readonly address: bigint }
  | { readonly kind: 'implicit-pointer' };

/** Bytes in the order of the guest's memory; those of a missing piece are zero and said to be missing. */
export interface StoredBytes {
  readonly bytes: Uint8Array;
  /** Undefined: all are there. */
  readonly isThere: ((index: number) => boolean) | undefined;
}

export function gather(location: Location, size: number, frame: FrameState): StoredBytes | Absence {
  const [only] = location;
  if (location.length === 1 && only?.bitSize === undefined) return fromPlace(only!.place, size, frame);
  return fromPieces(location, size, frame);
}

export const isAbsent = (stored: StoredBytes | Absence): stored is Absence => 'kind' in stored;

function fromPlace(place: Place, size: number, frame: FrameState): StoredBytes | Absence {
  switch (place.kind) {
    case 'memory': {
      const bytes = frame.memory(place.address, size);
      return bytes ? { bytes, isThere: undefined } : { kind: 'unreadable', address: place.address };
    }
    case 'register': {
      const value = frame.register(place.number);
      if (value === undefined) return { kind: 'optimized-out' };
      const bits = isFloatingRegister(place.number) && size === 4 ? singleOf(value) : value;
      return { bytes: numberBytes(bits, size, frame.littleEndian), isThere: undefined };
    }
    case 'computed':
      return { bytes: numberBytes(place.value, size, frame.littleEndian), isThere: undefined };
    case 'bytes': {
      const bytes = new Uint8Array(size);
      bytes.set(place.bytes.subarray(0, size));
      return { bytes, isThere: undefined };
    }
    case 'implicit-pointer':
      return { kind: 'implicit-pointer' };
    case 'optimized-out':
      return { kind: 'optimized-out' };
  }
}

const isFloatingRegister = (number: number): boolean => number >= 32 && number < 64;
const scratch = new DataView(new ArrayBuffer(8));
/** A register holds a single-precision number in the double format. */
function singleOf(value: bigint): bigint {
  scratch.setBigUint64(0, value);
  scratch.setFloat32(0, scratch.getFloat64(0));
  return BigInt(scratch.getUint32(0));
}

function numberBytes(value: bigint, size: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(8 * size, value);
  for (let index = 0; index < Math.min(size, 16); index++, rest >>= 8n) {
    bytes[littleEndian ? index : size - 1 - index] = Number(rest & 0xffn);
  }
  return bytes;
}

/** Pieces follow one another in the order of memory; within a byte, from the end that the byte order begins at. */
function fromPieces(location: Location, size: number, frame: FrameState): StoredBytes | Absence {
  const bits = new Uint8Array(8 * size);
  const there = new Uint8Array(8 * size);
  let at = 0;
  for (const piece of location) {
    const count = Math.min(piece.bitSize ?? bits.length, bits.length - at);
    const found = bitsOfPiece(piece, count, frame);
    if (found) {
      bits.set(found, at);
      there.fill(1, at, at + count);
    }
    at += count;
  }
  const isThere = (index: number): boolean => there.subarray(8 * index, 8 * index + 8).every((one) => one === 1);
  if (!there.includes(1)) return { kind: 'optimized-out' };
  const bytes = Uint8Array.from({ length: size }, (_, index) => byteOf(bits, index, frame.littleEndian));
  return { bytes, isThere: there.includes(0) ? isThere : undefined };
}

function byteOf(bits: Uint8Array, index: number, littleEndian: boolean): number {
  let byte = 0;
  for (let bit = 0; bit < 8; bit++) {
    if (bits[8 * index + bit]) byte |= littleEndian ? 1 << bit : 0x80 >> bit;
  }
  return byte;
}

/** The bits of a piece in the order of memory. */
function bitsOfPiece({ place, bitOffset }: Piece, count: number, frame: FrameState): Uint8Array | undefined {
  const isNumber = place.kind === 'register' || place.kind === 'computed';
  const bytes = Math.ceil((count + bitOffset) / 8);
  const stored = fromPlace(place, isNumber ? Math.max(8, bytes) : bytes, frame);
  if (isAbsent(stored)) return undefined;
  const { littleEndian } = frame;
  const bitAt = (position: number): number => {
    const byte = stored.bytes[position >> 3] ?? 0;
    return (littleEndian ? byte >> (position & 7) : byte >> (7 - (position & 7))) & 1;
  };
  // A register's piece begins at its least significant end; in big-endian memory that lies last.
  const first = isNumber && !littleEndian ? 8 * stored.bytes.length - bitOffset - count : bitOffset;
  return Uint8Array.from({ length: count }, (_, index) => bitAt(first + index));
}

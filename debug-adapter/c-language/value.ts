/** Values of C as they are in the stopped guest. */
import type { FrameState } from '../symbols/dwarf/evaluate';
import { whole, type Location } from '../symbols/dwarf/location';
import { bare, sizeOf, type CType, type Member } from '../symbols/dwarf/c-type';
import { bitsOfFloat, floatOf } from '../symbols/dwarf/stack-value';
import { gather, isAbsent, type Absence, type StoredBytes } from './stored-bytes';

/** Bits of a struct that are a member of their own. */
interface BitField {
  readonly offset: number;
  readonly size: number;
}

/** A value of a type, and where it comes from. */
export interface CValue {
  readonly type: CType;
  /** Of the whole that it is a part of. */
  readonly location: Location;
  /** Bytes of that whole. */
  readonly wholeSize: number;
  /** From the whole's beginning, in bytes. */
  readonly offset: number;
  readonly bitField: BitField | undefined;
  readonly frame: FrameState;
}

export function valueAt(type: CType, location: Location, frame: FrameState): CValue {
  return { type, location, wholeSize: sizeOf(type) ?? 0, offset: 0, bitField: undefined, frame };
}
export const inMemory = (type: CType, address: bigint, frame: FrameState): CValue =>
  valueAt(type, whole({ kind: 'memory', address: BigInt.asUintN(64, address) }), frame);
/** A number that an expression has made: it is nowhere. */
export const computed = (type: CType, value: bigint, frame: FrameState): CValue =>
  valueAt(type, whole({ kind: 'computed', value: BigInt.asUintN(64, value) }), frame);
export function computedFloat(type: CType, value: number, frame: FrameState): CValue {
  return computed(type, bitsOfFloat(value, sizeOf(type) ?? 8), frame);
}

/** The address of a value that lies in memory. */
export function addressOf({ location, offset }: CValue): bigint | undefined {
  const [piece, ...more] = location;
  if (piece?.place.kind !== 'memory' || more.length > 0) return undefined;
  return BigInt.asUintN(64, piece.place.address + BigInt(offset));
}

/** A part of a value, with a type of its own, at a distance in bytes. */
function part(value: CValue, type: CType, offset: number, bitField?: BitField): CValue {
  const address = addressOf(value);
  const size = bitField ? Math.ceil((bitField.offset + bitField.size) / 8) : (sizeOf(type) ?? 0);
  if (address === undefined) return { ...value, type, offset: value.offset + offset, bitField };
  return { ...inMemory(type, address + BigInt(offset), value.frame), wholeSize: size, bitField };
}

export function memberValue(value: CValue, { type, bitOffset, bitSize }: Member): CValue {
  if (bitSize === undefined) return part(value, type, Math.floor(bitOffset / 8));
  const bytes = Math.floor(bitOffset / 8);
  return part(value, type, bytes, { offset: bitOffset - 8 * bytes, size: bitSize });
}

/** What is larger is no value that anybody looks at as a whole. */
const MAXIMUM_SIZE = 1 << 20;

/** The bytes of a value in the order of memory, or why they cannot be seen. */
export function bytesOf(value: CValue): Uint8Array | Absence {
  const { offset, wholeSize } = value;
  const address = addressOf(value);
  const size = sizeIn(value);
  if (Math.max(size, wholeSize, offset) > MAXIMUM_SIZE) return { kind: 'optimized-out' };
  const stored: StoredBytes | Absence =
    address === undefined
      ? gather(value.location, Math.max(wholeSize, offset + size), value.frame)
      : gather(whole({ kind: 'memory', address }), size, value.frame);
  if (isAbsent(stored)) return stored;
  const first = address === undefined ? offset : 0;
  const bytes = stored.bytes.subarray(first, first + size);
  const isWhole = !stored.isThere || bytes.every((_, index) => stored.isThere?.(first + index));
  return isWhole ? bytes : { kind: 'optimized-out' };
}
const sizeIn = ({ bitField, type }: CValue): number =>
  bitField ? Math.ceil((bitField.offset + bitField.size) / 8) : (sizeOf(type) ?? 0);

/** The bits of a number, a pointer or an enum, as an unsigned number. */
function bitsOf(value: CValue): bigint | Absence {
  const bytes = bytesOf(value);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const ordered = value.frame.littleEndian ? [...bytes].reverse() : bytes;
  let bits = 0n;
  for (const byte of ordered) bits = (bits << 8n) | BigInt(byte);
  const { bitField } = value;
  if (!bitField) return bits;
  // Counted from the least significant bit in little-endian memory, from the most significant one in big-endian.
  const shift = value.frame.littleEndian ? bitField.offset : 8 * bytes.length - bitField.offset - bitField.size;
  return BigInt.asUintN(bitField.size, bits >> BigInt(shift));
}

export const isSigned = (type: CType): boolean => {
  const actual = bare(type);
  if (actual.kind === 'enum') return actual.isSigned;
  return actual.kind === 'number' && (actual.as === 'signed' || actual.as === 'signed-char');
};

/** The number that a value stands for: a float's as a double, any other's as a whole number with its sign. */
export function numberOf(value: CValue): bigint | number | Absence {
  const bits = bitsOf(value);
  if (typeof bits !== 'bigint') return bits;
  const actual = bare(value.type);
  if (actual.kind === 'number' && actual.as === 'float' && (actual.size === 4 || actual.size === 8)) {
    return floatOf(bits, actual.size);
  }
  const width = value.bitField?.size ?? 8 * (sizeOf(value.type) ?? 8);
  return isSigned(value.type) ? BigInt.asIntN(width, bits) : bits;
}

/** An element of an array. */
export const elementOf = (value: CValue, element: CType, index: number): CValue =>
  part(value, element, index * (sizeOf(element) ?? 0));

/** Whether nothing is left of it. */
export const isOptimizedOut = ({ location }: CValue): boolean =>
  location.every(({ place }) => place.kind === 'optimized-out');

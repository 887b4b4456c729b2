/** What a file has less of than it says. */
export class TruncatedError extends Error {}

const decoder = new TextDecoder();
/** A LEB128 number of 64 bits has ten bytes; what a damaged file has beyond them is passed over. */
const MAXIMUM_LEB_SHIFT = 63;

/** Reads a stretch of bytes from its beginning on. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array, littleEndian: boolean, position = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = littleEndian;
    // Nothing can be read from a place that no file has.
    this.position = position >= 0 ? position : Infinity;
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  #advance(size: number): number {
    const at = this.position;
    if (!(size >= 0 && at + size <= this.bytes.length)) throw new TruncatedError();
    this.position = at + size;
    return at;
  }

  u8(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new TruncatedError();
    this.position += 1;
    return byte;
  }
  i8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    return this.#view.getUint16(this.#advance(2), this.littleEndian);
  }
  u24(): number {
    const [first, second, third] = [this.u8(), this.u8(), this.u8()];
    return this.littleEndian ? first | (second << 8) | (third << 16) : (first << 16) | (second << 8) | third;
  }
  u32(): number {
    return this.#view.getUint32(this.#advance(4), this.littleEndian);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), this.littleEndian);
  }
  /** A number of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): bigint {
    switch (size) {
      case 1:
        return BigInt(this.u8());
      case 2:
        return BigInt(this.u16());
      case 4:
        return BigInt(this.u32());
      case 8:
        return this.u64();
      default:
        throw new TruncatedError();
    }
  }
  signed(size: number): bigint {
    return BigInt.asIntN(8 * size, this.unsigned(size));
  }

  /** A DWARF offset or length, of four or of eight bytes. */
  offset(is64: boolean): number {
    return is64 ? Number(this.u64()) : this.u32();
  }

  skip(size: number): void {
    this.#advance(size);
  }
  take(size: number): Uint8Array {
    const at = this.#advance(size);
    return this.bytes.subarray(at, at + size);
  }
  /** The same bytes from here on, as a cursor of their own; this one goes past them. */
  part(size: number): Cursor {
    return new Cursor(this.take(size), this.littleEndian);
  }

  /** An unsigned LEB128 number that is a count, a code or an offset: exact up to 2 to the power of 53. */
  count(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    for (;;) {
      byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }
  unsignedLeb(): bigint {
    let value = 0n;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift <= MAXIMUM_LEB_SHIFT) value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }
  signedLeb(): bigint {
    let value = 0n;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift <= MAXIMUM_LEB_SHIFT) value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte >= 0x80) continue;
      const width = Math.min(shift + 7, 64);
      return BigInt.asIntN(width, value);
    }
  }
  skipLeb(): void {
    while (this.u8() >= 0x80);
  }
  /** A text that ends with a zero byte. */
  text(): string {
    const end = this.bytes.indexOf(0, this.position);
    if (end < 0) throw new TruncatedError();
    const text = decoder.decode(this.bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }
  skipText(): void {
    const end = this.bytes.indexOf(0, this.position);
    if (end < 0) throw new TruncatedError();
    this.position = end + 1;
  }
}

/** The text at an offset of a string section. */
export const textAt = (bytes: Uint8Array, offset: number): string => new Cursor(bytes, true, offset).text();

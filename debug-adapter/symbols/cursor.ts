/** What a file has less of than it says. */
export class TruncatedError extends Error {}

/** Reads a stretch of bytes from its beginning on. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  position = 0;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  #advance(size: number): number {
    const at = this.position;
    if (size < 0 || at + size > this.bytes.length) throw new TruncatedError();
    this.position = at + size;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.#advance(1));
  i8 = (): number => this.#view.getInt8(this.#advance(1));
  u16 = (): number => this.#view.getUint16(this.#advance(2), this.#littleEndian);
  u32 = (): number => this.#view.getUint32(this.#advance(4), this.#littleEndian);
  u64 = (): bigint => this.#view.getBigUint64(this.#advance(8), this.#littleEndian);

  /** A DWARF offset or length, of four or of eight bytes. */
  offset = (is64: boolean): number => (is64 ? Number(this.u64()) : this.u32());

  skip(size: number): void {
    this.#advance(size);
  }
  take(size: number): Uint8Array {
    const at = this.#advance(size);
    return this.bytes.subarray(at, at + size);
  }
  /** The same bytes from here on, as a cursor of their own; this one goes past them. */
  part(size: number): Cursor {
    return new Cursor(this.take(size), this.#littleEndian);
  }

  unsignedLeb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }
  signedLeb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - (1n << (shift + 7n));
    }
  }
  /** A text that ends with a zero byte. */
  text(): string {
    const end = this.bytes.indexOf(0, this.position);
    if (end < 0) throw new TruncatedError();
    const text = Buffer.from(this.take(end - this.position)).toString('utf8');
    this.skip(1);
    return text;
  }
}

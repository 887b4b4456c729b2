/** The contents of a disk: an image that is never written to, and the blocks that have been written since. */

export const SECTOR = 512;
const BLOCK = 4096;

export class Disk {
  /** Bytes. */
  readonly size: number;
  /** All that can change, by number of the block. */
  readonly written = new Map<number, Uint8Array>();
  readonly #image: Uint8Array;

  /** `image`: a whole number of sectors. */
  constructor(image: Uint8Array) {
    this.#image = image;
    this.size = image.length;
  }

  /** `offset` and `length` lie within the disk. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    // Not slice(): of a Buffer, which is a Uint8Array too, that is the same bytes and no copy.
    bytes.set(this.#image.subarray(offset, offset + length));
    for (let block = Math.floor(offset / BLOCK); block * BLOCK < offset + length; block++) {
      const contents = this.written.get(block);
      if (!contents) continue;
      const from = Math.max(offset, block * BLOCK);
      const to = Math.min(offset + length, (block + 1) * BLOCK);
      bytes.set(contents.subarray(from - block * BLOCK, to - block * BLOCK), from - offset);
    }
    return bytes;
  }
  write(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const block = Math.floor((offset + done) / BLOCK);
      const within = (offset + done) % BLOCK;
      const part = Math.min(bytes.length - done, BLOCK - within);
      this.#blockToWrite(block).set(bytes.subarray(done, done + part), within);
      done += part;
    }
  }
  #blockToWrite(block: number): Uint8Array {
    const known = this.written.get(block);
    if (known) return known;
    const contents = new Uint8Array(BLOCK);
    contents.set(this.#image.subarray(block * BLOCK, (block + 1) * BLOCK));
    this.written.set(block, contents);
    return contents;
  }
}

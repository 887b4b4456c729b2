/** The guest's console line: what it writes goes out at once, what is typed waits until it asks. */
export class Console {
  readonly #typed: number[] = [];
  #written: number[] = [];

  write(bytes: Uint8Array): void {
    this.#written.push(...bytes);
  }
  /** Takes what has been written since the last time. */
  takeWritten(): Uint8Array {
    const bytes = Uint8Array.from(this.#written);
    this.#written = [];
    return bytes;
  }

  type(bytes: Uint8Array): void {
    this.#typed.push(...bytes);
  }
  takeTyped(most: number): Uint8Array {
    return Uint8Array.from(this.#typed.splice(0, most));
  }
}

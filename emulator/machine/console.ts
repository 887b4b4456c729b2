/** All that a console is, as plain data. */
export interface ConsoleState {
  readonly interrupts: boolean;
  readonly typed: readonly number[];
  readonly written: readonly number[];
}

/** The guest's console line: what it writes goes out at once, what is typed waits until it asks. */
export class Console {
  /** H_VIO_SIGNAL: characters that come interrupt the guest. From the start on: Linux' hvc_vio never asks for it. */
  interrupts = true;
  readonly #arrived: () => void;
  #typed: number[] = [];
  #written: number[] = [];

  /** `arrived` is called when characters have come, if the guest wants to know. */
  constructor(arrived: () => void) {
    this.#arrived = arrived;
  }

  /** What has been written and not been taken is part of it, so that it is neither lost nor said twice. */
  get state(): ConsoleState {
    return { interrupts: this.interrupts, typed: this.#typed, written: this.#written };
  }
  set state({ interrupts, typed, written }: ConsoleState) {
    this.interrupts = interrupts;
    this.#typed = [...typed];
    this.#written = [...written];
  }

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
    for (const byte of bytes) this.#typed.push(byte);
    if (this.interrupts && bytes.length > 0) this.#arrived();
  }
  takeTyped(most: number): Uint8Array {
    return Uint8Array.from(this.#typed.splice(0, most));
  }
}

import type { ReadStream } from 'node:tty';

/** Ctrl-A, as in other emulators: the key after it is for us. Twice for the guest itself. */
const ESCAPE = 0x01;
const QUIT = 'x'.charCodeAt(0);
/** Longest wait of an idle guest before it is looked at again, in milliseconds. */
const LONGEST_WAIT = 200;

/** What is typed at standard input, for the guest's console: key by key from a terminal, as it comes from a pipe. */
export class Keyboard {
  readonly #input: NodeJS.ReadStream | ReadStream;
  readonly isTerminal: boolean;
  #typed: number[] = [];
  #escaped = false;
  #wake: (() => void) | undefined;
  /** The person has asked to end the run: Ctrl-A x. */
  quit = false;

  constructor(input: NodeJS.ReadStream = process.stdin) {
    this.#input = input;
    this.isTerminal = input.isTTY;
    if (this.isTerminal) input.setRawMode(true);
    input.on('data', this.#heard);
    // Who starts us with a standard input that cannot be read has typed nothing.
    input.on('error', () => undefined);
  }

  /** What has been typed since the last time. */
  take(): Uint8Array {
    const bytes = Uint8Array.from(this.#typed);
    this.#typed = [];
    return bytes;
  }

  /** Waits as long as the guest is idle, or until a key is pressed. */
  async wait(nanoseconds: number): Promise<void> {
    if (this.#typed.length > 0 || this.quit) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(nanoseconds / 1e6, LONGEST_WAIT));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (this.isTerminal) this.#input.setRawMode(false);
    this.#input.off('data', this.#heard);
    // Of a file or a pipe that nobody closes, reading would keep the process alive.
    this.#input.destroy();
  }

  readonly #heard = (data: Buffer | string): void => {
    for (const byte of Buffer.from(data)) {
      if (this.isTerminal && !this.#escaped && byte === ESCAPE) this.#escaped = true;
      else {
        if (this.#escaped && byte === QUIT) this.quit = true;
        else this.#typed.push(byte);
        this.#escaped = false;
      }
    }
    this.#wake?.();
  };
}

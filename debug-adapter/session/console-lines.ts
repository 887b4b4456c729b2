import { StringDecoder } from 'node:string_decoder';

/** Makes whole lines of what the guest writes to its console, byte by byte as it likes. */
export class ConsoleLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #write: (text: string) => void;
  #line = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(bytes: Uint8Array): void {
    this.#line += this.#decoder.write(Buffer.from(bytes)).replaceAll('\r', '');
    const end = this.#line.lastIndexOf('\n') + 1;
    if (end === 0) return;
    this.#write(this.#line.slice(0, end));
    this.#line = this.#line.slice(end);
  }

  /** Writes the line that has begun too: at a stop a person wants to see all that the guest has said. */
  flush(): void {
    if (this.#line !== '') this.#write(this.#line);
    this.#line = '';
  }
}

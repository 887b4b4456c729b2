import type { Instruction } from '../../isa/instruction';
import { FunctionBody, type Code, type ValueType } from '../wasm-binary';
import type { ByteOrder } from './home';
import type { Reason } from './reasons';
import { recordHome } from './record-home';
import { NotGenerated, wasmOperations } from './wasm-operations';

/** What all functions over records take: a record's place, the loop's SUM (see loop-function.ts), the address space. */
export const parameters: readonly ValueType[] = ['i32', 'i32', 'i64'];
export const RECORD = 0;
export const SUM = 1;
export const SPACE = 2;

/** Where a handler goes when it does not go on to the next instruction. */
export type Exit =
  | { readonly kind: 'leave'; readonly reason: Reason }
  | { readonly kind: 'jump'; readonly address: Code }
  /** By the displacement in the record. */
  | { readonly kind: 'jump-relative' };

/** A handler's code, which is the same wherever it stands, but for its exits. */
export interface HandlerCode {
  readonly pieces: readonly {
    readonly code: Uint8Array;
    /** What follows it, inside so many blocks. */
    readonly exit: Exit;
    readonly depth: number;
  }[];
  readonly rest: Uint8Array;
}

/** Writes handlers once, to be copied into every function that has them. */
export class HandlerRecorder {
  readonly #body = new FunctionBody(parameters);
  #pieces: HandlerCode['pieces'][number][] = [];
  readonly #operations;

  constructor(byteOrder: ByteOrder, base: number) {
    const { exit, exitWhen } = this.#exits();
    this.#operations = wasmOperations(
      this.#body,
      recordHome({
        ...{ body: this.#body, byteOrder, base, record: RECORD, space: SPACE },
        leave: (reason) => {
          exit({ kind: 'leave', reason });
        },
        jump: (address, when) => {
          exitWhen(when, { kind: 'jump', address });
        },
        jumpRelative: (_displacement, when) => {
          exitWhen(when, { kind: 'jump-relative' });
        },
      }),
    );
  }

  /** What the code needs beside the parameters. */
  get locals(): readonly ValueType[] {
    return this.#body.locals;
  }

  /** Undefined: only the reference engine does the instruction. */
  record(instruction: Instruction): HandlerCode | undefined {
    this.#pieces = [];
    try {
      instruction.apply(this.#operations);
      return { pieces: this.#pieces, rest: this.#body.takeAll() };
    } catch (reason) {
      if (!(reason instanceof NotGenerated)) throw reason;
      this.#body.takeAll();
      return undefined;
    } finally {
      this.#body.releaseKept();
    }
  }

  #exits() {
    const body = this.#body;
    const exit = (to: Exit) => {
      this.#pieces.push({ code: body.takeAll(), exit: to, depth: body.depth });
    };
    const exitWhen = (when: Code | undefined, to: Exit) => {
      if (!when) {
        exit(to);
        return;
      }
      body.emit(when);
      body.open('if');
      exit(to);
      body.close();
    };
    return { exit, exitWhen };
  }
}

/** Copies a handler into a function of these parameters that has its locals; `leave` writes what an exit does there. */
export function copyHandler(body: FunctionBody, { pieces, rest }: HandlerCode, leave: (exit: Exit) => void): void {
  for (const { code, exit, depth } of pieces) {
    body.emit(code);
    body.inside(depth, () => {
      leave(exit);
    });
  }
  body.emit(rest);
}

/** The same for handlers that do the same. */
export function keyOf({ pieces, rest }: HandlerCode): string {
  const text = (bytes: Uint8Array | Code) => String.fromCharCode(...bytes);
  const exitText = (exit: Exit) =>
    exit.kind === 'leave' ? exit.reason : exit.kind + (exit.kind === 'jump' ? text(exit.address) : '');
  return pieces.map(({ code, exit }) => `${text(code)} ${exitText(exit)} `).join('') + text(rest);
}

import type { Instruction } from '../../isa/instruction';
import { instructions } from '../../isa/table';
import { FunctionBody } from '../wasm-binary';
import { placementOf } from './handler-placement';
import { handlers } from './reasons';
import { recordHome } from './record-home';
import { NotGenerated, wasmOperations } from './wasm-operations';

/** What a handler is made for: an instruction, and for a relative branch whether it stays in its page. */
export interface HandlerSubject {
  readonly instruction: Instruction;
  readonly near: boolean;
}

/** All handlers. Numbers from handlers.first on: those in the loop, then the rare ones. */
export interface HandlerTable {
  readonly frequent: readonly HandlerSubject[];
  readonly rare: readonly HandlerSubject[];
  /** The number of the handler for an instruction; handlers.slow if it has none. */
  numberOf(instruction: Instruction, near: boolean): number;
}

/** Marks of what is no code, in bytes that begin no instruction of ours. */
const marks = { leave: 0xff, jump: 0xfe, far: 0xfd, near: 0xfb } as const;

/** What a handler turned out to be. */
interface Trial {
  readonly code: string;
  readonly relative: boolean;
}

/** Generates handlers to see which are alike; byte order changes nothing of that. */
class Trials {
  readonly #body = new FunctionBody(['i32', 'i64']);
  #near = false;
  #relative = false;
  readonly #operations = wasmOperations(
    this.#body,
    recordHome({
      ...{ body: this.#body, byteOrder: 'little', base: 0, record: 0, space: 1 },
      leave: (reason) => {
        this.#body.emit([marks.leave, reason.length]);
      },
      jump: (address, when = []) => {
        this.#body.emit([marks.jump, when.length], when, address);
      },
      jumpRelative: (_displacement, when = []) => {
        this.#relative = true;
        this.#body.emit([this.#near ? marks.near : marks.far, when.length], when);
      },
    }),
  );

  /** Undefined: only the reference engine does the instruction. */
  attempt({ instruction, near }: HandlerSubject): Trial | undefined {
    this.#near = near;
    this.#relative = false;
    try {
      instruction.apply(this.#operations);
    } catch (reason) {
      if (!(reason instanceof NotGenerated)) throw reason;
      this.#body.take(0);
      return undefined;
    } finally {
      this.#body.releaseKept();
    }
    return { code: String.fromCharCode(...this.#body.take(0)), relative: this.#relative };
  }
}

/** Variants that mean the same (a branch hint, a condition that is ignored) make the same code: one handler. */
class Collected {
  readonly subjects: HandlerSubject[] = [];
  readonly #byCode = new Map<string, number>();

  numberOf(code: string, subject: HandlerSubject): number {
    const known = this.#byCode.get(code);
    if (known !== undefined) return known;
    const number = this.subjects.push(subject) - 1;
    this.#byCode.set(code, number);
    return number;
  }
}

interface Numbered {
  readonly placement: 'frequent' | 'rare';
  readonly far: number;
  readonly near: number;
}

function collect(): HandlerTable {
  const trials = new Trials();
  const collected = { frequent: new Collected(), rare: new Collected() };
  const places = new Map<Instruction, Numbered>();
  for (const instruction of instructions) {
    const placement = placementOf(instruction);
    const trial = placement && trials.attempt({ instruction, near: false });
    if (!trial) continue;
    const far = collected[placement].numberOf(trial.code, { instruction, near: false });
    const inPage = trial.relative ? trials.attempt({ instruction, near: true }) : undefined;
    const near = inPage ? collected[placement].numberOf(inPage.code, { instruction, near: true }) : far;
    places.set(instruction, { placement, far, near });
  }
  const frequent = collected.frequent.subjects;
  return {
    frequent,
    rare: collected.rare.subjects,
    numberOf(instruction, near) {
      const place = places.get(instruction);
      if (!place) return handlers.slow;
      return handlers.first + (near ? place.near : place.far) + (place.placement === 'rare' ? frequent.length : 0);
    },
  };
}

let table: HandlerTable | undefined;
/** Made once a process. */
export const handlerTable = (): HandlerTable => (table ??= collect());

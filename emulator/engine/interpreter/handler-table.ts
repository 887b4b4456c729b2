import type { Instruction } from '../../isa/instruction';
import { instructions } from '../../isa/table';
import type { ValueType } from '../wasm-binary';
import { HandlerRecorder, keyOf, type HandlerCode } from './handler-code';
import { placementOf } from './handler-placement';
import type { ByteOrder } from './home';
import { handlers } from './reasons';

/** What a handler is made for: an instruction, and for a relative branch whether it stays in its page. */
interface HandlerSubject {
  readonly instruction: Instruction;
  readonly near: boolean;
}
export interface Handler extends HandlerSubject {
  readonly code: HandlerCode;
}

/** All handlers. Numbers from handlers.first on: those in the loop, then the rare ones. */
export interface HandlerTable {
  readonly frequent: readonly Handler[];
  readonly rare: readonly Handler[];
  /** The locals of their code. */
  readonly locals: readonly ValueType[];
  /** The number of the handler for an instruction; handlers.slow if it has none. */
  numberOf(instruction: Instruction, near: boolean): number;
}

/** Variants that mean the same (a branch hint, a condition that is ignored) make the same code: one handler. */
class Collected {
  readonly handlers: Handler[] = [];
  readonly #byCode = new Map<string, number>();

  numberOf(key: string, handler: Handler): number {
    const known = this.#byCode.get(key);
    if (known !== undefined) return known;
    const number = this.handlers.push(handler) - 1;
    this.#byCode.set(key, number);
    return number;
  }
}

interface Numbered {
  readonly placement: 'frequent' | 'rare';
  readonly far: number;
  readonly near: number;
}

function collect(): HandlerTable {
  const recorder = new HandlerRecorder(first.byteOrder, first.base);
  const collected = { frequent: new Collected(), rare: new Collected() };
  const places = new Map<Instruction, Numbered>();
  for (const instruction of instructions) {
    const placement = placementOf(instruction);
    const code = placement && recorder.record(instruction);
    if (!code) continue;
    const key = keyOf(code);
    const relative = code.pieces.some(({ exit }) => exit.kind === 'jump-relative');
    const far = collected[placement].numberOf(key, { instruction, near: false, code });
    const near = relative ? collected[placement].numberOf(`${key} near`, { instruction, near: true, code }) : far;
    places.set(instruction, { placement, far, near });
  }
  const frequent = collected.frequent.handlers;
  return {
    frequent,
    rare: collected.rare.handlers,
    locals: recorder.locals,
    numberOf(instruction, near) {
      const place = places.get(instruction);
      if (!place) return handlers.slow;
      return handlers.first + (near ? place.near : place.far) + (place.placement === 'rare' ? frequent.length : 0);
    },
  };
}

/** Most guests are little-endian, and have one vCPU: the table is made with code for those. */
const first = { byteOrder: 'little', base: 0 } as const;
let table: HandlerTable | undefined;
/** Made once a process. */
export const handlerTable = (): HandlerTable => (table ??= collect());

/** The table with code for guests of a byte order, and for the vCPU whose block of state begins at `base`. */
export function handlerTableFor(byteOrder: ByteOrder, base: number): HandlerTable {
  const known = handlerTable();
  if (byteOrder === first.byteOrder && base === first.base) return known;
  const recorder = new HandlerRecorder(byteOrder, base);
  const anew = (handler: Handler): Handler => {
    const code = recorder.record(handler.instruction);
    if (!code) throw new Error(`${handler.instruction.mnemonic} has a handler in one byte order only`);
    return { ...handler, code };
  };
  return { ...known, frequent: known.frequent.map(anew), rare: known.rare.map(anew), locals: recorder.locals };
}

import type { AlgorithmOperations, NamedMask, Refuse, Wanted } from '../operations/algorithm-operations';
import { specialOffsets } from '../state/layout';
import type { Special } from '../state/special-names';
import { access, FunctionBody, i32, i64, op as wasm, type Code, type ValueType } from './wasm-binary';

/** A value or condition is the local that holds it. */
export interface EmitSorts {
  readonly value: number;
  readonly condition: number;
  readonly vector: never;
}
type Local = number;

const loads = { 1: 'i64.load8_u', 4: 'i64.load32_u', 8: 'i64.load' } as const;
const stores = { 1: 'i64.store8', 4: 'i64.store32', 8: 'i64.store' } as const;

/**
 * Writes an algorithm as one WebAssembly function whose first parameter is the vCPU's block of state. Every operation
 * lands in a fresh local: the optimising compiler makes registers of them.
 */
export class Emit implements AlgorithmOperations<EmitSorts> {
  readonly body: FunctionBody;

  constructor(parameters: readonly ValueType[]) {
    this.body = new FunctionBody(['i32', ...parameters]);
  }
  /** The local of a parameter after the state's. */
  parameter(index: number): Local {
    return 1 + index;
  }

  #two(name: Parameters<typeof wasm>[0], a: Local, b: Local, type: ValueType = 'i64'): Local {
    return this.body.local(type, this.body.get(a), this.body.get(b), wasm(name));
  }
  #address(a: Local): Code {
    return [...this.body.get(a), ...wasm('i32.wrap_i64')];
  }

  constant(value: number | bigint): Local {
    return this.body.local('i64', i64(value));
  }
  add(a: Local, b: Local): Local {
    return this.#two('i64.add', a, b);
  }
  subtract(a: Local, b: Local): Local {
    return this.#two('i64.sub', a, b);
  }
  and(a: Local, b: Local): Local {
    return this.#two('i64.and', a, b);
  }
  or(a: Local, b: Local): Local {
    return this.#two('i64.or', a, b);
  }
  xor(a: Local, b: Local): Local {
    return this.#two('i64.xor', a, b);
  }
  shiftLeft(a: Local, amount: Local): Local {
    return this.#two('i64.shl', a, amount);
  }
  shiftRight(a: Local, amount: Local): Local {
    return this.#two('i64.shr_u', a, amount);
  }
  equal(a: Local, b: Local): Local {
    return this.#two('i64.eq', a, b, 'i32');
  }
  lessUnsigned(a: Local, b: Local): Local {
    return this.#two('i64.lt_u', a, b, 'i32');
  }
  both(a: Local, b: Local): Local {
    return this.#two('i32.and', a, b, 'i32');
  }
  either(a: Local, b: Local): Local {
    return this.#two('i32.or', a, b, 'i32');
  }
  not(a: Local): Local {
    return this.body.local('i32', this.body.get(a), wasm('i32.eqz'));
  }
  select(condition: Local, whenTrue: Local, whenFalse: Local): Local {
    const { body } = this;
    return body.local('i64', body.get(whenTrue), body.get(whenFalse), body.get(condition), wasm('select'));
  }

  special(name: Special): Local {
    return this.body.local('i64', this.body.get(0), access('i64.load', specialOffsets[name]));
  }
  stateAddress(offset: number): Local {
    return this.body.local('i64', this.body.get(0), wasm('i64.extend_i32_u'), i64(offset), wasm('i64.add'));
  }
  any(a: Local, mask: bigint): Local {
    return this.body.local('i32', this.body.get(a), i64(mask), wasm('i64.and'), i64(0), wasm('i64.ne'));
  }
  load(address: Local, bytes: 1 | 4 | 8): Local {
    return this.body.local('i64', this.#address(address), access(loads[bytes]));
  }
  store(address: Local, bytes: 1 | 4 | 8, value: Local): void {
    this.body.emit(this.#address(address), this.body.get(value), access(stores[bytes]));
  }
  loadBigEndian(address: Local): Local {
    return this.#swapped(this.load(address, 8));
  }

  wanted(value: Local, mask: Local): Wanted<Local> {
    return { value: this.#swapped(this.and(value, mask)), mask: this.#swapped(mask) };
  }
  demand(address: Local, wanted: Wanted<Local>, _parts: readonly NamedMask[], refuse: Refuse<Local>): Local {
    const raw = this.load(address, 8);
    refuse(this.not(this.equal(this.and(raw, wanted.mask), wanted.value)), '');
    return this.#swapped(raw);
  }
  first(
    _what: string,
    count: number,
    attempt: (index: Local, refuse: Refuse<Local>) => Local,
    none: () => Local | undefined,
  ): Local {
    const { body } = this;
    const index = this.constant(0);
    const answer = this.constant(0);
    const found = body.open('block');
    const loop = body.open('loop');
    const refused = body.open('block');
    const candidate = attempt(index, (condition) => {
      if (condition === true) body.branch(refused);
      else {
        body.emit(body.get(condition));
        body.branchIf(refused);
      }
    });
    body.emit(body.get(candidate));
    body.set(answer);
    body.branch(found);
    body.close();
    body.emit(body.get(index), i64(1), wasm('i64.add'));
    body.set(index);
    body.emit(body.get(index), i64(count), wasm('i64.lt_u'));
    body.branchIf(loop);
    body.close();
    const otherwise = none();
    if (otherwise === undefined) body.emit(wasm('unreachable'));
    else {
      body.emit(body.get(otherwise));
      body.set(answer);
    }
    body.close();
    return answer;
  }

  when(condition: Local, then: () => void): void {
    this.body.emit(this.body.get(condition));
    this.body.open('if');
    then();
    this.body.close();
  }
  choose(condition: Local, whenTrue: () => Local, whenFalse: () => Local): Local {
    const { body } = this;
    const answer = this.constant(0);
    body.emit(body.get(condition));
    body.open('if');
    body.emit(body.get(whenTrue()));
    body.set(answer);
    body.emit(wasm('else'));
    body.emit(body.get(whenFalse()));
    body.set(answer);
    body.close();
    return answer;
  }
  finish(verdict: number): void {
    this.body.emit(i32(verdict), wasm('return'));
  }
  finishIf(condition: Local, verdict: number): void {
    this.when(condition, () => {
      this.finish(verdict);
    });
  }
  note(_name: string, value: Local): Local {
    return value;
  }

  /** Shifts and masks: the engine's baseline compiler makes calls of rotates. */
  #swapped(value: Local): Local {
    const exchange = (word: Local, mask: bigint, by: number): Local => {
      const amount = this.constant(by);
      const kept = this.constant(mask);
      const up = this.shiftLeft(this.and(word, kept), amount);
      return this.or(up, this.and(this.shiftRight(word, amount), kept));
    };
    const words = exchange(value, 0x0000_0000_ffff_ffffn, 32);
    const halves = exchange(words, 0x0000_ffff_0000_ffffn, 16);
    return exchange(halves, 0x00ff_00ff_00ff_00ffn, 8);
  }
}

import { verdictNumber } from '../../mmu/verdict';
import { engineScratch, records, specialOffsets, TLB_PAGE_SIZE } from '../../state/layout';
import { access, FunctionBody, i32, i64, op, type Code } from '../wasm-binary';
import { emitLookup } from './loop-function';
import { reasons, type Reason } from './reasons';
import { reasonCode } from './record-home';

/** Numbers of the module's functions. */
export interface FunctionNumbers {
  readonly walkLoad: number;
  readonly walkStore: number;
  readonly runAtJumps: number;
  readonly runEverywhere: number;
  readonly perform: number;
}

const BUDGET = 0;
const EXACT = 1;

/**
 * drive(budget, exact): runs from NIA on, and does what the loop leaves because it would cost the loop its registers:
 * handlers outside it, and the walk when the data TLB lacks a page. `exact`: to the last instruction of the budget.
 */
class DriveFunction {
  readonly body = new FunctionBody(['i32', 'i32']);
  readonly #base: number;
  readonly #numbers: FunctionNumbers;
  readonly #space = this.body.newLocal('i64');
  readonly #record = this.body.newLocal('i32');
  readonly #left = this.body.newLocal('i32');
  readonly #reason = this.body.newLocal('i32');
  /** The last miss. */
  readonly #missed = this.body.newLocal('i64');
  readonly #missedKind = this.body.newLocal('i32');

  constructor(base: number, numbers: FunctionNumbers) {
    this.#base = base;
    this.#numbers = numbers;
  }

  emit(): void {
    const { body } = this;
    this.#enter();
    const again = body.open('loop');
    this.#run();
    this.#when(this.#is('rare'), () => {
      this.#perform(again);
    });
    this.#when([...this.#is('loadMiss'), ...this.#is('storeMiss'), ...op('i32.or')], () => {
      this.#mend(again);
    });
    body.emit(body.get(this.#reason), op('return'));
    body.close();
  }

  #load(kind: 'i32.load' | 'i64.load', offset: number): Code {
    return [...i32(0), ...access(kind, this.#base + offset)];
  }
  #set(local: number, ...code: Code[]): void {
    this.body.emit(...code);
    this.body.set(local);
  }
  #is(why: Reason): Code {
    return [...this.body.get(this.#reason), ...i32(reasons[why]), ...op('i32.eq')];
  }
  #when(condition: Code, then: () => void, otherwise?: () => void): void {
    const { body } = this;
    body.emit(condition);
    body.open('if');
    then();
    if (otherwise) {
      body.emit(op('else'));
      otherwise();
    }
    body.close();
  }
  #call(number: number, into: number, ...parameters: Code[]): void {
    this.body.emit(...parameters);
    this.body.call(number);
    this.body.set(into);
  }

  /** The records of NIA. */
  #enter(): void {
    const { body } = this;
    const target = body.get(body.local('i64', this.#load('i64.load', specialOffsets.nia)));
    this.#set(this.#space, this.#load('i64.load', engineScratch.addressSpace));
    const found = emitLookup(body, this.#base, target, body.get(this.#space), () => {
      body.emit(i32(0), body.get(BUDGET), access('i32.store', this.#base + engineScratch.left));
      body.emit(reasonCode('page'), op('return'));
    });
    this.#set(this.#record, found);
    const page = [...target, ...i64(-TLB_PAGE_SIZE), ...op('i64.and')];
    body.emit(i32(0), page, access('i64.store', this.#base + engineScratch.page));
    this.#set(this.#left, body.get(BUDGET));
  }

  #run(): void {
    const { body } = this;
    const record = body.get(this.#record);
    const sum = [...body.get(this.#left), ...i32(records.size), ...op('i32.mul'), ...record, ...op('i32.add')];
    const run = (number: number) => () => {
      this.#call(number, this.#reason, record, sum, body.get(this.#space));
    };
    this.#when(body.get(EXACT), run(this.#numbers.runEverywhere), run(this.#numbers.runAtJumps));
    this.#set(this.#record, this.#load('i32.load', engineScratch.record));
    this.#set(this.#left, this.#load('i32.load', engineScratch.left));
  }

  #perform(again: number): void {
    const { body } = this;
    const record = body.get(this.#record);
    this.#call(this.#numbers.perform, this.#reason, record, i32(0), body.get(this.#space));
    this.#when(this.#is('done'), () => {
      this.#set(this.#record, record, i32(records.size), op('i32.add'));
      this.#set(this.#left, body.get(this.#left), i32(1), op('i32.sub'));
      body.branch(again);
    });
  }

  /** Walks, and tries again; once only, as devices, pages of instructions and two pages at once never come to the TLB. */
  #mend(again: number): void {
    const { body } = this;
    const address = body.get(body.local('i64', this.#load('i64.load', engineScratch.missAddress)));
    const sameAddress = [...address, ...body.get(this.#missed), ...op('i64.eq')];
    const same = [...sameAddress, ...body.get(this.#reason), ...body.get(this.#missedKind), ...op('i32.eq', 'i32.and')];
    this.#when([...same, ...op('i32.eqz')], () => {
      this.#set(this.#missed, address);
      this.#set(this.#missedKind, body.get(this.#reason));
      const verdict = body.newLocal('i32');
      const walk = (number: number) => () => {
        this.#call(number, verdict, i32(this.#base), address);
      };
      this.#when(this.#is('loadMiss'), walk(this.#numbers.walkLoad), walk(this.#numbers.walkStore));
      body.emit(body.get(verdict), i32(verdictNumber.mapped), op('i32.eq'));
      body.branchIf(again);
    });
    this.#set(this.#reason, reasonCode('slow'));
  }
}

export function driveFunction(base: number, numbers: FunctionNumbers): FunctionBody {
  const made = new DriveFunction(base, numbers);
  made.emit();
  return made.body;
}

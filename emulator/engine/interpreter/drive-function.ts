import { verdictNumber } from '../../mmu/verdict';
import {
  engineScratch,
  hostMemorySize,
  jumpCache,
  pageRecords,
  records,
  specialOffsets,
  TLB_PAGE_SIZE,
  translationResults,
} from '../../state/layout';
import { access, FunctionBody, i32, i64, op, type Code } from '../wasm-binary';
import type { ByteOrder } from './home';
import { emitLookup } from './loop-function';
import { reasons, type Reason } from './reasons';
import { reasonCode } from './record-home';

/** Numbers of the module's functions. */
export interface FunctionNumbers {
  readonly walkLoad: number;
  readonly walkStore: number;
  readonly walkFetch: number;
  readonly runAtJumps: number;
  readonly runEverywhere: number;
  readonly perform: number;
}

const BUDGET = 0;
const HOW = 1;
/** How to run; a sum of them. */
export const manners = {
  /** To the last instruction of the budget. */
  exact: 1,
  /** There are breakpoints, which the records that a page is known by do not have. */
  breakpoints: 2,
  /** An interrupt waits for the MSR to allow it: nothing more is begun once that has changed. */
  interruptWaits: 4,
} as const;

/**
 * drive(budget, how): runs from NIA on, and does what the loop leaves because it would cost the loop its registers:
 * handlers outside it, the walk when the data TLB lacks a page, and the way into a page of instructions.
 */
class DriveFunction {
  readonly body = new FunctionBody(['i32', 'i32']);
  readonly #base: number;
  readonly #byteOrder: ByteOrder;
  readonly #numbers: FunctionNumbers;
  readonly #space = this.body.newLocal('i64');
  readonly #record = this.body.newLocal('i32');
  readonly #left = this.body.newLocal('i32');
  readonly #reason = this.body.newLocal('i32');
  /** The last miss. */
  readonly #missed = this.body.newLocal('i64');
  readonly #missedKind = this.body.newLocal('i32');

  constructor(byteOrder: ByteOrder, base: number, numbers: FunctionNumbers) {
    this.#byteOrder = byteOrder;
    this.#base = base;
    this.#numbers = numbers;
  }

  emit(): void {
    const { body } = this;
    this.#set(this.#left, body.get(BUDGET));
    const enter = body.open('loop');
    this.#enter(enter);
    const again = body.open('loop');
    this.#run();
    this.#when(this.#is('rare'), () => {
      this.#perform(again, enter);
    });
    this.#when([...this.#is('page'), ...body.get(this.#left), ...i32(0), ...op('i32.ne', 'i32.and')], () => {
      body.branch(enter);
    });
    this.#when([...this.#is('loadMiss'), ...this.#is('storeMiss'), ...op('i32.or')], () => {
      this.#mend(again);
    });
    body.emit(body.get(this.#reason), op('return'));
    body.close();
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

  #storeLeft(): void {
    this.body.emit(i32(0), this.body.get(this.#left), access('i32.store', this.#base + engineScratch.left));
  }
  #has(manner: keyof typeof manners): Code {
    return [...this.body.get(HOW), ...i32(manners[manner]), ...op('i32.and')];
  }

  /** The records of NIA. */
  #enter(enter: number): void {
    const { body } = this;
    const target = body.get(body.local('i64', this.#load('i64.load', specialOffsets.nia)));
    this.#set(this.#space, this.#load('i64.load', engineScratch.addressSpace));
    const found = emitLookup(body, this.#base, target, body.get(this.#space), (entry) => {
      this.#findPage(target, entry, enter);
    });
    this.#set(this.#record, found);
    const page = [...target, ...i64(-TLB_PAGE_SIZE), ...op('i64.and')];
    body.emit(i32(0), page, access('i64.store', this.#base + engineScratch.page));
  }

  /** Puts the page of `target` into this entry of the jump cache, if it can be fetched and its records are there. */
  #findPage(target: Code, entry: Code, enter: number): void {
    const { body } = this;
    this.#storeLeft();
    const fail = body.open('block');
    body.emit(this.#has('breakpoints'));
    body.branchIf(fail);
    body.emit(i32(this.#base), target);
    body.call(this.#numbers.walkFetch);
    body.emit(i32(verdictNumber.mapped), op('i32.ne'));
    body.branchIf(fail);
    const real = body.get(body.local('i64', this.#load('i64.load', translationResults.realAddress)));
    body.emit(real, i32(0), access('i64.load', hostMemorySize), op('i64.lt_u', 'i32.eqz'));
    body.branchIf(fail);
    const index = [...real, ...i64(12), ...op('i64.shr_u', 'i32.wrap_i64'), ...i32(2), ...op('i32.shl')];
    const found = body.get(body.local('i32', index, access('i32.load', pageRecords.base)));
    const order = this.#byteOrder === 'big' ? pageRecords.bigEndian : 0;
    const sameOrder = [...found, ...i32(pageRecords.bigEndian), ...op('i32.and'), ...i32(order), ...op('i32.eq')];
    body.emit(found, i32(0), op('i32.ne'), sameOrder, op('i32.and', 'i32.eqz'));
    body.branchIf(fail);
    const page = [...target, ...i64(-TLB_PAGE_SIZE), ...op('i64.and'), ...body.get(this.#space), ...op('i64.or')];
    const at = this.#base + jumpCache.offset;
    body.emit(entry, page, access('i64.store', at + jumpCache.tag));
    body.emit(entry, found, i32(-2), op('i32.and'), access('i32.store', at + jumpCache.records));
    body.branch(enter);
    body.close();
    body.emit(reasonCode('page'), op('return'));
  }

  #run(): void {
    const { body } = this;
    const record = body.get(this.#record);
    const sum = [...body.get(this.#left), ...i32(records.size), ...op('i32.mul'), ...record, ...op('i32.add')];
    const run = (number: number) => () => {
      this.#call(number, this.#reason, record, sum, body.get(this.#space));
    };
    this.#when(this.#has('exact'), run(this.#numbers.runEverywhere), run(this.#numbers.runAtJumps));
    this.#set(this.#record, this.#load('i32.load', engineScratch.record));
    this.#set(this.#left, this.#load('i32.load', engineScratch.left));
  }

  #perform(again: number, enter: number): void {
    const { body } = this;
    const record = body.get(this.#record);
    this.#call(this.#numbers.perform, this.#reason, record, i32(0), body.get(this.#space));
    this.#when(this.#is('done'), () => {
      this.#set(this.#record, record, i32(records.size), op('i32.add'));
      this.#set(this.#left, body.get(this.#left), i32(1), op('i32.sub'));
      body.branch(again);
    });
    this.#when(this.#is('moved'), () => {
      this.#set(this.#left, body.get(this.#left), i32(1), op('i32.sub'));
      this.#storeLeft();
      const mayGoOn = [...this.#has('interruptWaits'), ...this.#has('breakpoints'), ...op('i32.or', 'i32.eqz')];
      body.emit(body.get(this.#left), i32(0), op('i32.ne'), mayGoOn, op('i32.and'));
      body.branchIf(enter);
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
      const put = (offset: number, value: Code) => {
        body.emit(i32(0), value, access('i32.store', this.#base + offset));
      };
      put(engineScratch.verdict, body.get(verdict));
      put(engineScratch.missIsStore, this.#is('storeMiss'));
      body.emit(reasonCode('fault'), op('return'));
    });
    this.#set(this.#reason, reasonCode('slow'));
  }
}

export function driveFunction(byteOrder: ByteOrder, base: number, numbers: FunctionNumbers): FunctionBody {
  const made = new DriveFunction(byteOrder, base, numbers);
  made.emit();
  return made.body;
}

import { engineScratch, jumpCache, records, specialOffsets, TLB_PAGE_SIZE } from '../../state/layout';
import { access, FunctionBody, i32, i64, op, type Code } from '../wasm-binary';
import { copyHandler, parameters, RECORD, SPACE, SUM, type Exit } from './handler-code';
import type { Handler, HandlerTable } from './handler-table';
import { handlers, longestStraightRun, type Reason } from './reasons';
import { addressOfRecord, OFFSET_IN_BLOCK, reasonCode } from './record-home';

/**
 * Where the budget is tested. Tested at jumps alone it costs a third less time; such a function leaves while a whole
 * page of instructions still fits, and one that tests everywhere does the exact remainder.
 */
export type Stops = 'everywhere' | 'at jumps';

const recordsInPage = (TLB_PAGE_SIZE / 4) * records.size;
/** Places in the loop's function to which a handler can go. */
interface Labels {
  readonly next: number;
  readonly lookup: number;
  readonly left: number;
}

/** The code of the place of `target`'s records by the jump cache; what is not there does `otherwise`, at its entry. */
export function emitLookup(
  body: FunctionBody,
  base: number,
  target: Code,
  space: Code,
  otherwise: (entry: Code) => void,
): Code {
  const page = [...target, ...i64(-TLB_PAGE_SIZE), ...op('i64.and')];
  // The address space and the region are part of the index: the same code often runs at addresses that differ by them.
  const number = [...target, ...i64(12), ...op('i64.shr_u')];
  const mixed = [...number, ...target, ...i64(REGION), ...op('i64.shr_u'), ...space, ...mixing];
  const index = [...mixed, ...i32(jumpCache.entries - 1)];
  const entry = body.keep('i32', index, op('i32.and'), i32(4), op('i32.shl'));
  body.emit(entry, access('i64.load', base + jumpCache.offset + jumpCache.tag), page, space, op('i64.or', 'i64.ne'));
  body.open('if');
  otherwise(entry);
  body.close();
  const inPage = [...target, ...op('i32.wrap_i64'), ...i32(TLB_PAGE_SIZE - 4), ...op('i32.and'), ...i32(2)];
  return [
    ...entry,
    ...access('i32.load', base + jumpCache.offset + jumpCache.records),
    ...inPage,
    ...op('i32.shl', 'i32.add'),
  ];
}

/** An effective address less its region: what is above its last 56 bits. */
export const REGION = 56;
const mixing = op('i64.xor', 'i64.xor', 'i32.wrap_i64');

/**
 * run(record, sum, space): SUM is the record's place plus 16 for each instruction left to do, so that going on to the
 * next changes nothing. A loop that branches on the record's handler number. Each handler ends by going on to the
 * next record, by a jump, or by leaving; it leaves before it has written anything.
 */
class LoopFunction {
  readonly body: FunctionBody;
  readonly #table: HandlerTable;
  readonly #base: number;
  readonly #stops: Stops;
  readonly #reason: number;
  readonly #target: number;
  #labels: Labels = { next: 0, lookup: 0, left: 0 };

  constructor(table: HandlerTable, base: number, stops: Stops) {
    this.body = new FunctionBody(parameters, table.locals);
    this.#table = table;
    this.#base = base;
    this.#stops = stops;
    this.#reason = this.body.newLocal('i32');
    this.#target = this.body.newLocal('i64');
  }

  emit(): void {
    const { body } = this;
    const { frequent } = this.#table;
    const done = body.open('block');
    const left = body.open('block');
    if (this.#stops === 'at jumps') this.#testBudget(left);
    const next = body.open('loop');
    const lookup = body.open('block');
    const rare = body.open('block');
    this.#labels = { next, lookup, left };
    const entries = Array.from({ length: handlers.first + frequent.length }, () => body.open('block')).reverse();
    if (this.#stops === 'everywhere') this.#testBudget(left);
    body.emit(this.#record, access('i32.load16_u'));
    body.branchTable(entries, rare);
    this.#leaveAt('undecoded', left);
    this.#leaveAt('slow', left);
    body.close();
    body.emit(addressOfRecord(this.#record, this.#base));
    body.set(this.#target);
    body.branch(lookup);
    for (const handler of frequent) {
      body.close();
      this.#handler(handler, next);
    }
    this.#leaveAt('rare', left);
    body.close();
    this.#lookup(next, left, done);
    body.close();
    body.close();
    body.emit(this.#store('i64.store', specialOffsets.nia, addressOfRecord(this.#record, this.#base)));
    body.close();
    this.#leave();
  }

  get #record(): Code {
    return this.body.get(RECORD);
  }
  #store(kind: 'i32.store' | 'i64.store', offset: number, value: Code): Code {
    return [...i32(0), ...value, ...access(kind, this.#base + offset)];
  }
  #load(kind: 'i32.load' | 'i64.load', offset: number): Code {
    return [...i32(0), ...access(kind, this.#base + offset)];
  }
  #setReason(why: Reason): void {
    this.body.emit(reasonCode(why));
    this.body.set(this.#reason);
  }
  #leaveAt(why: Reason, left: number): void {
    this.body.close();
    this.#setReason(why);
    this.body.branch(left);
  }
  #testBudget(left: number): void {
    const { body } = this;
    const least = (this.#stops === 'everywhere' ? 1 : longestStraightRun) * records.size;
    this.#setReason('budget');
    body.emit(body.get(SUM), this.#record, op('i32.sub'), i32(least), op('i32.lt_u'));
    body.branchIf(left);
  }
  #moveBy(distance: Code): void {
    this.body.emit(this.#record, distance, op('i32.add'));
    this.body.set(RECORD);
  }
  #addToSum(distance: Code): void {
    this.body.emit(this.body.get(SUM), distance, op('i32.add'));
    this.body.set(SUM);
  }

  #handler({ code, near }: Handler, next: number): void {
    const { body } = this;
    copyHandler(body, code, (exit) => {
      this.#exit(exit, near);
    });
    this.#moveBy(i32(records.size));
    body.branch(next);
    body.releaseKept();
  }
  #exit(exit: Exit, near: boolean): void {
    switch (exit.kind) {
      case 'leave':
        this.#setReason(exit.reason);
        this.body.branch(this.#labels.left);
        return;
      case 'jump':
        this.#jumpTo(exit.address);
        return;
      case 'jump-relative':
        this.#jumpBy(near);
    }
  }
  #noteTakenBranch(): void {
    this.body.emit(this.#store('i32.store', engineScratch.takenBranch, this.#record));
  }
  #jumpTo(address: Code): void {
    this.#noteTakenBranch();
    this.#addToSum(i32(-records.size));
    this.body.emit(address);
    this.body.set(this.#target);
    this.body.branch(this.#labels.lookup);
  }
  /** By a displacement, which the record of a branch within its page holds as the distance between records. */
  #jumpBy(near: boolean): void {
    const { body } = this;
    if (!near) {
      const distance = body.keep('i64', this.#record, access('i64.load32_s', records.immediate));
      this.#jumpTo([...addressOfRecord(this.#record, this.#base), ...distance, ...op('i64.add')]);
      return;
    }
    const distance = body.keep('i32', this.#record, access('i32.load', records.immediate));
    this.#noteTakenBranch();
    this.#addToSum([...distance, ...i32(-records.size), ...op('i32.add')]);
    this.#moveBy(distance);
    if (this.#stops === 'at jumps') this.#testBudget(this.#labels.left);
    body.branch(this.#labels.next);
  }

  /** Where a jump leads that does not stay in its page, or that may not: to the records of `target`. */
  #lookup(next: number, left: number, done: number): void {
    const { body } = this;
    this.#settleTakenBranch();
    const target = body.get(this.#target);
    const found = emitLookup(body, this.#base, target, body.get(SPACE), () => {
      this.#setReason('page');
      body.emit(this.#store('i64.store', specialOffsets.nia, target));
      body.branch(done);
    });
    const place = body.keep('i32', found);
    this.#addToSum([...place, ...this.#record, ...op('i32.sub')]);
    body.emit(place);
    body.set(RECORD);
    body.emit(this.#store('i64.store', engineScratch.page, [...target, ...i64(-TLB_PAGE_SIZE), ...op('i64.and')]));
    if (this.#stops === 'at jumps') this.#testBudget(left);
    body.branch(next);
    body.releaseKept();
  }

  /** A taken branch is kept as its record, which costs least; CFAR is set before anybody can see it. */
  #settleTakenBranch(): void {
    const { body } = this;
    const branch = body.keep('i32', this.#load('i32.load', engineScratch.takenBranch));
    body.emit(branch);
    body.open('if');
    body.emit(this.#store('i64.store', specialOffsets.cfar, addressOfRecord(branch, this.#base)));
    body.emit(this.#store('i32.store', engineScratch.takenBranch, i32(0)));
    body.close();
  }

  #leave(): void {
    const { body } = this;
    this.#settleTakenBranch();
    const left = [...body.get(SUM), ...this.#record, ...op('i32.sub'), ...i32(4), ...op('i32.shr_u')];
    body.emit(this.#store('i32.store', engineScratch.record, this.#record));
    body.emit(this.#store('i32.store', engineScratch.left, left));
    body.emit(body.get(this.#reason), op('return'));
    body.releaseKept();
  }
}

export function loopFunction(table: HandlerTable, base: number, stops: Stops): FunctionBody {
  if (recordsInPage > OFFSET_IN_BLOCK) throw new Error('a page of records does not fit into its block');
  const made = new LoopFunction(table, base, stops);
  made.emit();
  return made.body;
}

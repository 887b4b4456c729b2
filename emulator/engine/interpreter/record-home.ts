import type { Operand } from '../../operations/operand';
import { engineScratch, records, specialOffsets } from '../../state/layout';
import { access, i32, i64, op, type Code, type FunctionBody } from '../wasm-binary';
import type { ByteOrder, Home } from './home';
import { reasons, type Reason } from './reasons';

/** What a kind of function over records does where handlers of other kinds do something else. */
interface RecordEnds {
  readonly leave: (reason: Reason) => void;
  readonly jump: (address: Code, when: Code | undefined) => void;
  readonly jumpRelative: (displacement: Operand<'immediate'>, when: Code | undefined) => void;
}
interface RecordParts extends RecordEnds {
  readonly body: FunctionBody;
  readonly byteOrder: ByteOrder;
  /** Where the vCPU's block of state begins: a constant of the code, so that reaching a register costs no addition. */
  readonly base: number;
  /** Locals that hold the record's place and the address space. */
  readonly record: number;
  readonly space: number;
}

export const OFFSET_IN_BLOCK = records.blockSize - 1;

/** The effective address of the instruction whose record's place is on the stack. */
export const addressOfRecord = (place: Code, base: number): Code => [
  ...i32(0),
  ...access('i64.load', base + engineScratch.page),
  ...place,
  ...i32(OFFSET_IN_BLOCK),
  ...op('i32.and'),
  ...i32(2),
  ...op('i32.shr_u', 'i64.extend_i32_u', 'i64.add'),
];

/** Guest state for code whose operands are in a pre-decoded record: registers are always in memory. */
export function recordHome({ body, byteOrder, base, record, space, leave, jump, jumpRelative }: RecordParts): Home {
  const slotOf = (slot: number) => records.operands + slot * 2;
  const goOnAt = (address: Code): void => {
    body.emit(i32(0), address, access('i64.store', base + specialOffsets.nia));
  };
  return {
    byteOrder,
    place: ({ slot }) => ({ address: [...body.get(record), ...access('i32.load16_u', slotOf(slot))], offset: base }),
    fixed: (offset) => ({ address: i32(0), offset: base + offset }),
    number: ({ kind, slot }) =>
      body.keep(
        'i64',
        body.get(record),
        kind === 'immediate' ? access('i64.load32_s', records.immediate) : access('i64.load16_u', slotOf(slot)),
      ),
    currentAddress: () => body.keep('i64', addressOfRecord(body.get(record), base)),
    addressSpace: () => body.get(space),
    leaveSlow: () => {
      leave('slow');
    },
    leaveMissing(address, kind) {
      body.emit(i32(0), address, access('i64.store', base + engineScratch.missAddress));
      leave(kind === 'load' ? 'loadMiss' : 'storeMiss');
    },
    leaveTrapping: () => {
      leave('trap');
    },
    leaveCalling: () => {
      goOnAt([...addressOfRecord(body.get(record), base), ...i64(4), ...op('i64.add')]);
      leave('systemCall');
    },
    moved(address) {
      goOnAt(address);
      leave('moved');
    },
    jump,
    jumpRelative,
  };
}

export const reasonCode = (reason: Reason): Code => i32(reasons[reason]);

import { access, FunctionBody, i32, op } from '../wasm-binary';
import type { HandlerTable } from './handler-table';
import type { ByteOrder } from './home';
import { handlers } from './reasons';
import { reasonCode, recordHome } from './record-home';
import { wasmOperations } from './wasm-operations';

const RECORD = 0;
const SPACE = 1;

/** perform(record, space): does the one instruction of a record whose handler is not in the loop. */
export function rareFunction({ frequent, rare }: HandlerTable, byteOrder: ByteOrder, base: number): FunctionBody {
  const body = new FunctionBody(['i32', 'i64']);
  const never = () => {
    throw new Error('a handler outside the loop cannot jump');
  };
  const operations = wasmOperations(
    body,
    recordHome({
      ...{ body, byteOrder, base, record: RECORD, space: SPACE },
      leave: (why) => {
        body.emit(reasonCode(why), op('return'));
      },
      jump: never,
      jumpRelative: never,
    }),
  );
  const unknown = body.open('block');
  const entries = rare.map(() => body.open('block')).reverse();
  const first = handlers.first + frequent.length;
  body.emit(body.get(RECORD), access('i32.load16_u'), i32(first), op('i32.sub'));
  body.branchTable(entries, unknown);
  for (const { instruction } of rare) {
    body.close();
    instruction.apply(operations);
    body.emit(reasonCode('done'), op('return'));
    body.releaseKept();
  }
  body.close();
  body.emit(reasonCode('slow'), op('return'));
  return body;
}

import { access, FunctionBody, i32, op } from '../wasm-binary';
import { copyHandler, parameters, RECORD } from './handler-code';
import type { HandlerTable } from './handler-table';
import { handlers } from './reasons';
import { reasonCode } from './record-home';

/** perform(record, sum, space): does the one instruction of a record whose handler is not in the loop. */
export function rareFunction({ frequent, rare, locals }: HandlerTable): FunctionBody {
  const body = new FunctionBody(parameters, locals);
  const unknown = body.open('block');
  const entries = rare.map(() => body.open('block')).reverse();
  const first = handlers.first + frequent.length;
  body.emit(body.get(RECORD), access('i32.load16_u'), i32(first), op('i32.sub'));
  body.branchTable(entries, unknown);
  for (const { code } of rare) {
    body.close();
    copyHandler(body, code, (exit) => {
      if (exit.kind !== 'leave') throw new Error('a handler outside the loop cannot jump');
      body.emit(reasonCode(exit.reason), op('return'));
    });
    body.emit(reasonCode('done'), op('return'));
  }
  body.close();
  body.emit(reasonCode('slow'), op('return'));
  return body;
}

import { crOffset } from '../../state/layout';
import type { Operations } from '../../operations/instruction-operations';
import { access, i32, i64, op, type Code, type FunctionBody } from '../wasm-binary';
import type { Home, Place, WasmSorts } from './home';

/** Gathers the last bits of eight bytes, the first byte's the most significant. Their products do not meet. */
const GATHER_8 = 0x8040_2010_0804_0201n;
/** The same for four bytes. */
const GATHER_4 = 0x0804_0201;
/** A bit of its own in each byte, the first byte's the most significant; and the way from "not zero" to one. */
const SPREAD = 0x0102_0408_1020_4080n;
const SEVEN_ONES = 0x7f7f_7f7f_7f7f_7f7fn;
const ONES = 0x0101_0101_0101_0101n;

type ConditionRegister = Pick<Operations<WasmSorts>, 'crBit' | 'setCrBit' | 'crField' | 'setCrField' | 'cr' | 'setCr'>;

/** The condition register, a byte each bit. */
export function wasmConditionRegister(body: FunctionBody, home: Home): ConditionRegister {
  const setBit = ({ address, offset }: Place, condition: Code) =>
    body.emit(address, condition, access('i32.store8', offset));
  /** Fields 0 and 1, or 2 and 3, and so on: eight bytes. */
  const pair = (index: number) => home.fixed(crOffset + index * 8);
  const pairs = [0, 1, 2, 3] as const;

  function cr(): Code {
    return pairs
      .map((index) => {
        const { address, offset } = pair(index);
        const bits = [...address, ...access('i64.load', offset), ...i64(GATHER_8), ...op('i64.mul')];
        return body.keep('i64', bits, i64(56), op('i64.shr_u'), i64(24 - index * 8), op('i64.shl'));
      })
      .reduce((word, part) => body.keep('i64', word, part, op('i64.or')));
  }

  return {
    crBit: (bit) => {
      const { address, offset } = home.place(bit);
      return body.keep('i32', address, access('i32.load8_u', offset));
    },
    setCrBit: (bit, condition) => {
      setBit(home.place(bit), condition);
    },
    crField: (field) => {
      const { address, offset } = home.place(field);
      const bits = [...address, ...access('i32.load', offset), ...i32(GATHER_4), ...op('i32.mul')];
      return body.keep('i64', bits, i32(24), op('i32.shr_u'), i32(15), op('i32.and', 'i64.extend_i32_u'));
    },
    setCrField: (field, bits) => {
      const place = typeof field === 'string' ? home.fixed(crOffset + Number(field.slice(2)) * 4) : home.place(field);
      bits.forEach((bit, i) => {
        setBit({ address: place.address, offset: place.offset + i }, bit);
      });
    },
    cr,
    setCr(value, mask) {
      const old = cr();
      const word = body.keep('i64', old, old, value, op('i64.xor'), mask, op('i64.and', 'i64.xor'));
      for (const index of pairs) {
        const { address, offset } = pair(index);
        const byte = [...word, ...i64(24 - index * 8), ...op('i64.shr_u'), ...i64(0xff), ...op('i64.and')];
        const spread = [...byte, ...i64(ONES), ...op('i64.mul'), ...i64(SPREAD), ...op('i64.and')];
        const ones = [...i64(SEVEN_ONES), ...op('i64.add'), ...i64(7), ...op('i64.shr_u'), ...i64(ONES)];
        body.emit(address, spread, ones, op('i64.and'), access('i64.store', offset));
      }
    },
  };
}

import type { Operations } from '../../operations/instruction-operations';
import type { Element, ElementBits } from '../../operations/vector-operations';
import { i32, lane, op, vectorAccess, vectorOp, access, type Code, type FunctionBody } from '../wasm-binary';
import type { Home, WasmSorts } from './home';

type VectorOperations = Pick<
  Operations<WasmSorts>,
  'vr' | 'setVr' | 'element' | 'vectorOf' | 'permute' | 'vsr' | 'setVsr'
>;

/** Our doublewords lie in the host's byte order: of a vector's bytes, counted from the left, byte i is lane i ^ 7. */
const lanes = {
  8: { reversed: 7, count: 16 },
  16: { reversed: 3, count: 8 },
  32: { reversed: 1, count: 4 },
  64: { reversed: 0, count: 2 },
} as const satisfies Readonly<Record<ElementBits, object>>;
const laneOf = (bits: ElementBits, index: number): number => index ^ lanes[bits].reversed;

function extracted({ bits, signed }: Element, index: number): Code {
  const number = laneOf(bits, index);
  const extended = op(signed ? 'i64.extend_i32_s' : 'i64.extend_i32_u');
  switch (bits) {
    case 8:
      return [...lane(signed ? 'i8x16.extract_lane_s' : 'i8x16.extract_lane_u', number), ...extended];
    case 16:
      return [...lane(signed ? 'i16x8.extract_lane_s' : 'i16x8.extract_lane_u', number), ...extended];
    case 32:
      return [...lane('i32x4.extract_lane', number), ...extended];
    case 64:
      return lane('i64x2.extract_lane', number);
  }
}
function replaced(bits: ElementBits, index: number): Code {
  const number = laneOf(bits, index);
  switch (bits) {
    case 8:
      return [...op('i32.wrap_i64'), ...lane('i8x16.replace_lane', number)];
    case 16:
      return [...op('i32.wrap_i64'), ...lane('i16x8.replace_lane', number)];
    case 32:
      return [...op('i32.wrap_i64'), ...lane('i32x4.replace_lane', number)];
    case 64:
      return lane('i64x2.replace_lane', number);
  }
}

/** Vectors, and the doublewords of vector-scalar registers. */
export function wasmVectors(body: FunctionBody, home: Home): VectorOperations {
  const vector = (...parts: Code[]) => body.keep('v128', ...parts);
  const everyByte = (value: number): Code => [...i32(value), ...vectorOp('i8x16.splat')];
  return {
    vr(register) {
      const { address, offset } = home.place(register);
      return vector(address, vectorAccess('v128.load', offset));
    },
    setVr(register, value) {
      const { address, offset } = home.place(register);
      body.emit(address, value, vectorAccess('v128.store', offset));
    },
    element: (from, type, index) => body.keep('i64', from, extracted(type, index)),
    vectorOf(bits, elements) {
      const [first = [], ...others] = elements;
      if (bits === 64)
        return vector(first, vectorOp('i64x2.splat'), ...others.flatMap((one) => [one, replaced(64, 1)]));
      return elements.reduce<Code>((whole, one, index) => vector(whole, one, replaced(bits, index)), everyByte(0));
    },
    // A lane that is not there gives zero, so that each source contributes the bytes that are chosen from it.
    permute(first, second, chosen) {
      const index = vector(chosen, everyByte(31), vectorOp('v128.and'), everyByte(7), vectorOp('v128.xor'));
      const fromFirst = vector(first, index, vectorOp('i8x16.swizzle'));
      const inSecond = vector(index, everyByte(16), vectorOp('v128.xor'));
      return vector(second, inSecond, vectorOp('i8x16.swizzle'), fromFirst, vectorOp('v128.or'));
    },
    vsr(register, doubleword) {
      const { address, offset } = home.place(register);
      return body.keep('i64', address, access('i64.load', offset + doubleword * 8));
    },
    setVsr(register, first, second) {
      const { address, offset } = home.place(register);
      body.emit(address, first, access('i64.store', offset));
      body.emit(address, second, access('i64.store', offset + 8));
    },
  };
}

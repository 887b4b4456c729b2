import { i64, op, type Code, type FunctionBody, type Opcode } from '../wasm-binary';

/** Operations that need nothing but numbers. */
export function wasmArithmetic(body: FunctionBody) {
  const value = (...parts: Code[]): Code => body.keep('i64', ...parts);
  const binary = (name: Opcode) => {
    const code = op(name);
    return (a: Code, b: Code): Code => value(a, b, code);
  };
  const combination = (name: Opcode) => {
    const code = op(name);
    return (a: Code, b: Code): Code => [...a, ...b, ...code];
  };
  const low = (a: Code) => value(a, i64(0xffff_ffff), op('i64.and'));
  const high = (a: Code) => value(a, i64(32), op('i64.shr_u'));

  function multiplyHighUnsigned(a: Code, b: Code): Code {
    const [al, ah, bl, bh] = [low(a), high(a), low(b), high(b)];
    const first = value(ah, bl, op('i64.mul'), al, bl, op('i64.mul'), i64(32), op('i64.shr_u', 'i64.add'));
    const second = value(al, bh, op('i64.mul'), low(first), op('i64.add'));
    return value(ah, bh, op('i64.mul'), high(first), op('i64.add'), high(second), op('i64.add'));
  }
  /** What a negative factor makes the unsigned product too large by. */
  const excess = (a: Code, b: Code): Code => [...a, ...i64(63), ...op('i64.shr_s'), ...b, ...op('i64.and')];

  return {
    constant: i64,
    add: binary('i64.add'),
    subtract: binary('i64.sub'),
    and: binary('i64.and'),
    or: binary('i64.or'),
    xor: binary('i64.xor'),
    shiftLeft: binary('i64.shl'),
    shiftRight: binary('i64.shr_u'),
    shiftRightSigned: binary('i64.shr_s'),
    // Not i64.rotl, which the baseline compiler calls out for; the optimising one sees the rotate in this.
    rotateLeft: (a: Code, n: Code): Code =>
      value(a, n, op('i64.shl'), a, i64(64), n, op('i64.sub', 'i64.shr_u', 'i64.or')),
    multiply: binary('i64.mul'),
    multiplyHighUnsigned,
    multiplyHighSigned: (a: Code, b: Code): Code =>
      value(multiplyHighUnsigned(a, b), excess(a, b), op('i64.sub'), excess(b, a), op('i64.sub')),
    divideSigned: binary('i64.div_s'),
    divideUnsigned: binary('i64.div_u'),
    signExtend: (a: Code, bits: 8 | 16 | 32): Code => value(a, op(`i64.extend${bits}_s`)),
    countLeadingZeros: (a: Code): Code => value(a, op('i64.clz')),

    equal: combination('i64.eq'),
    lessSigned: combination('i64.lt_s'),
    lessUnsigned: combination('i64.lt_u'),
    both: combination('i32.and'),
    either: combination('i32.or'),
    not: (a: Code): Code => [...a, ...op('i32.eqz')],
    select: (condition: Code, whenTrue: Code, whenFalse: Code): Code =>
      value(whenTrue, whenFalse, condition, op('select')),
  };
}

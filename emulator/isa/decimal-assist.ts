import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { instruction } from './instruction';
import { invert } from './idioms';

/** The last bit of each 16-bit lane, of which a doubleword has four: one for each three decimal digits. */
const LANES = 0x0001_0001_0001_0001n;

/** Moves two groups of `width` bits in each word to lanes of their own, and back. */
function spread<S extends Sorts>(op: Operations<S>, value: S['value'], width: number): S['value'] {
  const ones = BigInt(2 ** width - 1);
  const low = op.and(value, op.constant((ones << 32n) | ones));
  const high = op.and(op.shiftRight(value, op.constant(width)), op.constant((ones << 32n) | ones));
  return op.or(low, op.shiftLeft(high, op.constant(16)));
}
function gather<S extends Sorts>(op: Operations<S>, lanes: S['value'], width: number): S['value'] {
  const ones = op.constant(0x0000_ffff_0000_ffffn);
  const low = op.and(lanes, ones);
  const high = op.and(op.shiftRight(lanes, op.constant(16)), ones);
  return op.or(low, op.shiftLeft(high, op.constant(width)));
}

type Ten<T> = readonly [T, T, T, T, T, T, T, T, T, T];
type Twelve<T> = readonly [...Ten<T>, T, T];

/** Boolean algebra on one bit of every lane. */
function lanesOf<S extends Sorts>(op: Operations<S>) {
  return {
    and: (...all: S['value'][]) => all.reduce((a, b) => op.and(a, b)),
    or: (...all: S['value'][]) => all.reduce((a, b) => op.or(a, b)),
    not: (a: S['value']) => op.and(invert(op, a), op.constant(LANES)),
  };
}
/** The bits of a group, from the left. */
const bitsOf = <S extends Sorts>(op: Operations<S>, value: S['value'], count: number): S['value'][] =>
  Array.from({ length: count }, (_, i) => op.and(op.shiftRight(value, op.constant(count - 1 - i)), op.constant(LANES)));
const joined = <S extends Sorts>(op: Operations<S>, bits: readonly S['value'][]): S['value'] =>
  bits.reduce((group, bit) => op.or(op.shiftLeft(group, op.constant(1)), bit), op.constant(0));

/** Book I appendix B.1: three BCD digits, abcd efgh ijkm, as a declet pqr stu v wxy. */
function toDeclets<S extends Sorts>(op: Operations<S>, digits: S['value']): S['value'] {
  const { and, or, not } = lanesOf(op);
  const [a, b, c, d, e, f, g, h, i, j, k, m] = bitsOf(op, digits, 12) as unknown as Twelve<S['value']>;
  return joined(op, [
    or(b, and(a, j), and(a, f, i)),
    or(c, and(a, k), and(a, g, i)),
    d,
    or(and(f, or(not(a), not(i))), and(not(a), e, j), and(e, i)),
    or(g, and(not(a), e, k), and(a, i)),
    h,
    or(a, e, i),
    or(a, and(e, i), and(not(e), j)),
    or(e, and(a, i), and(not(a), k)),
    m,
  ]);
}

/** Appendix B.2: the way back, for any of the 1,024 declets. */
function toDigits<S extends Sorts>(op: Operations<S>, declets: S['value']): S['value'] {
  const { and, or, not } = lanesOf(op);
  const [p, q, r, s, t, u, v, w, x, y] = bitsOf(op, declets, 10) as unknown as Ten<S['value']>;
  const keepsFirst = or(not(v), not(w), and(s, not(t), x));
  return joined(op, [
    and(v, w, or(not(s), t, not(x))),
    and(p, keepsFirst),
    and(q, keepsFirst),
    r,
    and(v, or(and(not(w), x), and(not(t), x), and(s, x))),
    or(and(s, or(not(v), not(x))), and(p, not(s), t, v, w, x)),
    or(and(t, or(not(v), not(x))), and(q, not(s), t, w)),
    u,
    and(v, or(and(not(w), not(x)), and(w, x, or(s, t)))),
    or(and(not(v), w), and(s, v, not(w), x), and(p, w, or(not(x), and(not(s), not(t))))),
    or(and(not(v), x), and(t, not(w), x), and(q, v, w, or(not(x), and(not(s), not(t))))),
    y,
  ]);
}

/** Book I 3.3.9. */
export const decimalAssist = [
  instruction({
    mnemonic: 'addg6s',
    encoding: '31:6 rt ra rb /:1 74:9 /:1',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb }) => {
      const a = op.gpr(ra);
      const b = op.gpr(rb);
      const sum = op.add(a, b);
      // The carry out of each bit, then out of each fourth one: a 6 wherever there is none.
      const carries = op.or(op.and(a, b), op.and(op.or(a, b), invert(op, sum)));
      const none = op.and(op.shiftRight(invert(op, carries), op.constant(3)), op.constant(0x1111_1111_1111_1111n));
      op.setGpr(rt, op.multiply(none, op.constant(6)));
    },
  }),
  instruction({
    mnemonic: 'cbcdtd',
    encoding: '31:6 rs ra /:5 314:10 /:1',
    assembly: 'ra,rs',
    meaning: (op, { rs, ra }) => op.setGpr(ra, gather(op, toDeclets(op, spread(op, op.gpr(rs), 12)), 10)),
  }),
  instruction({
    mnemonic: 'cdtbcd',
    encoding: '31:6 rs ra /:5 282:10 /:1',
    assembly: 'ra,rs',
    meaning: (op, { rs, ra }) => op.setGpr(ra, gather(op, toDigits(op, spread(op, op.gpr(rs), 10)), 12)),
  }),
];

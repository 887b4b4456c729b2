import { FPSCR, type Environment, type Rounding } from './fpscr';
import {
  bitLength,
  decode,
  generatedNaN,
  infinity,
  isSignaling,
  isZero,
  quieted,
  zero,
  type Finite,
  type NotANumber,
  type Value,
} from './format';
import { rounded, settled, type Exact, type Outcome, type Shape } from './round';

/**
 * An operation on the bits of its operands. An engine that emits code knows the ones that it has code for by their
 * names; every engine can run `compute`.
 */
export interface FloatingPointFunction {
  readonly name: string;
  readonly compute: (operands: readonly bigint[], environment: Environment) => Outcome;
}

/** Quotients and roots are cut here, well behind any precision, with a last bit that says whether anything was cut. */
const ENOUGH_BITS = 60;

const exactly = (value: Value): Exact => ({ value, status: 0 });
const invalid = (status: number): Exact => ({ value: generatedNaN, status });
type Number = Exclude<Value, NotANumber>;

/** The first NaN in the order of the manual, quieted (Book I 4.3.2); undefined if there is none. */
export function propagated(values: readonly Value[]): Exact | undefined {
  const first = values.find((value) => value.kind === 'nan');
  return first && { value: quieted(first), status: values.some(isSignaling) ? FPSCR.VXSNAN : 0 };
}

const negated = <V extends Value>(value: V): V =>
  value.kind === 'nan' ? value : { ...value, negative: !value.negative };

function sumOfFinite(a: Finite, b: Finite, rounding: Rounding): Finite {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (one: Finite) =>
    (one.negative ? -one.significand : one.significand) << BigInt(one.exponent - exponent);
  const sum = aligned(a) + aligned(b);
  // Zero is positive, unless both were negative or rounding is towards minus infinity.
  if (sum === 0n) return zero(a.negative === b.negative ? a.negative : rounding === 'down');
  return { kind: 'finite', negative: sum < 0n, significand: sum < 0n ? -sum : sum, exponent };
}
function sum(a: Number, b: Number, rounding: Rounding): Exact {
  if (a.kind === 'infinity' && b.kind === 'infinity')
    return a.negative === b.negative ? exactly(a) : invalid(FPSCR.VXISI);
  if (a.kind === 'infinity') return exactly(a);
  if (b.kind === 'infinity') return exactly(b);
  // A zero has any exponent: that of the other saves a long shift.
  if (isZero(a) && !isZero(b)) return exactly(b);
  if (isZero(b) && !isZero(a)) return exactly(a);
  return exactly(sumOfFinite(a, b, rounding));
}

function product(a: Number, b: Number): Exact {
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity')
    return isZero(a) || isZero(b) ? invalid(FPSCR.VXIMZ) : exactly(infinity(negative));
  const significand = a.significand * b.significand;
  return exactly({ kind: 'finite', negative, significand, exponent: a.exponent + b.exponent });
}

function quotient(a: Number, b: Number): Exact {
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity') return b.kind === 'infinity' ? invalid(FPSCR.VXIDI) : exactly(infinity(negative));
  if (b.kind === 'infinity') return exactly(zero(negative));
  if (b.significand === 0n)
    return a.significand === 0n ? invalid(FPSCR.VXZDZ) : { value: infinity(negative), status: FPSCR.ZX };
  if (a.significand === 0n) return exactly(zero(negative));
  const shift = Math.max(0, ENOUGH_BITS - bitLength(a.significand) + bitLength(b.significand));
  const dividend = a.significand << BigInt(shift);
  const cut = dividend % b.significand === 0n ? 0n : 1n;
  const significand = ((dividend / b.significand) << 1n) | cut;
  return exactly({ kind: 'finite', negative, significand, exponent: a.exponent - b.exponent - shift - 1 });
}

function integerSquareRoot(square: bigint): bigint {
  let root = 1n << BigInt((bitLength(square) + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
function root(a: Number): Exact {
  if (isZero(a)) return exactly(a);
  if (a.negative) return invalid(FPSCR.VXSQRT);
  if (a.kind === 'infinity') return exactly(a);
  const shift = 2 * ENOUGH_BITS - bitLength(a.significand);
  const even = shift + ((a.exponent - shift) & 1);
  const square = a.significand << BigInt(even);
  const found = integerSquareRoot(square);
  const cut = found * found === square ? 0n : 1n;
  return exactly({
    kind: 'finite',
    negative: false,
    significand: (found << 1n) | cut,
    exponent: (a.exponent - even) / 2 - 1,
  });
}

type Unary = (a: Number, rounding: Rounding) => Exact;
type Binary = (a: Number, b: Number, rounding: Rounding) => Exact;

const ofOne = (name: string, operation: Unary, shape: Shape): FloatingPointFunction => ({
  name: `${name}, ${shape.name}`,
  compute([bits = 0n], environment) {
    const a = decode(bits, shape.source);
    if (a.kind === 'nan') return rounded(propagated([a])!, shape, environment);
    return rounded(operation(a, environment.rounding), shape, environment);
  },
});
const ofTwo = (name: string, operation: Binary, shape: Shape): FloatingPointFunction => ({
  name: `${name}, ${shape.name}`,
  compute([first = 0n, second = 0n], environment) {
    const a = decode(first, shape.source);
    const b = decode(second, shape.source);
    if (a.kind === 'nan' || b.kind === 'nan') return rounded(propagated([a, b])!, shape, environment);
    return rounded(operation(a, b, environment.rounding), shape, environment);
  },
});

export const add = (shape: Shape) => ofTwo('add', sum, shape);
export const subtract = (shape: Shape) => ofTwo('subtract', (a, b, rounding) => sum(a, negated(b), rounding), shape);
export const multiply = (shape: Shape) => ofTwo('multiply', product, shape);
export const divide = (shape: Shape) => ofTwo('divide', quotient, shape);
export const squareRoot = (shape: Shape) => ofOne('square root', root, shape);

/** Estimates are the exact values rounded, within every bound of the manual; FR, FI and XX are undefined (4.6.6.1). */
const estimate = (name: string, operation: Unary, shape: Shape): FloatingPointFunction => {
  const { name: fullName, compute } = ofOne(name, operation, shape);
  const settles = (outcome: Outcome): Outcome => ({
    bits: outcome.bits,
    status: outcome.status & ~(FPSCR.FR | FPSCR.FI | FPSCR.XX),
  });
  return { name: fullName, compute: (operands, environment) => settles(compute(operands, environment)) };
};
const one: Finite = { kind: 'finite', negative: false, significand: 1n, exponent: 0 };
export const reciprocalEstimate = (shape: Shape) => estimate('reciprocal', (a) => quotient(one, a), shape);
export const reciprocalSquareRootEstimate = (shape: Shape) =>
  estimate(
    'reciprocal square root',
    (a) => {
      const { value, status } = root(a);
      return value.kind === 'nan' ? { value, status } : quotient(one, value);
    },
    shape,
  );

/** a × c, with VXIMZ even if the addend is a NaN, which is then the result. */
function fused(a: Value, b: Value, c: Value, rounding: Rounding): Exact {
  const partial = a.kind === 'nan' || c.kind === 'nan' ? undefined : product(a, c);
  const nan = propagated([a, b, c]);
  if (nan) return { value: nan.value, status: nan.status | (partial?.status ?? 0) };
  if (partial === undefined || partial.value.kind === 'nan' || b.kind === 'nan') return partial ?? invalid(0);
  return sum(partial.value, b, rounding);
}
export interface MultiplyAdd {
  readonly subtracts: boolean;
  /** The sum is negated after it has been rounded, unless it is a NaN. */
  readonly negates: boolean;
}
/** ±(a × c ± b), rounded once; operands in the order a, b, c, which is the order in which a NaN is looked for. */
export const multiplyAdd = ({ subtracts, negates }: MultiplyAdd, shape: Shape): FloatingPointFunction => ({
  name: `${negates ? 'negative ' : ''}multiply-${subtracts ? 'subtract' : 'add'}, ${shape.name}`,
  compute(operands, environment) {
    const [a, b, c] = operands.map((bits) => decode(bits, shape.source)) as [Value, Value, Value];
    const exact = fused(a, subtracts ? negated(b) : b, c, environment.rounding);
    const result = rounded(exact, shape, environment);
    if (!negates) return result;
    const value = decode(result.bits, shape.storage);
    // Of what has been rounded only the class changes with the sign.
    return settled(negated(value), result.status & ~FPSCR.FPRF, shape);
  },
});

import { describe, expect, test } from 'vitest';
import { add, divide, multiply, multiplyAdd, squareRoot } from '../../../emulator/floating-point/arithmetic';
import { choose, compare, testDivide, testSquareRoot } from '../../../emulator/floating-point/compare';
import { convert, narrow, toInteger, widen } from '../../../emulator/floating-point/convert';
import { binary32, binary64, decode, encode } from '../../../emulator/floating-point/format';
import { DEFAULT_ENVIRONMENT, environmentOf, FPSCR } from '../../../emulator/floating-point/fpscr';
import { double, roundedToSingle } from '../../../emulator/floating-point/round';
import { Random, seedFor } from '../../support/isa-random';

const view = new DataView(new ArrayBuffer(8));
const bitsOf = (value: number): bigint => {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
};
const numberOf = (bits: bigint): number => {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
};
const random = new Random(seedFor('floating-point'));
const anyDouble = (): bigint => random.wide();
const QUIET = 0x0008_0000_0000_0000n;
const SIGNALING = 0x7ff0_0000_0000_0001n;

test('a number survives being taken apart and put together', () => {
  for (let i = 0; i < 2_000; i++) {
    const wide = anyDouble();
    expect(encode(decode(wide, binary64), binary64)).toBe(wide);
    const narrowBits = BigInt(random.next());
    expect(encode(decode(narrowBits, binary32), binary32)).toBe(narrowBits);
    expect(narrow.compute([widen.compute([narrowBits], DEFAULT_ENVIRONMENT).bits], DEFAULT_ENVIRONMENT).bits).toBe(
      narrowBits,
    );
  }
});

test('doubles are those of the machine that this test runs on', () => {
  const near = () => bitsOf((random.next() - 2 ** 31) * 2 ** (random.below(80) - 40));
  for (let i = 0; i < 5_000; i++) {
    const [a, b] = random.below(2) === 0 ? [anyDouble(), anyDouble()] : [near(), near()];
    const [x, y] = [numberOf(a), numberOf(b)];
    const compute = (operation: ReturnType<typeof add>) =>
      numberOf(operation.compute([a, b], DEFAULT_ENVIRONMENT).bits);
    expect(compute(add(double))).toBe(x + y);
    expect(compute(multiply(double))).toBe(x * y);
    expect(compute(divide(double))).toBe(x / y);
    expect(compute(squareRoot(double))).toBe(Math.sqrt(x));
  }
});

test('FR says that the magnitude was increased: the result is not the one rounded toward zero', () => {
  const operations = [add(double), multiply(double), divide(double), add(roundedToSingle), multiply(roundedToSingle)];
  for (let i = 0; i < 3_000; i++) {
    const operands = [bitsOf((random.next() + 0.5) * 2 ** random.below(20)), bitsOf(random.next() / 7)];
    const operation = random.of(operations);
    const { bits, status } = operation.compute(operands, environmentOf(random.of([0, 2, 3])));
    const cut = operation.compute(operands, environmentOf(1));
    expect((status & FPSCR.FR) !== 0).toBe(bits !== cut.bits);
    expect((status & FPSCR.FI) !== 0).toBe((status & FPSCR.XX) !== 0);
  }
});

describe('a NaN', () => {
  const payload = (n: bigint) => 0x7ff8_0000_0000_0000n | n;
  const fused = multiplyAdd({ subtracts: false, negates: true }, double);
  test('is the first of FRA, FRB and FRC, and keeps its sign', () => {
    const result = (...operands: bigint[]) => fused.compute(operands, DEFAULT_ENVIRONMENT).bits;
    const oneAndHalf = bitsOf(1.5);
    expect(result(payload(1n), payload(2n), payload(3n))).toBe(payload(1n));
    expect(result(oneAndHalf, payload(2n), payload(3n))).toBe(payload(2n));
    expect(result(oneAndHalf, oneAndHalf, payload(3n))).toBe(payload(3n));
    expect(result(payload(1n) | (1n << 63n), oneAndHalf, oneAndHalf)).toBe(payload(1n) | (1n << 63n));
  });
  test('is made quiet', () => {
    const { bits, status } = add(double).compute([bitsOf(1), SIGNALING], DEFAULT_ENVIRONMENT);
    expect([bits, status & FPSCR.VXSNAN]).toEqual([SIGNALING | QUIET, FPSCR.VXSNAN]);
  });
  test('of frsp loses the bits that single precision has not', () => {
    const { bits } = convert(roundedToSingle).compute([0x7ff8_0000_2fff_ffffn], DEFAULT_ENVIRONMENT);
    expect(bits).toBe(0x7ff8_0000_2000_0000n);
  });
  test('does not hide that infinity was multiplied by zero', () => {
    const { bits, status } = fused.compute([bitsOf(Infinity), payload(5n), 0n], DEFAULT_ENVIRONMENT);
    expect([bits, status & FPSCR.VXIMZ]).toEqual([payload(5n), FPSCR.VXIMZ]);
  });
});

/** Book I 4.4.3 and 4.4.4. */
describe('an exception that is enabled', () => {
  const trapping = environmentOf(FPSCR.OE | FPSCR.UE);
  test.each([
    ['overflow', multiply(double), [2 ** 1000, 2 ** 100], 2 ** (1100 - 1536), FPSCR.OX],
    ['overflow in single precision', multiply(roundedToSingle), [2 ** 100, 2 ** 100], 2 ** (200 - 192), FPSCR.OX],
    ['underflow', multiply(double), [2 ** -1000, -(2 ** -100)], -(2 ** (-1100 + 1536)), FPSCR.UX],
    ['underflow of what would be exact', multiply(double), [2 ** -1000, 2 ** -50], 2 ** (-1050 + 1536), FPSCR.UX],
    ['underflow in single precision', multiply(roundedToSingle), [2 ** -100, 2 ** -40], 2 ** (-140 + 192), FPSCR.UX],
    ['overflow of frsp', convert(roundedToSingle), [2 ** 200], 2 ** (200 - 192), FPSCR.OX],
  ] as const)('adjusts the exponent: %s', (_, operation, operands, result, exception) => {
    const { bits, status } = operation.compute(operands.map(bitsOf), trapping);
    expect(numberOf(bits)).toBe(result);
    expect(status & (FPSCR.OX | FPSCR.UX | FPSCR.XX)).toBe(exception);
  });
  test('keeps the whole precision of a tiny result', () => {
    const operands = [bitsOf(1 + 2 ** -52), bitsOf(2 ** -1060)];
    expect(numberOf(multiply(double).compute(operands, trapping).bits)).toBe((1 + 2 ** -52) * 2 ** 476);
  });
});

test.each([
  [1, 2, 8],
  [2, 1, 4],
  [-0, 0, 2],
  [NaN, 1, 1],
  [-Infinity, Infinity, 8],
  [Infinity, Infinity, 2],
  [Infinity, 1e308, 4],
])('%d compared with %d is %i', (a, b, field) => {
  expect(compare(binary64, 'unordered').compute([bitsOf(a), bitsOf(b)], DEFAULT_ENVIRONMENT).bits).toBe(BigInt(field));
});
test('a signaling NaN is one exception of an ordered comparison if it is enabled, else two (Book I 4.6.8)', () => {
  const status = (fpscr: number) =>
    compare(binary64, 'ordered').compute([SIGNALING, 0n], environmentOf(fpscr)).status & ~FPSCR.FPRF;
  expect(status(0)).toBe(FPSCR.VXSNAN | FPSCR.VXVC);
  expect(status(FPSCR.VE)).toBe(FPSCR.VXSNAN);
});

test('a maximum is a number rather than a quiet NaN, and the positive one of zeros', () => {
  const maximum = (a: bigint, b: bigint) => choose(binary64, 'maximum').compute([a, b], DEFAULT_ENVIRONMENT).bits;
  expect(maximum(bitsOf(NaN), bitsOf(1))).toBe(bitsOf(1));
  expect(maximum(bitsOf(-0), 0n)).toBe(0n);
  expect(maximum(bitsOf(1), SIGNALING)).toBe(SIGNALING | QUIET);
});

test.each([
  [NaN, 0x8000_0000n, FPSCR.VXCVI],
  [3e9, 0x7fff_ffffn, FPSCR.VXCVI],
  [-3e9, 0x8000_0000n, FPSCR.VXCVI],
  [-2.5, 0xffff_fffen, FPSCR.XX | FPSCR.FI],
  [-3.5, 0xffff_fffcn, FPSCR.XX | FPSCR.FI | FPSCR.FR],
])('%d as a signed word', (number, bits, status) => {
  expect(toInteger(binary64, { signed: true, bits: 32 }).compute([bitsOf(number)], DEFAULT_ENVIRONMENT)).toEqual({
    bits,
    status,
  });
});

test.each([
  [1, 1, 8],
  [1, 0, 14],
  [NaN, 1, 10],
  [1, 5e-324, 14],
  [1, 2 ** -1022, 10],
  [2 ** 1000, 2 ** -24, 10],
])('ftdiv of %d and %d is %i', (a, b, field) => {
  expect(testDivide(binary64).compute([bitsOf(a), bitsOf(b)], DEFAULT_ENVIRONMENT).bits).toBe(BigInt(field));
});
test.each([
  [4, 8],
  [-4, 10],
  [0, 14],
  [2 ** -980, 10],
])('ftsqrt of %d is %i', (a, field) => {
  expect(testSquareRoot(binary64).compute([bitsOf(a)], DEFAULT_ENVIRONMENT).bits).toBe(BigInt(field));
});

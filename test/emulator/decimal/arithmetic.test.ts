import { describe, expect, test } from 'vitest';
import { add, divide, multiply, type DecimalFunction } from '../../../emulator/decimal/arithmetic';
import {
  decimal64,
  decode,
  encode,
  finite,
  infinity,
  powerOfTen,
  type Decimal,
} from '../../../emulator/decimal/format';
import { environmentOf } from '../../../emulator/decimal/round';
import { FPSCR } from '../../../emulator/floating-point/fpscr';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { instructions } from '../../../emulator/isa/table';
import { Bench, CODE } from '../../support/isa-engine';
import { wordOf } from '../../support/vector-bench';

const CLASS = FPSCR.FPRF;
const drn = (mode: number) => BigInt(mode) << 32n;
function result(operation: DecimalFunction, a: Decimal, b: Decimal, fpscr = 0n) {
  const { bits, status } = operation([encode(a, decimal64), encode(b, decimal64)], environmentOf(fpscr));
  return { value: decode(bits, decimal64), status: status & ~CLASS };
}
const INEXACT = FPSCR.XX | FPSCR.FI;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('FPSCR[DRN] and FR', () => {
  /** By mode: the last digit of a coefficient that ends in `digit`, with `rest` cut off. */
  const lastDigits = (negative: boolean, digit: bigint, rest: bigint) =>
    upTo(8).map((mode) => {
      const long = finite(negative, powerOfTen(15) + digit, 2);
      const { value, status } = result(add(decimal64), long, finite(negative, rest, 0), drn(mode));
      const last = value.coefficient % 10n;
      expect(status).toBe(INEXACT | (last === digit ? 0 : FPSCR.FR));
      return Number(last);
    });
  test.each([
    // Nearest even, toward zero, up, down, nearest away, nearest toward zero, away, for reround.
    [false, 4n, 50n, [4, 4, 5, 4, 5, 4, 5, 4]],
    [false, 5n, 50n, [6, 5, 6, 5, 6, 5, 6, 6]],
    [true, 5n, 50n, [6, 5, 5, 6, 6, 5, 6, 6]],
    [false, 0n, 1n, [0, 0, 1, 0, 0, 0, 1, 1]],
    [true, 0n, 99n, [1, 0, 0, 1, 1, 1, 1, 1]],
  ])('negative %s, last digit %i, then %i', (negative, digit, rest, wanted) => {
    expect(lastDigits(negative, digit, rest)).toEqual(wanted);
  });

  test('an overflow leads to infinity, or to the greatest number', () => {
    const greatest = finite(false, powerOfTen(16) - 1n, 369);
    const outcomes = (negative: boolean) =>
      upTo(8).map((mode) => {
        const one = { ...greatest, negative };
        const { value, status } = result(add(decimal64), one, one, drn(mode));
        expect(status & ~FPSCR.FR).toBe(INEXACT | FPSCR.OX);
        return value.kind === 'infinity' ? 'infinity' : 'greatest';
      });
    const [i, g] = ['infinity', 'greatest'];
    expect(outcomes(false)).toEqual([i, g, i, g, i, i, i, g]);
    expect(outcomes(true)).toEqual([i, g, g, i, i, i, i, g]);
  });
});

describe('ideal exponents', () => {
  test.each([
    ['a sum has the smaller one', add, finite(false, 130n, -2), finite(false, 7n, 0), finite(false, 830n, -2)],
    ['a product has the sum', multiply, finite(false, 120n, -2), finite(false, 5n, 1), finite(false, 600n, -1)],
    ['a quotient has the difference', divide, finite(false, 60n, 1), finite(false, 3n, 0), finite(false, 20n, 1)],
    ['as near as it can be', divide, finite(false, 1n, 0), finite(false, 8n, 0), finite(false, 125n, -3)],
    ['zero has it too', multiply, finite(false, 0n, 300), finite(true, 5n, 200), finite(true, 0n, 369)],
  ])('%s', (_, make, a, b, wanted) => {
    expect(result(make(decimal64), a, b)).toEqual({ value: wanted, status: 0 });
  });
});

describe('enabled exceptions', () => {
  const tiny = finite(false, 1n, -398);
  test('an enabled underflow wraps the exponent, exact or not', () => {
    const tenth = finite(false, 1n, -1);
    expect(result(multiply(decimal64), tiny, tenth, BigInt(FPSCR.UE))).toEqual({
      value: finite(false, 1n, -399 + 576),
      status: FPSCR.UX,
    });
    expect(result(multiply(decimal64), tiny, tenth)).toEqual({
      value: finite(false, 0n, -398),
      status: INEXACT | FPSCR.UX,
    });
  });
  test('an exact subnormal number is no underflow', () => {
    expect(result(add(decimal64), tiny, tiny)).toEqual({ value: finite(false, 2n, -398), status: 0 });
  });
  test('an enabled overflow wraps the exponent', () => {
    const half = finite(false, 5n * powerOfTen(15), 369);
    const { value, status } = result(add(decimal64), half, half, BigInt(FPSCR.OE));
    expect(status).toBe(FPSCR.OX);
    expect(value.kind === 'finite' && value.coefficient * powerOfTen(value.exponent + 385)).toBe(
      powerOfTen(385 - 576 + 385),
    );
  });

  const OLD = 0x1234n;
  function run(mnemonic: string, a: Decimal, b: Decimal, fpscr: number, msr = 0n) {
    const bench = new Bench();
    const { registers } = bench;
    registers.setSpecial('msr', registers.special('msr') | MSR.FP | msr);
    registers.setSpecial('fpscr', BigInt(fpscr));
    [encode(a, decimal64), encode(b, decimal64), OLD].forEach((bits, i) => registers.setVsrDoubleword(i + 1, 0, bits));
    const outcome = bench.run(wordOf(mnemonic, { frt: 3, fra: 1, frb: 2 }));
    return {
      outcome: outcome.kind,
      f3: registers.vsrDoubleword(3, 0),
      fpscr: Number(registers.special('fpscr')),
      cr: registers.cr >>> 24,
    };
  }
  const [one, zero] = [finite(false, 1n, 0), finite(false, 0n, 0)];
  test('a division by zero keeps its target if it is enabled', () => {
    const disabled = run('ddiv.', one, zero, 0);
    expect(disabled.f3).toBe(encode(infinity(false), decimal64));
    expect(disabled.fpscr & ~CLASS).toBe(FPSCR.FX | FPSCR.ZX | 0);
    const enabled = run('ddiv.', one, zero, FPSCR.ZE);
    expect(enabled.f3).toBe(OLD);
    expect(enabled.cr & 15).toBe(0b1100);
  });
  test('and interrupts if the MSR says so, when all is written', () => {
    const { outcome, f3 } = run('dadd', infinity(false), infinity(true), FPSCR.VE, MSR.FE0);
    expect(outcome).not.toBe('retired');
    expect(f3).toBe(OLD);
  });
});

test('every instruction asks for floating point first', () => {
  const decimal = instructions.filter(
    ({ mnemonic, match }) => mnemonic.startsWith('d') && [59, 63].includes(match >>> 26),
  );
  const granted = decimal.filter((one) => {
    const bare = new Bench();
    const outcome = bare.run(one.match);
    return outcome.kind !== 'unavailable' || outcome.facility !== 'fp' || bare.registers.special('nia') !== CODE;
  });
  expect(decimal.length).toBeGreaterThan(100);
  expect(granted.map(({ mnemonic }) => mnemonic)).toEqual([]);
});

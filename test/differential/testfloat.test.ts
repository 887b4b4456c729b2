import { afterAll, describe, expect, test } from 'vitest';
import {
  add,
  divide,
  multiply,
  multiplyAdd,
  squareRoot,
  subtract,
  type FloatingPointFunction,
} from '../../emulator/floating-point/arithmetic';
import { compare, EQUAL, LESS, UNORDERED, type Comparison } from '../../emulator/floating-point/compare';
import { convert, fromInteger, narrow, roundToInteger, toInteger, widen } from '../../emulator/floating-point/convert';
import { binary32, binary64, decode, isSignaling, type Format } from '../../emulator/floating-point/format';
import { DEFAULT_ENVIRONMENT, FPSCR, INVALID_OPERATIONS, type Rounding } from '../../emulator/floating-point/fpscr';
import { double, roundedToSingle, single, type Shape } from '../../emulator/floating-point/round';
import { recordCounts } from '../support/differential-counts';
import { Random, seedFor } from '../support/isa-random';
import { flag, hasTestFloat, vectorsOf, type Vector } from '../support/testfloat';

const available = hasTestFloat();
if (!available) console.log('skipped: no TestFloat to compare with (test/differential/build-testfloat.sh)');
const random = new Random(seedFor('testfloat'));

/** So many vectors of each function and rounding. A longer run: KEY31_TESTFLOAT_VECTORS=100000. */
const VECTORS = Number(process.env['KEY31_TESTFLOAT_VECTORS'] ?? 8_000);

const roundings: readonly (readonly [option: string, rounding: Rounding])[] = [
  ['-rnear_even', 'nearest-even'],
  ['-rminMag', 'toward-zero'],
  ['-rmax', 'up'],
  ['-rmin', 'down'],
];
/** Only the operations that have a rounding of their own know this one. */
const nearestAway = ['-rnear_maxMag', 'nearest-away'] as const;

function flagsOf(status: number): number {
  const has = (bit: number, means: number) => ((status & bit) === 0 ? 0 : means);
  return (
    has(FPSCR.XX, flag.inexact) |
    has(FPSCR.UX, flag.underflow) |
    has(FPSCR.OX, flag.overflow) |
    has(FPSCR.ZX, flag.divideByZero) |
    has(INVALID_OPERATIONS, flag.invalid)
  );
}
const isNaN = (bits: bigint, format: Format) => decode(bits, format).kind === 'nan';

interface Trial {
  readonly operation: FloatingPointFunction;
  readonly rounding: Rounding;
  /** The format of the result; without it an integer. */
  readonly result: Format | undefined;
  /** Operands and result in registers that hold doubles. */
  readonly inDoubles?: boolean;
}
const asDouble = (bits: bigint) => widen.compute([bits], DEFAULT_ENVIRONMENT).bits;
const asSingle = (bits: bigint) => narrow.compute([bits], DEFAULT_ENVIRONMENT).bits;

function mistakeIn({ operation, rounding, result, inDoubles }: Trial, vector: Vector): string | undefined {
  const operands = inDoubles ? vector.operands.map(asDouble) : vector.operands;
  const outcome = operation.compute(operands, { ...DEFAULT_ENVIRONMENT, rounding });
  const bits = inDoubles ? asSingle(outcome.bits) : outcome.bits;
  const flags = flagsOf(outcome.status);
  // Payloads are the processor's own affair, and so is what an integer becomes that cannot be had.
  const sameResult = result
    ? isNaN(vector.result, result)
      ? isNaN(bits, result) && !isSignaling(decode(bits, result))
      : bits === vector.result
    : (flags & flag.invalid) !== 0 || bits === vector.result;
  if (sameResult && flags === vector.flags) return undefined;
  const hex = (value: bigint) => value.toString(16);
  return `${operation.name} of ${vector.operands.map(hex).join()}: ${hex(bits)} ${flags}, not ${hex(vector.result)} ${vector.flags}`;
}

const counted = { vectors: 0 };
afterAll(() => {
  if (counted.vectors > 0) recordCounts('TestFloat', counted);
});

function tryAll(name: string, options: readonly string[], trials: readonly Trial[]) {
  const vectors = vectorsOf(name, options, VECTORS, random.next());
  const mistakes = trials.flatMap((trial) => vectors.flatMap((vector) => mistakeIn(trial, vector) ?? []));
  counted.vectors += vectors.length * trials.length;
  expect(mistakes.slice(0, 5)).toEqual([]);
  expect(vectors.length).toBeGreaterThan(50);
}

const shapesOf = { f32: [single, roundedToSingle], f64: [double] } as const;
const formatOf = { f32: binary32, f64: binary64 } as const;
const names = ['f32', 'f64'] as const;
const trialsOf = (name: 'f32' | 'f64', make: (shape: Shape) => FloatingPointFunction, rounding: Rounding): Trial[] =>
  shapesOf[name].map((shape) => ({
    operation: make(shape),
    rounding,
    result: formatOf[name],
    inDoubles: shape === roundedToSingle,
  }));

describe.skipIf(!available)('as TestFloat has it', () => {
  describe.each(roundings)('%s', (option, rounding) => {
    test.each(
      names.flatMap((name) =>
        (
          [
            ['add', add],
            ['sub', subtract],
            ['mul', multiply],
            ['div', divide],
            ['sqrt', squareRoot],
          ] as const
        ).map(([operation, make]) => [`${name}_${operation}`, name, make] as const),
      ),
    )('%s', (function_, name, make) => {
      tryAll(function_, [option], trialsOf(name, make, rounding));
    });

    test('f64_to_f32', () => {
      tryAll(
        'f64_to_f32',
        [option],
        [{ operation: convert({ ...roundedToSingle, storage: binary32 }), rounding, result: binary32 }],
      );
    });

    const integers = [32, 64].flatMap((bits) =>
      [true, false].map((signed) => ({ bits, signed, name: `${signed ? '' : 'u'}i${bits}` })),
    ) as { bits: 32 | 64; signed: boolean; name: string }[];
    test.each(integers)('$name from and to a float', (integer) => {
      for (const name of names) {
        tryAll(
          `${integer.name}_to_${name}`,
          [option],
          [{ operation: fromInteger(integer, shapesOf[name][0]), rounding, result: formatOf[name] }],
        );
        tryAll(
          `${name}_to_${integer.name}`,
          [option, '-exact'],
          [
            { operation: toInteger(formatOf[name], integer), rounding, result: undefined },
            { operation: toInteger(formatOf[name], integer, rounding), rounding: 'nearest-even', result: undefined },
          ],
        );
      }
    });
  });

  /** TestFloat has the addend last, the manual in the middle. */
  const addendLast = ({ name, compute }: FloatingPointFunction): FloatingPointFunction => ({
    name,
    compute: ([a = 0n, c = 0n, b = 0n], environment) => compute([a, b, c], environment),
  });
  test.each(
    names.flatMap((name) => roundings.map(([option, rounding]) => [`${name}_mulAdd`, option, rounding, name] as const)),
  )('%s %s', (function_, option, rounding, name) => {
    const make = (shape: Shape) => addendLast(multiplyAdd({ subtracts: false, negates: false }, shape));
    tryAll(function_, [option], trialsOf(name, make, rounding));
  });

  test.each(
    names.flatMap((name) => [...roundings, nearestAway].map(([option, rounding]) => [name, option, rounding] as const)),
  )('%s_roundToInt %s', (name, option, rounding) => {
    const inexact = trialsOf(name, roundToInteger, rounding);
    const silent = trialsOf(name, (shape) => roundToInteger(shape, rounding), 'nearest-even');
    tryAll(`${name}_roundToInt`, [option, '-exact'], inexact);
    tryAll(`${name}_roundToInt`, [option, '-notexact'], silent);
  });

  test('f32_to_f64', () => {
    const operation = convert({ ...double, source: binary32 });
    tryAll('f32_to_f64', [], [{ operation, rounding: 'nearest-even', result: binary64 }]);
  });

  /** A comparison as TestFloat has it: true or false. */
  const holds = (format: Format, accepted: number, comparison: Comparison): FloatingPointFunction => {
    const { name, compute } = compare(format, comparison);
    return {
      name,
      compute(operands, environment) {
        const { bits, status } = compute(operands, environment);
        return { bits: (Number(bits) & accepted) === 0 ? 0n : 1n, status };
      },
    };
  };
  test.each(
    names.flatMap((name) =>
      (
        [
          ['eq', EQUAL, 'unordered'],
          ['eq_signaling', EQUAL, 'ordered'],
          ['lt', LESS, 'ordered'],
          ['lt_quiet', LESS, 'unordered'],
          ['le', LESS | EQUAL, 'ordered'],
        ] as const
      ).map(([operation, accepted, comparison]) => [`${name}_${operation}`, name, accepted, comparison] as const),
    ),
  )('%s', (function_, name, accepted, comparison) => {
    const operation = holds(formatOf[name], accepted, comparison);
    expect(accepted & UNORDERED).toBe(0);
    // Unlike an integer that cannot be had, the answer counts when the comparison is invalid.
    const vectors = vectorsOf(function_, [], VECTORS, random.next());
    const wrong = vectors.filter(({ operands, result, flags }) => {
      const { bits, status } = operation.compute(operands, DEFAULT_ENVIRONMENT);
      return bits !== result || flagsOf(status & ~FPSCR.FPRF) !== flags;
    });
    expect(wrong).toEqual([]);
  });
});

import {
  add,
  divide,
  multiply,
  multiplyAdd,
  reciprocalEstimate,
  reciprocalSquareRootEstimate,
  squareRoot,
  subtract,
} from '../floating-point/arithmetic';
import { choose } from '../floating-point/compare';
import { roundToInteger } from '../floating-point/convert';
import { double, roundedToSingle, single, type Shape } from '../floating-point/round';
import { instruction } from './instruction';
import { ofOne, ofTwo, perform, type FormOptions, type Use } from './vsx';

/** The four families of arithmetic: where their opcodes start, and how their mnemonics do and end. */
interface Family {
  readonly prefix: 'xs' | 'xv';
  readonly suffix: 'sp' | 'dp';
  readonly base: number;
  readonly shape: Shape;
  readonly use: Use;
  readonly options: FormOptions;
}
const scalar: Use = { lanes: 'scalar', source: 'doublewords', target: 'doublewords' };
const doubles: Use = { lanes: 'vector', source: 'doublewords', target: 'doublewords' };
const singles: Use = { lanes: 'vector', source: 'words', target: 'words' };

const scalarSingle: Family = {
  prefix: 'xs',
  suffix: 'sp',
  base: 0,
  shape: roundedToSingle,
  use: scalar,
  options: { since: '2.07' },
};
const scalarDouble: Family = { prefix: 'xs', suffix: 'dp', base: 32, shape: double, use: scalar, options: {} };
const vectorSingle: Family = { prefix: 'xv', suffix: 'sp', base: 64, shape: single, use: singles, options: {} };
const vectorDouble: Family = { prefix: 'xv', suffix: 'dp', base: 96, shape: double, use: doubles, options: {} };

/** The result replaces the addend (form A) or the second factor (form M). */
const fused = ({ prefix, suffix, base, shape, use, options }: Family) =>
  [false, true].flatMap((negates) =>
    [false, true].flatMap((subtracts) => {
      const operation = multiplyAdd({ negates, subtracts }, shape);
      const name = `${prefix}${negates ? 'n' : ''}${subtracts ? 'msub' : 'madd'}`;
      const first = base + (negates ? 128 : 0) + (subtracts ? 16 : 0);
      return [
        instruction({
          mnemonic: `${name}a${suffix}`,
          encoding: `60:6 xt xa xb ${first + 1}:8 xa^ xb^ xt^` as const,
          assembly: 'xt,xa,xb',
          ...options,
          meaning: (op, { xt, xa, xb }) => perform(op, xt, operation, [xa, xt, xb], use),
        }),
        instruction({
          mnemonic: `${name}m${suffix}`,
          encoding: `60:6 xt xa xb ${first + 9}:8 xa^ xb^ xt^` as const,
          assembly: 'xt,xa,xb',
          ...options,
          meaning: (op, { xt, xa, xb }) => perform(op, xt, operation, [xa, xb, xt], use),
        }),
      ];
    }),
  );

const arithmetic = (family: Family) => {
  const { prefix, suffix, base, shape, use, options } = family;
  const named = (name: string) => prefix + name + suffix;
  return [
    ofTwo(named('add'), base, add(shape), use, options),
    ofTwo(named('sub'), base + 8, subtract(shape), use, options),
    ofTwo(named('mul'), base + 16, multiply(shape), use, options),
    ofTwo(named('div'), base + 24, divide(shape), use, options),
    // XX2-form has a bit more of opcode.
    ofOne(named('rsqrte'), base * 2 + 10, reciprocalSquareRootEstimate(shape), use, options),
    ofOne(named('sqrt'), base * 2 + 11, squareRoot(shape), use, options),
    ofOne(named('re'), base * 2 + 26, reciprocalEstimate(shape), use, options),
    ...fused(family),
  ];
};

/** xsrdpi and its kin: r, the format, i, and how it rounds. */
const rounding = ({ prefix, suffix, base, shape, use }: Family) => {
  const named = (how: string) => `${prefix}r${suffix}i${how}`;
  return [
    ofOne(named(''), base * 2 + 9, roundToInteger(shape, 'nearest-away'), use),
    ofOne(named('z'), base * 2 + 25, roundToInteger(shape, 'toward-zero'), use),
    ofOne(named('p'), base * 2 + 41, roundToInteger(shape, 'up'), use),
    ofOne(named('c'), base * 2 + 43, roundToInteger(shape), use),
    ofOne(named('m'), base * 2 + 57, roundToInteger(shape, 'down'), use),
  ];
};

/** Their opcodes start elsewhere. No result bit of the FPSCR changes. */
const extremes = ({ prefix, suffix, shape, use }: Family, first: number) =>
  (['maximum', 'minimum'] as const).map((wanted, i) =>
    ofTwo(prefix + wanted.slice(0, 3) + suffix, first + i * 8, choose(shape.source, wanted), { ...use, replaced: 0 }),
  );

/** Book I 7.6: arithmetic, rounding to integer, maximum and minimum. */
export const vsxArithmetic = [
  arithmetic(scalarSingle),
  arithmetic(scalarDouble),
  arithmetic(vectorSingle),
  arithmetic(vectorDouble),
  rounding(scalarDouble),
  rounding(vectorSingle),
  rounding(vectorDouble),
  extremes(scalarDouble, 160),
  extremes(vectorSingle, 192),
  extremes(vectorDouble, 224),
].flat(3);

/**
 * The estimates, against the bounds and the tables of special operands that the Power ISA gives (Book I: fre, frsqrte,
 * xsredp, xsrsqrtedp, vrefp, vrsqrtefp, vexptefp, vlogefp). Ours are the exact values, rounded.
 */
import { describe, expect, test } from 'vitest';
import {
  reciprocalEstimate,
  reciprocalSquareRootEstimate,
  type FloatingPointFunction,
} from '../../../emulator/floating-point/arithmetic';
import { DEFAULT_ENVIRONMENT, FPSCR } from '../../../emulator/floating-point/fpscr';
import { double } from '../../../emulator/floating-point/round';
import { Random, seedFor } from '../../support/isa-random';

const cell = new DataView(new ArrayBuffer(8));
const bitsOf = (value: number): bigint => {
  cell.setFloat64(0, value);
  return cell.getBigUint64(0);
};
const numberOf = (bits: bigint): number => {
  cell.setBigUint64(0, bits);
  return cell.getFloat64(0);
};
const QUIET_NAN = 0x7ff8_0000_0000_0000n;
const SIGNALING_NAN = 0x7ff0_0000_0000_0001n;

const reciprocal = reciprocalEstimate(double);
const reciprocalRoot = reciprocalSquareRootEstimate(double);
const of = ({ compute }: FloatingPointFunction, operand: bigint) => compute([operand], DEFAULT_ENVIRONMENT);

/** The tightest that any of them is asked for: one part in 16,384, of xsredp and xsrsqrtedp. */
const LARGEST_ERROR = 1 / 16_384;
const ROUNDS = 20_000;
/** Where neither the estimate nor its square leaves the range of normal numbers. */
const LOWEST_EXPONENT = 1023 - 500;
const EXPONENTS = 1000;

describe('estimates', () => {
  const random = new Random(seedFor('estimates'));
  const operands = Array.from({ length: ROUNDS }, () => {
    const fraction = random.wide() & 0x000f_ffff_ffff_ffffn;
    return numberOf((BigInt(LOWEST_EXPONENT + random.below(EXPONENTS)) << 52n) | fraction);
  });
  test('are within the bound of a reciprocal', () => {
    const errors = operands.map((b) => Math.abs(numberOf(of(reciprocal, bitsOf(b)).bits) * b - 1));
    expect(Math.max(...errors)).toBeLessThan(LARGEST_ERROR);
  });
  test('are within the bound of a reciprocal square root', () => {
    const errors = operands.map((b) => Math.abs(numberOf(of(reciprocalRoot, bitsOf(b)).bits) * Math.sqrt(b) - 1));
    expect(Math.max(...errors)).toBeLessThan(LARGEST_ERROR);
  });
  test('leave FR, FI and XX alone, which are undefined', () => {
    const all = operands.flatMap((b) => [of(reciprocal, bitsOf(b)).status, of(reciprocalRoot, bitsOf(b)).status]);
    expect(all.filter((status) => (status & (FPSCR.FR | FPSCR.FI | FPSCR.XX)) !== 0)).toEqual([]);
  });
});

describe('special operands', () => {
  const exceptions = FPSCR.ZX | FPSCR.VXSNAN | FPSCR.VXSQRT;
  const outcome = (estimate: FloatingPointFunction, operand: bigint) => {
    const { bits, status } = of(estimate, operand);
    return { result: numberOf(bits), exceptions: status & exceptions };
  };
  test.each([
    [-Infinity, -0, 0],
    [-0, -Infinity, FPSCR.ZX],
    [0, Infinity, FPSCR.ZX],
    [Infinity, 0, 0],
    [NaN, NaN, 0],
  ])('the reciprocal of %d is %d', (operand, result, raised) => {
    expect(outcome(reciprocal, bitsOf(operand))).toEqual({ result, exceptions: raised });
  });
  test.each([
    [-Infinity, NaN, FPSCR.VXSQRT],
    [-1, NaN, FPSCR.VXSQRT],
    [-0, -Infinity, FPSCR.ZX],
    [0, Infinity, FPSCR.ZX],
    [Infinity, 0, 0],
    [NaN, NaN, 0],
  ])('the reciprocal square root of %d is %d', (operand, result, raised) => {
    expect(outcome(reciprocalRoot, bitsOf(operand))).toEqual({ result, exceptions: raised });
  });
  test('a signaling NaN becomes quiet', () => {
    for (const estimate of [reciprocal, reciprocalRoot]) {
      expect(of(estimate, SIGNALING_NAN).bits).toBe(QUIET_NAN | 1n);
      expect(of(estimate, SIGNALING_NAN).status & FPSCR.VXSNAN).not.toBe(0);
    }
  });
});

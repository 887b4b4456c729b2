import * as elements from '../floating-point/vector-element';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny } from './idioms';
import { instruction } from './instruction';
import { elementsOf, gathered, noteSaturation, ofOne, ofTwo, uw } from './vector';
import { setCr6 } from './vector-compare-and-logical';

const NON_JAVA_MODE = 0x0001_0000;

/** A function of single-precision elements, in the mode that VSCR[NJ] asks for. */
function computed<S extends Sorts>(
  op: Operations<S>,
  compute: elements.ElementFunction,
  ...vectors: readonly S['vector'][]
): S['value'][] {
  const chosen = (mode: bigint, ...operands: bigint[]) => ({
    bits: compute(mode === 0n ? 'java' : 'non-java', ...operands),
  });
  const mode = op.and(op.special('vscr'), op.constant(NON_JAVA_MODE));
  const columns = vectors.map((one) => elementsOf(op, one, uw));
  return [0, 1, 2, 3].map((i) => op.evaluate(chosen, mode, ...columns.map((column) => column[i]!)).bits);
}

const unary = (mnemonic: string, extended: number, compute: elements.ElementFunction) =>
  ofOne(mnemonic, extended, (op, b) => op.vectorOf(32, computed(op, compute, b)));
const binary = (mnemonic: string, extended: number, compute: elements.ElementFunction) =>
  ofTwo(mnemonic, extended, (op, a, b) => op.vectorOf(32, computed(op, compute, a, b)));
const multiplyAdd = (mnemonic: string, extended: number, compute: elements.ElementFunction) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb vrc ${extended}:6` as const,
    assembly: 'vrt,vra,vrc,vrb',
    meaning: (op, { vrt, vra, vrb, vrc }) => {
      op.requireFacility('vector');
      op.setVr(vrt, op.vectorOf(32, computed(op, compute, op.vr(vra), op.vr(vrb), op.vr(vrc))));
    },
  });

const fromFixedPoint = (mnemonic: string, extended: number, signed: boolean) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt uim vrb ${extended}:11` as const,
    assembly: 'vrt,vrb,uim',
    meaning: (op, { vrt, uim, vrb }) => {
      op.requireFacility('vector');
      const convert = elements.fromFixedPoint(signed);
      const converted = elementsOf(op, op.vr(vrb), uw).map(
        (one) =>
          op.evaluate((integer: bigint, scale: bigint) => ({ bits: convert(integer, scale) }), one, op.operand(uim))
            .bits,
      );
      op.setVr(vrt, op.vectorOf(32, converted));
    },
  });
const toFixedPoint = (mnemonic: string, extended: number, signed: boolean) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt uim vrb ${extended}:11` as const,
    assembly: 'vrt,vrb,uim',
    meaning: (op, { vrt, uim, vrb }) => {
      op.requireFacility('vector');
      const convert = (element: bigint, scale: bigint) => {
        const { value, saturated } = elements.toFixedPoint(element, Number(scale), signed);
        return { value: BigInt.asUintN(32, value), saturated: saturated ? 1n : 0n };
      };
      const converted = elementsOf(op, op.vr(vrb), uw).map((one) => op.evaluate(convert, one, op.operand(uim)));
      const { vector, saturated } = gathered(
        op,
        32,
        converted.map((one) => ({ value: one.value, saturated: hasAny(op, one.saturated, 1) })),
      );
      op.setVr(vrt, vector);
      noteSaturation(op, saturated);
    },
  });

/** What CR6 says is the same as of integers, except for the bounds: there only whether all are within them. */
const compare = (
  mnemonic: string,
  extended: number,
  compute: elements.ElementFunction,
  summary: 'holds' | 'within bounds' = 'holds',
) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb rc ${extended}:10` as const,
    assembly: 'vrt,vra,vrb',
    meaning: (op, { vrt, vra, vrb, rc }) => {
      op.requireFacility('vector');
      const results = computed(op, compute, op.vr(vra), op.vr(vrb));
      op.setVr(vrt, op.vectorOf(32, results));
      if (!rc) return;
      const conditions = results.map((one) => hasAny(op, one, 0xffff_ffff));
      if (summary === 'holds') return setCr6(op, conditions);
      const never = op.equal(op.constant(0), op.constant(1));
      const outside = conditions.reduce((all, one) => op.either(all, one));
      op.setCrField('cr6', [never, never, op.not(outside), never]);
    },
  });

/** Book I 6.10. */
export const vectorFloatingPoint = [
  binary('vaddfp', 10, elements.add),
  binary('vsubfp', 74, elements.subtract),
  multiplyAdd('vmaddfp', 46, elements.multiplyAdd),
  multiplyAdd('vnmsubfp', 47, elements.negativeMultiplySubtract),
  binary('vmaxfp', 1034, elements.maximum),
  binary('vminfp', 1098, elements.minimum),
  toFixedPoint('vctsxs', 970, true),
  toFixedPoint('vctuxs', 906, false),
  fromFixedPoint('vcfsx', 842, true),
  fromFixedPoint('vcfux', 778, false),
  unary('vrfim', 714, elements.roundedTo('down')),
  unary('vrfin', 522, elements.roundedTo('nearest-even')),
  unary('vrfip', 650, elements.roundedTo('up')),
  unary('vrfiz', 586, elements.roundedTo('toward-zero')),
  compare('vcmpbfp', 966, elements.outOfBounds, 'within bounds'),
  compare('vcmpeqfp', 198, elements.isEqual),
  compare('vcmpgefp', 454, elements.isGreaterOrEqual),
  compare('vcmpgtfp', 710, elements.isGreater),
  unary('vexptefp', 394, elements.exponential),
  unary('vlogefp', 458, elements.logarithm),
  unary('vrefp', 266, elements.reciprocal),
  unary('vrsqrtefp', 330, elements.reciprocalSquareRoot),
];

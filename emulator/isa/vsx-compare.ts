import type { FloatingPointFunction } from '../floating-point/arithmetic';
import { compare, EQUAL, GREATER, test, testDivide, testSquareRoot, type Comparison } from '../floating-point/compare';
import { binary32, binary64, type Format } from '../floating-point/format';
import { FPSCR } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { interruptIf, judge, setComparison, setFieldFrom } from './floating-point-status';
import { isZero } from './idioms';
import { instruction } from './instruction';
import { gather, lanesOf, type Source } from './vsx';

const formats = [
  { suffix: 'sp', base: 64, format: binary32, lanes: 'words' },
  { suffix: 'dp', base: 96, format: binary64, lanes: 'doublewords' },
] as const;

/** CR6 of a record form: whether all elements hold, and whether none does. */
function setCr6<S extends Sorts>(op: Operations<S>, [first, second]: readonly [S['value'], S['value']]): void {
  const never = op.equal(op.constant(0), op.constant(1));
  const all = op.equal(op.and(first, second), op.constant(-1));
  op.setCrField('cr6', [all, never, isZero(op, op.or(first, second)), never]);
}

/** Each element becomes all ones or zero. What is enabled keeps it from being written; CR6 is then undefined. */
const elementwise = (name: string, offset: number, accepted: number, comparison: Comparison) =>
  formats.map(({ suffix, base, format, lanes }) => {
    const operation = test(format, accepted, comparison);
    return instruction({
      mnemonic: `xvcmp${name}${suffix}`,
      encoding: `60:6 xt xa xb rc ${base + offset}:7 xa^ xb^ xt^` as const,
      assembly: 'xt,xa,xb',
      meaning: (op, { xt, xa, xb, rc }) => {
        op.requireFacility('vsx');
        const others = lanesOf(op, xb, lanes);
        const outcomes = lanesOf(op, xa, lanes).map((a, i) =>
          op.floatingPoint(operation, [a, others[i]!], op.special('fpscr')),
        );
        const status = outcomes.map((one) => one.status).reduce((all, one) => op.or(all, one));
        const results = gather(
          op,
          outcomes.map(({ result }) => result),
          lanes,
        );
        const { fpscr, suppressed, enabled } = judge(op, status, 0, FPSCR.VE);
        op.setVsr(
          xt,
          op.select(suppressed, op.vsr(xt, 0), results[0]),
          op.select(suppressed, op.vsr(xt, 1), results[1]),
        );
        op.setSpecial('fpscr', fpscr);
        if (rc) setCr6(op, results);
        interruptIf(op, enabled);
      },
    });
  });

const scalar = (mnemonic: string, extended: number, comparison: Comparison) => {
  const operation = compare(binary64, comparison);
  return instruction({
    mnemonic,
    encoding: `60:6 bf /:2 xa xb ${extended}:8 xa^ xb^ /:1` as const,
    assembly: 'bf,xa,xb',
    meaning: (op, { bf, xa, xb }) => {
      op.requireFacility('vsx');
      setComparison(op, bf, operation, op.vsr(xa, 0), op.vsr(xb, 0));
    },
  });
};

/** A CR field that says what is true of any element. */
function setTest<S extends Sorts>(
  op: Operations<S>,
  field: Operand<'crField'>,
  operation: FloatingPointFunction,
  columns: readonly (readonly S['value'][])[],
): void {
  const results = columns[0]!.map((_, lane) => {
    const operands = columns.map((column) => column[lane]!);
    return op.floatingPoint(operation, operands, op.constant(0)).result;
  });
  setFieldFrom(
    op,
    field,
    results.reduce((all, one) => op.or(all, one)),
  );
}
const few = <V>(lanes: readonly V[], isScalar: boolean): readonly V[] => (isScalar ? lanes.slice(0, 1) : lanes);

const tests = (prefix: 'xs' | 'xv', suffix: string, base: number, format: Format, lanes: Source) => {
  const isScalar = prefix === 'xs';
  const [division, root] = [testDivide(format), testSquareRoot(format)];
  return [
    instruction({
      mnemonic: `${prefix}tdiv${suffix}`,
      encoding: `60:6 bf /:2 xa xb ${base + 29}:8 xa^ xb^ /:1` as const,
      assembly: 'bf,xa,xb',
      meaning: (op, { bf, xa, xb }) => {
        op.requireFacility('vsx');
        setTest(op, bf, division, [few(lanesOf(op, xa, lanes), isScalar), few(lanesOf(op, xb, lanes), isScalar)]);
      },
    }),
    instruction({
      mnemonic: `${prefix}tsqrt${suffix}`,
      encoding: `60:6 bf /:2 /:5 xb ${base * 2 + 42}:9 xb^ /:1` as const,
      assembly: 'bf,xb',
      meaning: (op, { bf, xb }) => {
        op.requireFacility('vsx');
        setTest(op, bf, root, [few(lanesOf(op, xb, lanes), isScalar)]);
      },
    }),
  ];
};

/** Book I 7.6: comparisons, and the tests for division and square root in software. */
export const vsxCompare = [
  elementwise('eq', 3, EQUAL, 'unordered'),
  elementwise('gt', 11, GREATER, 'ordered'),
  elementwise('ge', 19, GREATER | EQUAL, 'ordered'),
  [scalar('xscmpudp', 35, 'unordered'), scalar('xscmpodp', 43, 'ordered')],
  tests('xs', 'dp', 32, binary64, 'doublewords'),
  tests('xv', 'sp', 64, binary32, 'words'),
  tests('xv', 'dp', 96, binary64, 'doublewords'),
].flat(2);

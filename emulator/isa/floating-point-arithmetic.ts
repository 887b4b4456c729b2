import {
  add,
  divide,
  multiply,
  multiplyAdd,
  reciprocalEstimate,
  reciprocalSquareRootEstimate,
  squareRoot,
  subtract,
  type FloatingPointFunction,
  type MultiplyAdd,
} from '../floating-point/arithmetic';
import { testDivide, testSquareRoot } from '../floating-point/compare';
import { binary64 } from '../floating-point/format';
import { double, roundedToSingle, type Shape } from '../floating-point/round';
import { fpr, RESULT_BITS, setFieldFrom, setResultAndStatus } from './floating-point-status';
import { instruction } from './instruction';

/** Both precisions of an operation: fadd and fadds. */
const precisions = [
  { suffix: '', opcode: 63, shape: double },
  { suffix: 's', opcode: 59, shape: roundedToSingle },
] as const;
type Make = (shape: Shape) => FloatingPointFunction;

const ofOne = (mnemonic: string, extended: number, make: Make) =>
  precisions.map(({ suffix, opcode, shape }) => {
    const operation = make(shape);
    return instruction({
      mnemonic: mnemonic + suffix,
      encoding: `${opcode}:6 frt /:5 frb /:5 ${extended}:5 rc` as const,
      assembly: 'frt,frb',
      meaning: (op, { frt, frb, rc }) => {
        op.requireFacility('fp');
        const outcome = op.floatingPoint(operation, [fpr(op, frb)], op.special('fpscr'));
        setResultAndStatus(op, frt, outcome, RESULT_BITS, rc);
      },
    });
  });
const ofTwo = (mnemonic: string, extended: number, make: Make) =>
  precisions.map(({ suffix, opcode, shape }) => {
    const operation = make(shape);
    return instruction({
      mnemonic: mnemonic + suffix,
      encoding: `${opcode}:6 frt fra frb /:5 ${extended}:5 rc` as const,
      assembly: 'frt,fra,frb',
      meaning: (op, { frt, fra, frb, rc }) => {
        op.requireFacility('fp');
        const outcome = op.floatingPoint(operation, [fpr(op, fra), fpr(op, frb)], op.special('fpscr'));
        setResultAndStatus(op, frt, outcome, RESULT_BITS, rc);
      },
    });
  });
/** Multiplications have their second factor in FRC. */
const product = precisions.map(({ suffix, opcode, shape }) => {
  const operation = multiply(shape);
  return instruction({
    mnemonic: `fmul${suffix}`,
    encoding: `${opcode}:6 frt fra /:5 frc 25:5 rc` as const,
    assembly: 'frt,fra,frc',
    meaning: (op, { frt, fra, frc, rc }) => {
      op.requireFacility('fp');
      const outcome = op.floatingPoint(operation, [fpr(op, fra), fpr(op, frc)], op.special('fpscr'));
      setResultAndStatus(op, frt, outcome, RESULT_BITS, rc);
    },
  });
});
const fused = (mnemonic: string, extended: number, kind: MultiplyAdd) =>
  precisions.map(({ suffix, opcode, shape }) => {
    const operation = multiplyAdd(kind, shape);
    return instruction({
      mnemonic: mnemonic + suffix,
      encoding: `${opcode}:6 frt fra frb frc ${extended}:5 rc` as const,
      assembly: 'frt,fra,frc,frb',
      meaning: (op, { frt, fra, frb, frc, rc }) => {
        op.requireFacility('fp');
        const operands = [fpr(op, fra), fpr(op, frb), fpr(op, frc)];
        const outcome = op.floatingPoint(operation, operands, op.special('fpscr'));
        setResultAndStatus(op, frt, outcome, RESULT_BITS, rc);
      },
    });
  });

/** Book I 4.6.6. */
export const floatingPointArithmetic = [
  ofTwo('fadd', 21, add),
  ofTwo('fsub', 20, subtract),
  product,
  ofTwo('fdiv', 18, divide),
  ofOne('fsqrt', 22, squareRoot),
  ofOne('fre', 24, reciprocalEstimate),
  ofOne('frsqrte', 26, reciprocalSquareRootEstimate),
  fused('fmadd', 29, { subtracts: false, negates: false }),
  fused('fmsub', 28, { subtracts: true, negates: false }),
  fused('fnmadd', 31, { subtracts: false, negates: true }),
  fused('fnmsub', 30, { subtracts: true, negates: true }),
  instruction({
    mnemonic: 'ftdiv',
    encoding: '63:6 bf /:2 fra frb 128:10 /:1',
    assembly: 'bf,fra,frb',
    meaning: (op, { bf, fra, frb }) => {
      op.requireFacility('fp');
      const { result } = op.floatingPoint(testDivide(binary64), [fpr(op, fra), fpr(op, frb)], op.constant(0));
      setFieldFrom(op, bf, result);
    },
  }),
  instruction({
    mnemonic: 'ftsqrt',
    encoding: '63:6 bf /:2 /:5 frb 160:10 /:1',
    assembly: 'bf,frb',
    meaning: (op, { bf, frb }) => {
      op.requireFacility('fp');
      const { result } = op.floatingPoint(testSquareRoot(binary64), [fpr(op, frb)], op.constant(0));
      setFieldFrom(op, bf, result);
    },
  }),
].flat(2);

import type { FloatingPointFunction } from '../floating-point/arithmetic';
import { compare, type Comparison } from '../floating-point/compare';
import { convert, fromInteger, roundToInteger, toInteger, type Integer } from '../floating-point/convert';
import { binary64 } from '../floating-point/format';
import { double, roundedToSingle } from '../floating-point/round';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import {
  fpr,
  RESULT_BITS,
  ROUNDING_BITS,
  setComparison,
  setCr1,
  setFpr,
  setResultAndStatus,
} from './floating-point-status';
import { isNegative, isZero } from './idioms';
import { instruction } from './instruction';

const SIGN = 1n << 63n;
const MAGNITUDE = SIGN - 1n;
const INFINITE = 0x7ff0_0000_0000_0000n;

type Unary = <S extends Sorts>(op: Operations<S>, value: S['value']) => S['value'];

export const negate: Unary = (op, value) => op.xor(value, op.constant(SIGN));
export const absolute: Unary = (op, value) => op.and(value, op.constant(MAGNITUDE));
export const negativeAbsolute: Unary = (op, value) => op.or(value, op.constant(SIGN));
export const copySign = <S extends Sorts>(op: Operations<S>, from: S['value'], to: S['value']): S['value'] =>
  op.or(op.and(from, op.constant(SIGN)), op.and(to, op.constant(MAGNITUDE)));

/** Moves look at nothing but the sign: a NaN is no exception to them. */
const move = (mnemonic: string, extended: number, compute: Unary) =>
  instruction({
    mnemonic,
    encoding: `63:6 frt /:5 frb ${extended}:10 rc` as const,
    assembly: 'frt,frb',
    meaning: (op, { frt, frb, rc }) => {
      op.requireFacility('fp');
      setFpr(op, frt, compute(op, fpr(op, frb)));
      if (rc) setCr1(op, op.special('fpscr'));
    },
  });

/** X-form with a result in one register from another. */
const ofOne = (
  mnemonic: string,
  opcode: 59 | 63,
  extended: number,
  operation: FloatingPointFunction,
  replaced: number = RESULT_BITS,
) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frt /:5 frb ${extended}:10 rc` as const,
    assembly: 'frt,frb',
    meaning: (op, { frt, frb, rc }) => {
      op.requireFacility('fp');
      const outcome = op.floatingPoint(operation, [fpr(op, frb)], op.special('fpscr'));
      setResultAndStatus(op, frt, outcome, replaced, rc);
    },
  });

const signedDoubleword: Integer = { signed: true, bits: 64 };
const unsignedDoubleword: Integer = { signed: false, bits: 64 };
const signedWord: Integer = { signed: true, bits: 32 };
const unsignedWord: Integer = { signed: false, bits: 32 };

/** To an integer by the FPSCR's rounding, and toward zero. FPRF becomes undefined (4.6.7.2): it stays. */
const toIntegers = (mnemonic: string, extended: number, integer: Integer) => [
  ofOne(mnemonic, 63, extended, toInteger(binary64, integer), ROUNDING_BITS),
  ofOne(`${mnemonic}z`, 63, extended + 1, toInteger(binary64, integer, 'toward-zero'), ROUNDING_BITS),
];

const comparison = (mnemonic: string, extended: number, kind: Comparison) => {
  const operation = compare(binary64, kind);
  return instruction({
    mnemonic,
    encoding: `63:6 bf /:2 fra frb ${extended}:10 /:1` as const,
    assembly: 'bf,fra,frb',
    meaning: (op, { bf, fra, frb }) => {
      op.requireFacility('fp');
      setComparison(op, bf, operation, fpr(op, fra), fpr(op, frb));
    },
  });
};

/** A number not below zero, which minus zero is. */
function isAtLeastZero<S extends Sorts>(op: Operations<S>, value: S['value']): S['condition'] {
  const magnitude = absolute(op, value);
  const isNaN = op.lessUnsigned(op.constant(INFINITE), magnitude);
  return op.both(op.not(isNaN), op.either(op.not(isNegative(op, value)), isZero(op, magnitude)));
}

/** Book I 4.6.5 and 4.6.7 to 4.6.9. */
export const floatingPointMoveAndConvert = [
  move('fmr', 72, (_op, value) => value),
  move('fneg', 40, negate),
  move('fabs', 264, absolute),
  move('fnabs', 136, negativeAbsolute),
  instruction({
    mnemonic: 'fcpsgn',
    encoding: '63:6 frt fra frb 8:10 rc',
    assembly: 'frt,fra,frb',
    meaning: (op, { frt, fra, frb, rc }) => {
      op.requireFacility('fp');
      setFpr(op, frt, copySign(op, fpr(op, fra), fpr(op, frb)));
      if (rc) setCr1(op, op.special('fpscr'));
    },
  }),
  ofOne('frsp', 63, 12, convert(roundedToSingle)),
  toIntegers('fctid', 814, signedDoubleword),
  toIntegers('fctidu', 942, unsignedDoubleword),
  toIntegers('fctiw', 14, signedWord),
  toIntegers('fctiwu', 142, unsignedWord),
  ofOne('fcfid', 63, 846, fromInteger(signedDoubleword, double)),
  ofOne('fcfidu', 63, 974, fromInteger(unsignedDoubleword, double)),
  ofOne('fcfids', 59, 846, fromInteger(signedDoubleword, roundedToSingle)),
  ofOne('fcfidus', 59, 974, fromInteger(unsignedDoubleword, roundedToSingle)),
  ofOne('frin', 63, 392, roundToInteger(double, 'nearest-away')),
  ofOne('friz', 63, 424, roundToInteger(double, 'toward-zero')),
  ofOne('frip', 63, 456, roundToInteger(double, 'up')),
  ofOne('frim', 63, 488, roundToInteger(double, 'down')),
  comparison('fcmpu', 0, 'unordered'),
  comparison('fcmpo', 32, 'ordered'),
  instruction({
    mnemonic: 'fsel',
    encoding: '63:6 frt fra frb frc 23:5 rc',
    assembly: 'frt,fra,frc,frb',
    meaning: (op, { frt, fra, frb, frc, rc }) => {
      op.requireFacility('fp');
      setFpr(op, frt, op.select(isAtLeastZero(op, fpr(op, fra)), fpr(op, frc), fpr(op, frb)));
      if (rc) setCr1(op, op.special('fpscr'));
    },
  }),
  ...[
    { mnemonic: 'fmrgow', extended: 838, odd: true },
    { mnemonic: 'fmrgew', extended: 966, odd: false },
  ].map(({ mnemonic, extended, odd }) =>
    instruction({
      mnemonic,
      encoding: `63:6 frt fra frb ${extended}:10 /:1` as const,
      assembly: 'frt,fra,frb',
      since: '2.07',
      meaning: (op, { frt, fra, frb }) => {
        op.requireFacility('fp');
        const high = (value: typeof a) => op.and(value, op.constant(0xffff_ffff_0000_0000n));
        const low = (value: typeof a) => op.and(value, op.constant(0xffff_ffff));
        const a = fpr(op, fra);
        const b = fpr(op, frb);
        const words = odd
          ? op.or(op.shiftLeft(a, op.constant(32)), low(b))
          : op.or(high(a), op.shiftRight(b, op.constant(32)));
        setFpr(op, frt, words);
      },
    }),
  ),
].flat(2);

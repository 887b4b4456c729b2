import type { DecimalFunction } from '../decimal/arithmetic';
import { convert, convertForStorage, fromInteger, toInteger } from '../decimal/convert';
import { decimal32, type Format } from '../decimal/format';
import { fromPacked, toPacked } from '../decimal/packed';
import { extractExponent, insertExponent, shiftLeft, shiftRight } from '../decimal/pieces';
import {
  extended,
  inPair,
  inRegister,
  long,
  plain,
  setDecimal,
  type Make,
  type Parameterized,
} from './decimal-floating-point';
import { ROUNDING_BITS, RESULT_BITS } from './floating-point-status';
import { instruction } from './instruction';

/** From one register to another one. */
const ofRegister = (
  mnemonic: string,
  opcode: 59 | 63,
  extendedOpcode: number,
  operation: DecimalFunction,
  replaced = RESULT_BITS,
) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frt /:5 frb ${extendedOpcode}:10 rc` as const,
    assembly: 'frt,frb',
    meaning: (op, { frt, frb, rc }) =>
      setDecimal(op, {
        operation: plain(operation),
        sources: [inRegister(frb)],
        target: inRegister(frt),
        rc,
        replaced,
      }),
  });
const registerToPair = (mnemonic: string, extendedOpcode: number, operation: DecimalFunction) =>
  instruction({
    mnemonic,
    encoding: `63:6 frtp /:1 /:5 frb ${extendedOpcode}:10 rc` as const,
    assembly: 'frtp,frb',
    meaning: (op, { frtp, frb, rc }) =>
      setDecimal(op, { operation: plain(operation), sources: [inRegister(frb)], target: inPair(frtp), rc }),
  });
const pairToRegister = (mnemonic: string, extendedOpcode: number, operation: DecimalFunction, replaced: number) =>
  instruction({
    mnemonic,
    encoding: `63:6 frt /:5 frbp /:1 ${extendedOpcode}:10 rc` as const,
    assembly: 'frt,frbp',
    meaning: (op, { frt, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(operation),
        sources: [inPair(frbp)],
        target: inRegister(frt),
        rc,
        replaced,
      }),
  });
/** The long result is in the first register of a pair; what the second one holds is undefined: ours is zero. */
const intoFirstOfPair =
  (operation: DecimalFunction): DecimalFunction =>
  (operands, environment) => {
    const { bits, status } = operation(operands, environment);
    return { bits: bits << 64n, status };
  };

/** Book I 5.6.6: formats and integers. */
export const decimalConvert = [
  ofRegister('dctdp', 59, 258, convertForStorage(decimal32, long)),
  registerToPair('dctqpq', 258, convert(long, extended)),
  ofRegister('drsp', 59, 770, convertForStorage(long, decimal32)),
  instruction({
    mnemonic: 'drdpq',
    encoding: '63:6 frtp /:1 /:5 frbp /:1 770:10 rc',
    assembly: 'frtp,frbp',
    meaning: (op, { frtp, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(intoFirstOfPair(convert(extended, long))),
        sources: [inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
  ofRegister('dcffix', 59, 802, fromInteger(long)),
  registerToPair('dcffixq', 802, fromInteger(extended)),
  ofRegister('dctfix', 59, 290, toInteger(long), ROUNDING_BITS),
  pairToRegister('dctfixq', 290, toInteger(extended), ROUNDING_BITS),
].flat();

const shift = (mnemonic: string, extendedOpcode: number, make: (format: Format) => Parameterized) => [
  instruction({
    mnemonic,
    encoding: `59:6 frt fra shd ${extendedOpcode}:9 rc` as const,
    assembly: 'frt,fra,shd',
    meaning: (op, { frt, fra, shd, rc }) =>
      setDecimal(op, {
        operation: make(long),
        sources: [inRegister(fra)],
        parameter: shd,
        target: inRegister(frt),
        rc,
        replaced: 0,
      }),
  }),
  instruction({
    mnemonic: `${mnemonic}q`,
    encoding: `63:6 frtp /:1 frap /:1 shd ${extendedOpcode}:9 rc` as const,
    assembly: 'frtp,frap,shd',
    meaning: (op, { frtp, frap, shd, rc }) =>
      setDecimal(op, {
        operation: make(extended),
        sources: [inPair(frap)],
        parameter: shd,
        target: inPair(frtp),
        rc,
        replaced: 0,
      }),
  }),
];
const exponentInto = (make: Make) => [
  instruction({
    mnemonic: 'diex',
    encoding: '59:6 frt fra frb 866:10 rc',
    assembly: 'frt,fra,frb',
    meaning: (op, { frt, fra, frb, rc }) =>
      setDecimal(op, {
        operation: plain(make(long)),
        sources: [inRegister(fra), inRegister(frb)],
        target: inRegister(frt),
        rc,
        replaced: 0,
      }),
  }),
  instruction({
    mnemonic: 'diexq',
    encoding: '63:6 frtp /:1 fra frbp /:1 866:10 rc',
    assembly: 'frtp,fra,frbp',
    meaning: (op, { frtp, fra, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(make(extended)),
        sources: [inRegister(fra), inPair(frbp)],
        target: inPair(frtp),
        rc,
        replaced: 0,
      }),
  }),
];

/** Book I 5.6.6: packed digits, exponents and digits. */
export const decimalPieces = [
  instruction({
    mnemonic: 'ddedpd',
    encoding: '59:6 frt sp /:3 frb 322:10 rc',
    assembly: 'sp,frt,frb',
    meaning: (op, { frt, sp, frb, rc }) =>
      setDecimal(op, {
        operation: plain(toPacked(long)(sp)),
        sources: [inRegister(frb)],
        target: inRegister(frt),
        rc,
        replaced: 0,
      }),
  }),
  instruction({
    mnemonic: 'ddedpdq',
    encoding: '63:6 frtp /:1 sp /:3 frbp /:1 322:10 rc',
    assembly: 'sp,frtp,frbp',
    meaning: (op, { frtp, sp, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(toPacked(extended)(sp)),
        sources: [inPair(frbp)],
        target: inPair(frtp),
        rc,
        replaced: 0,
      }),
  }),
  instruction({
    mnemonic: 'denbcd',
    encoding: '59:6 frt s /:4 frb 834:10 rc',
    assembly: 's,frt,frb',
    meaning: (op, { frt, s, frb, rc }) =>
      setDecimal(op, {
        operation: plain(fromPacked(long)(s)),
        sources: [inRegister(frb)],
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'denbcdq',
    encoding: '63:6 frtp /:1 s /:4 frbp /:1 834:10 rc',
    assembly: 's,frtp,frbp',
    meaning: (op, { frtp, s, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(fromPacked(extended)(s)),
        sources: [inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
  ofRegister('dxex', 59, 354, extractExponent(long), 0),
  pairToRegister('dxexq', 354, extractExponent(extended), 0),
  exponentInto(insertExponent),
  shift('dscli', 66, shiftLeft),
  shift('dscri', 98, shiftRight),
].flat(2);

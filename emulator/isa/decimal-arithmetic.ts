import { add, divide, multiply, subtract } from '../decimal/arithmetic';
import { compare, testDataClass, testDataGroup, testExponent, testSignificance } from '../decimal/compare';
import type { Format } from '../decimal/format';
import {
  extended,
  inPair,
  inRegister,
  long,
  plain,
  setDecimal,
  setDecimalField,
  type Make,
  type Parameterized,
} from './decimal-floating-point';
import { instruction } from './instruction';

/** Each instruction twice: on long numbers, and on extended ones, which are in pairs of registers. */
const ofTwo = (mnemonic: string, extendedOpcode: number, make: Make) => [
  instruction({
    mnemonic,
    encoding: `59:6 frt fra frb ${extendedOpcode}:10 rc` as const,
    assembly: 'frt,fra,frb',
    meaning: (op, { frt, fra, frb, rc }) =>
      setDecimal(op, {
        operation: plain(make(long)),
        sources: [inRegister(fra), inRegister(frb)],
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: `${mnemonic}q`,
    encoding: `63:6 frtp /:1 frap /:1 frbp /:1 ${extendedOpcode}:10 rc` as const,
    assembly: 'frtp,frap,frbp',
    meaning: (op, { frtp, frap, frbp, rc }) =>
      setDecimal(op, {
        operation: plain(make(extended)),
        sources: [inPair(frap), inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
];

const comparison = (mnemonic: string, extendedOpcode: number, make: Make) => [
  instruction({
    mnemonic,
    encoding: `59:6 bf /:2 fra frb ${extendedOpcode}:10 /:1` as const,
    assembly: 'bf,fra,frb',
    meaning: (op, { bf, fra, frb }) =>
      setDecimalField(op, bf, { operation: plain(make(long)), sources: [inRegister(fra), inRegister(frb)] }),
  }),
  instruction({
    mnemonic: `${mnemonic}q`,
    encoding: `63:6 bf /:2 frap /:1 frbp /:1 ${extendedOpcode}:10 /:1` as const,
    assembly: 'bf,frap,frbp',
    meaning: (op, { bf, frap, frbp }) =>
      setDecimalField(op, bf, { operation: plain(make(extended)), sources: [inPair(frap), inPair(frbp)] }),
  }),
];

const testOfData = (
  mnemonic: string,
  mask: 'dcm' | 'dgm',
  extendedOpcode: number,
  make: (format: Format) => Parameterized,
) => [
  instruction({
    mnemonic,
    encoding: `59:6 bf /:2 fra ${mask} ${extendedOpcode}:9 /:1` as '59:6 bf /:2 fra dcm 194:9 /:1',
    assembly: `bf,fra,${mask}`,
    meaning: (op, { bf, fra, ...masks }) =>
      setDecimalField(op, bf, {
        operation: make(long),
        sources: [inRegister(fra)],
        parameter: Object.values(masks)[0]!,
      }),
  }),
  instruction({
    mnemonic: `${mnemonic}q`,
    encoding: `63:6 bf /:2 frap /:1 ${mask} ${extendedOpcode}:9 /:1` as '63:6 bf /:2 frap /:1 dcm 194:9 /:1',
    assembly: `bf,frap,${mask}`,
    meaning: (op, { bf, frap, ...masks }) =>
      setDecimalField(op, bf, {
        operation: make(extended),
        sources: [inPair(frap)],
        parameter: Object.values(masks)[0]!,
      }),
  }),
];

/** Book I 5.6.2. */
export const decimalArithmetic = [
  ofTwo('dadd', 2, add),
  ofTwo('dsub', 514, subtract),
  ofTwo('dmul', 34, multiply),
  ofTwo('ddiv', 546, divide),
].flat(2);

/** Book I 5.6.3 and 5.6.4. */
export const decimalTests = [
  comparison('dcmpu', 642, (format) => compare('unordered', format)),
  comparison('dcmpo', 130, (format) => compare('ordered', format)),
  comparison('dtstex', 162, testExponent),
  testOfData('dtstdc', 'dcm', 194, testDataClass),
  testOfData('dtstdg', 'dgm', 226, testDataGroup),
  instruction({
    mnemonic: 'dtstsf',
    encoding: '59:6 bf /:2 fra frb 674:10 /:1',
    assembly: 'bf,fra,frb',
    meaning: (op, { bf, fra, frb }) =>
      setDecimalField(op, bf, {
        operation: plain(testSignificance(long)),
        sources: [inRegister(fra), inRegister(frb)],
      }),
  }),
  // The number of digits is in one register.
  instruction({
    mnemonic: 'dtstsfq',
    encoding: '63:6 bf /:2 fra frbp /:1 674:10 /:1',
    assembly: 'bf,fra,frbp',
    meaning: (op, { bf, fra, frbp }) =>
      setDecimalField(op, bf, {
        operation: plain(testSignificance(extended)),
        sources: [inRegister(fra), inPair(frbp)],
      }),
  }),
].flat(2);

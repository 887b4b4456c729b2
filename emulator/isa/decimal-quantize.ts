import { quantize, quantizeTo, reround, roundToInteger } from '../decimal/quantize';
import { extended, inPair, inRegister, long, plain, setDecimal } from './decimal-floating-point';
import { instruction } from './instruction';

const toInteger = (mnemonic: string, extendedOpcode: number, saysInexact: boolean) => [
  instruction({
    mnemonic,
    encoding: `59:6 frt /:4 r frb rmc ${extendedOpcode}:8 rc` as const,
    assembly: 'r,frt,frb,rmc',
    meaning: (op, { frt, r, frb, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(roundToInteger(saysInexact, long)(r, rmc)),
        sources: [inRegister(frb)],
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: `${mnemonic}q`,
    encoding: `63:6 frtp /:1 /:4 r frbp /:1 rmc ${extendedOpcode}:8 rc` as const,
    assembly: 'r,frtp,frbp,rmc',
    meaning: (op, { frtp, r, frbp, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(roundToInteger(saysInexact, extended)(r, rmc)),
        sources: [inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
];

/** Book I 5.6.5. */
export const decimalQuantize = [
  instruction({
    mnemonic: 'dquai',
    encoding: '59:6 frt te frb rmc 67:8 rc',
    assembly: 'te,frt,frb,rmc',
    meaning: (op, { frt, te, frb, rmc, rc }) =>
      setDecimal(op, {
        operation: (exponent) => quantizeTo(long)(exponent, rmc),
        sources: [inRegister(frb)],
        parameter: te,
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'dquaiq',
    encoding: '63:6 frtp /:1 te frbp /:1 rmc 67:8 rc',
    assembly: 'te,frtp,frbp,rmc',
    meaning: (op, { frtp, te, frbp, rmc, rc }) =>
      setDecimal(op, {
        operation: (exponent) => quantizeTo(extended)(exponent, rmc),
        sources: [inPair(frbp)],
        parameter: te,
        target: inPair(frtp),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'dqua',
    encoding: '59:6 frt fra frb rmc 3:8 rc',
    assembly: 'frt,fra,frb,rmc',
    meaning: (op, { frt, fra, frb, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(quantize(long)(rmc)),
        sources: [inRegister(fra), inRegister(frb)],
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'dquaq',
    encoding: '63:6 frtp /:1 frap /:1 frbp /:1 rmc 3:8 rc',
    assembly: 'frtp,frap,frbp,rmc',
    meaning: (op, { frtp, frap, frbp, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(quantize(extended)(rmc)),
        sources: [inPair(frap), inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'drrnd',
    encoding: '59:6 frt fra frb rmc 35:8 rc',
    assembly: 'frt,fra,frb,rmc',
    meaning: (op, { frt, fra, frb, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(reround(long)(rmc)),
        sources: [inRegister(fra), inRegister(frb)],
        target: inRegister(frt),
        rc,
      }),
  }),
  instruction({
    mnemonic: 'drrndq',
    encoding: '63:6 frtp /:1 fra frbp /:1 rmc 35:8 rc',
    assembly: 'frtp,fra,frbp,rmc',
    meaning: (op, { frtp, fra, frbp, rmc, rc }) =>
      setDecimal(op, {
        operation: plain(reround(extended)(rmc)),
        sources: [inRegister(fra), inPair(frbp)],
        target: inPair(frtp),
        rc,
      }),
  }),
  toInteger('drintx', 99, true),
  toInteger('drintn', 227, false),
].flat(2);

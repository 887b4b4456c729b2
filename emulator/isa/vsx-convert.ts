import { convert, fromInteger, narrow, toInteger, widen, type Integer } from '../floating-point/convert';
import { binary32, binary64 } from '../floating-point/format';
import { double, roundedToSingle, single, type Shape } from '../floating-point/round';
import { ROUNDING_BITS } from './floating-point-status';
import { ofOne, type Use } from './vsx';

const signedDoubleword: Integer = { signed: true, bits: 64 };
const unsignedDoubleword: Integer = { signed: false, bits: 64 };
const signedWord: Integer = { signed: true, bits: 32 };
const unsignedWord: Integer = { signed: false, bits: 32 };

const scalar: Use = { lanes: 'scalar', source: 'doublewords', target: 'doublewords' };
const doubles: Use = { lanes: 'vector', source: 'doublewords', target: 'doublewords' };
const singles: Use = { lanes: 'vector', source: 'words', target: 'words' };
const narrowing = { target: 'both words' } as const;
const widening = { source: 'first words' } as const;
const since = { since: '2.07' } as const;

const singleFromDouble: Shape = {
  name: 'single from double',
  source: binary64,
  precision: binary32,
  storage: binary32,
};
const doubleFromSingle: Shape = {
  name: 'double from single',
  source: binary32,
  precision: binary64,
  storage: binary64,
};

/** Integers are always rounded toward zero; their class is undefined, and FPRF stays. */
const ofDouble = (integer: Integer) => toInteger(binary64, integer, 'toward-zero');
const ofSingle = (integer: Integer) => toInteger(binary32, integer, 'toward-zero');
const toIntegerScalar: Use = { ...scalar, replaced: ROUNDING_BITS };

/** Book I 7.6: conversions. */
export const vsxConvert = [
  ofOne('xscvdpsp', 265, convert(singleFromDouble), { ...scalar, ...narrowing }),
  ofOne('xscvspdp', 329, convert(doubleFromSingle), { ...scalar, ...widening }),
  ofOne('xsrsp', 281, convert(roundedToSingle), scalar, since),
  ofOne('xscvdpspn', 267, narrow, { ...scalar, ...narrowing, replaced: 0 }, since),
  ofOne('xscvspdpn', 331, widen, { ...scalar, ...widening, replaced: 0 }, since),
  ofOne('xvcvdpsp', 393, convert(singleFromDouble), { ...doubles, ...narrowing }),
  ofOne('xvcvspdp', 457, convert(doubleFromSingle), { ...doubles, ...widening }),

  ofOne('xscvdpsxds', 344, ofDouble(signedDoubleword), toIntegerScalar),
  ofOne('xscvdpuxds', 328, ofDouble(unsignedDoubleword), toIntegerScalar),
  ofOne('xscvdpsxws', 88, ofDouble(signedWord), { ...toIntegerScalar, ...narrowing }),
  ofOne('xscvdpuxws', 72, ofDouble(unsignedWord), { ...toIntegerScalar, ...narrowing }),
  ofOne('xscvsxddp', 376, fromInteger(signedDoubleword, double), scalar),
  ofOne('xscvuxddp', 360, fromInteger(unsignedDoubleword, double), scalar),
  ofOne('xscvsxdsp', 312, fromInteger(signedDoubleword, roundedToSingle), scalar, since),
  ofOne('xscvuxdsp', 296, fromInteger(unsignedDoubleword, roundedToSingle), scalar, since),

  ofOne('xvcvdpsxds', 472, ofDouble(signedDoubleword), doubles),
  ofOne('xvcvdpuxds', 456, ofDouble(unsignedDoubleword), doubles),
  ofOne('xvcvdpsxws', 216, ofDouble(signedWord), { ...doubles, ...narrowing }),
  ofOne('xvcvdpuxws', 200, ofDouble(unsignedWord), { ...doubles, ...narrowing }),
  ofOne('xvcvspsxds', 408, ofSingle(signedDoubleword), { ...doubles, ...widening }),
  ofOne('xvcvspuxds', 392, ofSingle(unsignedDoubleword), { ...doubles, ...widening }),
  ofOne('xvcvspsxws', 152, ofSingle(signedWord), singles),
  ofOne('xvcvspuxws', 136, ofSingle(unsignedWord), singles),

  ofOne('xvcvsxddp', 504, fromInteger(signedDoubleword, double), doubles),
  ofOne('xvcvuxddp', 488, fromInteger(unsignedDoubleword, double), doubles),
  ofOne('xvcvsxdsp', 440, fromInteger(signedDoubleword, single), { ...doubles, ...narrowing }),
  ofOne('xvcvuxdsp', 424, fromInteger(unsignedDoubleword, single), { ...doubles, ...narrowing }),
  ofOne('xvcvsxwdp', 248, fromInteger(signedWord, double), { ...doubles, ...widening }),
  ofOne('xvcvuxwdp', 232, fromInteger(unsignedWord, double), { ...doubles, ...widening }),
  ofOne('xvcvsxwsp', 184, fromInteger(signedWord, single), singles),
  ofOne('xvcvuxwsp', 168, fromInteger(unsignedWord, single), singles),
];

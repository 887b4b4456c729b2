import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element } from '../operations/vector-operations';
import {
  decryptLastRound,
  decryptRound,
  encryptLastRound,
  encryptRound,
  substituteBytes,
} from './advanced-encryption-standard';
import { hasAny } from './idioms';
import { instruction } from './instruction';
import { elementsOf, ofTwo, quadwordOf, ud, uw, vectorOfQuadword } from './vector';

const halves = (value: bigint) => ({ high: value >> 64n, low: BigInt.asUintN(64, value) });
const joined = (high: bigint, low: bigint) => (high << 64n) | low;

const round = (mnemonic: string, extended: number, compute: (state: bigint, key: bigint) => bigint) =>
  ofTwo(
    mnemonic,
    extended,
    (op, a, b) => {
      const [state, key] = [quadwordOf(op, a), quadwordOf(op, b)];
      const ofHalves = (s0: bigint, s1: bigint, k0: bigint, k1: bigint) =>
        halves(compute(joined(s0, s1), joined(k0, k1)));
      return vectorOfQuadword(op, op.evaluate(ofHalves, state.high, state.low, key.high, key.low));
    },
    { since: '2.07' },
  );

/** Two rotations and a third one or a shift, all to the right. */
interface Mixing {
  readonly rotations: readonly number[];
  readonly shift?: number;
}
/** The functions of FIPS 180: for the message schedule (ST = 0) and for the rounds, each with index 0 and 1. */
type Sigmas = readonly [readonly [Mixing, Mixing], readonly [Mixing, Mixing]];
const sigmas256: Sigmas = [
  [
    { rotations: [7, 18], shift: 3 },
    { rotations: [17, 19], shift: 10 },
  ],
  [{ rotations: [2, 13, 22] }, { rotations: [6, 11, 25] }],
];
const sigmas512: Sigmas = [
  [
    { rotations: [1, 8], shift: 7 },
    { rotations: [19, 61], shift: 6 },
  ],
  [{ rotations: [28, 34, 39] }, { rotations: [14, 18, 41] }],
];

function mix<S extends Sorts>(op: Operations<S>, value: S['value'], { bits }: Element, mixing: Mixing): S['value'] {
  // A word stands twice in a doubleword, so that what leaves on the right comes in from the left.
  const doubled = bits === 64 ? value : op.or(value, op.shiftLeft(value, op.constant(32)));
  const rotated = mixing.rotations.map((by) => op.rotateLeft(doubled, op.constant(64 - by)));
  const shifted = mixing.shift === undefined ? [] : [op.shiftRight(value, op.constant(mixing.shift))];
  return [...rotated, ...shifted].reduce((all, one) => op.xor(all, one));
}

/** A bit of SIX for each element says which of two functions it gets; of doublewords, every second bit. */
const sigma = (mnemonic: string, extended: number, type: Element, [schedule, rounds]: Sigmas) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra st six ${extended}:11` as const,
    assembly: 'vrt,vra,st,six',
    since: '2.07',
    meaning: (op, { vrt, vra, st, six }) => {
      op.requireFacility('vector');
      const ofRounds = hasAny(op, op.operand(st), 1);
      const elements = elementsOf(op, op.vr(vra), type).map((value, i) => {
        const second = hasAny(op, op.operand(six), 8 >> (i * (type.bits / 32)));
        const either = ([first, other]: readonly [Mixing, Mixing]) =>
          op.select(second, mix(op, value, type, other), mix(op, value, type, first));
        return op.select(ofRounds, either(rounds), either(schedule));
      });
      op.setVr(vrt, op.vectorOf(type.bits, elements));
    },
  });

/** Book I 6.11.1 and 6.11.2: AES and SHA-2. */
export const vectorCryptography = [
  round('vcipher', 1288, encryptRound),
  round('vcipherlast', 1289, encryptLastRound),
  round('vncipher', 1352, decryptRound),
  round('vncipherlast', 1353, decryptLastRound),
  instruction({
    mnemonic: 'vsbox',
    encoding: '4:6 vrt vra /:5 1480:11',
    assembly: 'vrt,vra',
    since: '2.07',
    meaning: (op, { vrt, vra }) => {
      op.requireFacility('vector');
      const { high, low } = quadwordOf(op, op.vr(vra));
      const ofHalves = (first: bigint, second: bigint) => halves(substituteBytes(joined(first, second)));
      op.setVr(vrt, vectorOfQuadword(op, op.evaluate(ofHalves, high, low)));
    },
  }),
  sigma('vshasigmaw', 1666, uw, sigmas256),
  sigma('vshasigmad', 1730, ud, sigmas512),
];

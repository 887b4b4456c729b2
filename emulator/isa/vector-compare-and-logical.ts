import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element } from '../operations/vector-operations';
import { populationCount } from './fixed-point-logical';
import { invert } from './idioms';
import { instruction } from './instruction';
import {
  eachElement,
  elementsOf,
  lanewise,
  ofOne,
  ofTwo,
  sb,
  sd,
  sh,
  sw,
  ub,
  ud,
  uh,
  uw,
  type Combine,
  type FormOptions,
} from './vector';

const since207 = { since: '2.07' } as const;
type Condition = <S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']) => S['condition'];

/** CR6 says whether a comparison held everywhere, and whether nowhere. */
export function setCr6<S extends Sorts>(op: Operations<S>, conditions: readonly S['condition'][]): void {
  const never = op.equal(op.constant(0), op.constant(1));
  const everywhere = conditions.reduce((all, one) => op.both(all, one));
  const somewhere = conditions.reduce((all, one) => op.either(all, one));
  op.setCrField('cr6', [everywhere, never, op.not(somewhere), never]);
}

/** Ones in each element in which the condition holds. */
const compare = (mnemonic: string, extended: number, type: Element, condition: Condition, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb rc ${extended}:10` as const,
    assembly: 'vrt,vra,vrb',
    ...options,
    meaning: (op, { vrt, vra, vrb, rc }) => {
      op.requireFacility('vector');
      const others = elementsOf(op, op.vr(vrb), type);
      const held = elementsOf(op, op.vr(vra), type).map((one, i) => condition(op, one, others[i]!));
      op.setVr(
        vrt,
        op.vectorOf(
          type.bits,
          held.map((one) => op.select(one, op.constant(-1), op.constant(0))),
        ),
      );
      if (rc) setCr6(op, held);
    },
  });
const equal: Condition = (op, a, b) => op.equal(a, b);
const greaterSigned: Condition = (op, a, b) => op.lessSigned(b, a);
const greaterUnsigned: Condition = (op, a, b) => op.lessUnsigned(b, a);

/** Book I 6.9.4. */
export const vectorCompare = [
  compare('vcmpequb', 6, ub, equal),
  compare('vcmpequh', 70, uh, equal),
  compare('vcmpequw', 134, uw, equal),
  compare('vcmpequd', 199, ud, equal, since207),
  compare('vcmpgtsb', 774, sb, greaterSigned),
  compare('vcmpgtsh', 838, sh, greaterSigned),
  compare('vcmpgtsw', 902, sw, greaterSigned),
  compare('vcmpgtsd', 967, sd, greaterSigned, since207),
  compare('vcmpgtub', 518, ub, greaterUnsigned),
  compare('vcmpgtuh', 582, uh, greaterUnsigned),
  compare('vcmpgtuw', 646, uw, greaterUnsigned),
  compare('vcmpgtud', 711, ud, greaterUnsigned, since207),
];

const logical = (mnemonic: string, extended: number, combine: Combine, options: FormOptions = {}) =>
  ofTwo(mnemonic, extended, lanewise(ud, combine), options);
/** As logical, with a shorter name where both operands are one. */
const logicalWithName = (mnemonic: string, extended: number, combine: Combine, name: string) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb ${extended}:11` as const,
    assembly: 'vrt,vra,vrb',
    aliases: [{ mnemonic: name, assembly: 'vrt,vra', when: ({ vra, vrb }) => vra === vrb }],
    meaning: (op, { vrt, vra, vrb }) => {
      op.requireFacility('vector');
      op.setVr(vrt, lanewise(ud, combine)(op, op.vr(vra), op.vr(vrb)));
    },
  });

/** Book I 6.9.5. */
export const vectorLogical = [
  logical('vand', 1028, (op, a, b) => op.and(a, b)),
  logical('vandc', 1092, (op, a, b) => op.and(a, invert(op, b))),
  logical('veqv', 1668, (op, a, b) => invert(op, op.xor(a, b)), since207),
  logical('vnand', 1412, (op, a, b) => invert(op, op.and(a, b)), since207),
  logical('vorc', 1348, (op, a, b) => op.or(a, invert(op, b)), since207),
  logicalWithName('vnor', 1284, (op, a, b) => invert(op, op.or(a, b)), 'vnot'),
  logicalWithName('vor', 1156, (op, a, b) => op.or(a, b), 'vmr'),
  logical('vxor', 1220, (op, a, b) => op.xor(a, b)),
];

/** The amount is the last bits of an element of VRB, as many as it takes to name a bit of it. */
const shift = (mnemonic: string, extended: number, type: Element, move: Combine, options: FormOptions = {}) =>
  ofTwo(
    mnemonic,
    extended,
    lanewise(type, (op, a, b) => move(op, a, op.and(b, op.constant(type.bits - 1)))),
    options,
  );
const left: Combine = (op, a, by) => op.shiftLeft(a, by);
const right: Combine = (op, a, by) => op.shiftRight(a, by);
const rightSigned: Combine = (op, a, by) => op.shiftRightSigned(a, by);
const rotated =
  ({ bits }: Element): Combine =>
  (op, a, by) =>
    bits === 64
      ? op.rotateLeft(a, by)
      : op.or(op.shiftLeft(a, by), op.shiftRight(a, op.subtract(op.constant(bits), by)));

/** Book I 6.9.6. */
export const vectorShift = [
  shift('vrlb', 4, ub, rotated(ub)),
  shift('vrlh', 68, uh, rotated(uh)),
  shift('vrlw', 132, uw, rotated(uw)),
  shift('vrld', 196, ud, rotated(ud), since207),
  shift('vslb', 260, ub, left),
  shift('vslh', 324, uh, left),
  shift('vslw', 388, uw, left),
  shift('vsld', 1476, ud, left, since207),
  shift('vsrb', 516, ub, right),
  shift('vsrh', 580, uh, right),
  shift('vsrw', 644, uw, right),
  shift('vsrd', 1732, ud, right, since207),
  shift('vsrab', 772, sb, rightSigned),
  shift('vsrah', 836, sh, rightSigned),
  shift('vsraw', 900, sw, rightSigned),
  shift('vsrad', 964, sd, rightSigned, since207),
];

const leadingZeros = (mnemonic: string, extended: number, type: Element) =>
  ofOne(
    mnemonic,
    extended,
    eachElement(type, (op, a) => op.subtract(op.countLeadingZeros(a), op.constant(64 - type.bits))),
    since207,
  );
const onesOf = (mnemonic: string, extended: number, type: Element) =>
  ofOne(mnemonic, extended, eachElement(ud, populationCount(type.bits)), since207);

/** Book I 6.13 and 6.14: count leading zeros, and ones. */
export const vectorCount = [
  leadingZeros('vclzb', 1794, ub),
  leadingZeros('vclzh', 1858, uh),
  leadingZeros('vclzw', 1922, uw),
  leadingZeros('vclzd', 1986, ud),
  onesOf('vpopcntb', 1795, ub),
  onesOf('vpopcnth', 1859, uh),
  onesOf('vpopcntw', 1923, uw),
  onesOf('vpopcntd', 1987, ud),
];

import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Element } from '../operations/vector-operations';
import type { Alias } from './assembly';
import { copySign, absolute, negate, negativeAbsolute } from './floating-point-move-and-convert';
import { fpr, setFpr } from './floating-point-status';
import { invert, low32, merge } from './idioms';
import { instruction } from './instruction';
import { gather, lanesOf, type FormOptions } from './vsx';

type Unary = <S extends Sorts>(op: Operations<S>, value: S['value']) => S['value'];
type Binary = <S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']) => S['value'];
interface TwoSources {
  readonly xa: number;
  readonly xb: number;
}
const same = ({ xa, xb }: TwoSources) => xa === xb;
const since = { since: '2.07' } as const;
const DOUBLEWORD: Element = { bits: 64, signed: false };

/** The same bits of all four sign bits of words, and of both of doublewords. */
const SIGNS_OF_WORDS = 0x8000_0000_8000_0000n;

const ofTwo = (
  mnemonic: string,
  extended: number,
  combine: Binary,
  aliases: readonly Alias<TwoSources>[] = [],
  options: FormOptions = {},
) =>
  instruction({
    mnemonic,
    encoding: `60:6 xt xa xb ${extended}:8 xa^ xb^ xt^` as const,
    assembly: 'xt,xa,xb',
    aliases,
    ...options,
    meaning: (op, { xt, xa, xb }) => {
      op.requireFacility('vsx');
      const halves = ([0, 1] as const).map((i) => combine(op, op.vsr(xa, i), op.vsr(xb, i)));
      op.setVsr(xt, ...gather(op, halves, 'doublewords'));
    },
  });
const ofOne = (mnemonic: string, extended: number, compute: Unary) =>
  instruction({
    mnemonic,
    encoding: `60:6 xt /:5 xb ${extended}:9 xb^ xt^` as const,
    assembly: 'xt,xb',
    meaning: (op, { xt, xb }) => {
      op.requireFacility('vsx');
      op.setVsr(
        xt,
        compute(op, op.vsr(xb, 0)),
        mnemonic.startsWith('xs') ? op.constant(0) : compute(op, op.vsr(xb, 1)),
      );
    },
  });

const signsOfWords = {
  abs: ((op, value) => op.and(value, op.constant(~SIGNS_OF_WORDS))) satisfies Unary,
  nabs: ((op, value) => op.or(value, op.constant(SIGNS_OF_WORDS))) satisfies Unary,
  neg: ((op, value) => op.xor(value, op.constant(SIGNS_OF_WORDS))) satisfies Unary,
  copy: ((op, a, b) => merge(op, b, a, op.constant(SIGNS_OF_WORDS))) satisfies Binary,
};

/** Two of the eight words of xa and xb side by side, in order. */
const mergeWords = (mnemonic: string, extended: number, first: 0 | 2) =>
  instruction({
    mnemonic,
    encoding: `60:6 xt xa xb ${extended}:8 xa^ xb^ xt^` as const,
    assembly: 'xt,xa,xb',
    meaning: (op, { xt, xa, xb }) => {
      op.requireFacility('vsx');
      const [a, b] = [lanesOf(op, xa, 'words'), lanesOf(op, xb, 'words')];
      op.setVsr(xt, ...gather(op, [a[first]!, b[first]!, a[first + 1]!, b[first + 1]!], 'words'));
    },
  });

interface PermuteValues extends TwoSources {
  readonly dm: number;
}
const permuteAliases: readonly Alias<PermuteValues>[] = [
  { mnemonic: 'xxspltd', assembly: 'xt,xa,dm', when: (v) => same(v) && v.dm === 0 },
  { mnemonic: 'xxspltd', assembly: 'xt,xa,dm', when: (v) => same(v) && v.dm === 3, shown: () => ({ dm: 1 }) },
  { mnemonic: 'xxswapd', assembly: 'xt,xa', when: (v) => same(v) && v.dm === 2 },
  { mnemonic: 'xxmrghd', assembly: 'xt,xa,xb', when: { dm: 0 } },
  { mnemonic: 'xxmrgld', assembly: 'xt,xa,xb', when: { dm: 3 } },
];

/** Moves between a GPR and the first doubleword of a VSR, which is an FPR or a VR and needs that one's facility. */
const moveFrom = (size: 'd' | 'wz', extended: number, compute: Unary) => [
  instruction({
    mnemonic: `mfvsr${size}`,
    encoding: `31:6 frs ra /:5 ${extended}:10 0:1` as const,
    assembly: 'ra,frs',
    aliases: [{ mnemonic: `mffpr${size}`, assembly: 'ra,frs', when: {} }],
    ...since,
    meaning: (op, { frs, ra }) => {
      op.requireFacility('fp');
      op.setGpr(ra, compute(op, fpr(op, frs)));
    },
  }),
  instruction({
    mnemonic: `mfvsr${size}`,
    encoding: `31:6 vrs ra /:5 ${extended}:10 1:1` as const,
    assembly: 'ra,vrs',
    aliases: [{ mnemonic: `mfvr${size}`, assembly: 'ra,vrs', when: {} }],
    ...since,
    meaning: (op, { vrs, ra }) => {
      op.requireFacility('vector');
      op.setGpr(ra, compute(op, op.element(op.vr(vrs), DOUBLEWORD, 0)));
    },
  }),
];
const moveTo = (size: 'd' | 'wa' | 'wz', extended: number, compute: Unary) => [
  instruction({
    mnemonic: `mtvsr${size}`,
    encoding: `31:6 frt ra /:5 ${extended}:10 0:1` as const,
    assembly: 'frt,ra',
    aliases: [{ mnemonic: `mtfpr${size}`, assembly: 'frt,ra', when: {} }],
    ...since,
    meaning: (op, { frt, ra }) => {
      op.requireFacility('fp');
      setFpr(op, frt, compute(op, op.gpr(ra)));
    },
  }),
  instruction({
    mnemonic: `mtvsr${size}`,
    encoding: `31:6 vrt ra /:5 ${extended}:10 1:1` as const,
    assembly: 'vrt,ra',
    aliases: [{ mnemonic: `mtvr${size}`, assembly: 'vrt,ra', when: {} }],
    ...since,
    meaning: (op, { vrt, ra }) => {
      op.requireFacility('vector');
      op.setVr(vrt, op.vectorOf(64, [compute(op, op.gpr(ra)), op.constant(0)]));
    },
  }),
];

/** Book I 7.6: what moves bits and computes nothing with them. */
export const vsxPermuteAndLogical = [
  ofTwo('xxland', 130, (op, a, b) => op.and(a, b)),
  ofTwo('xxlandc', 138, (op, a, b) => op.and(a, invert(op, b))),
  ofTwo('xxlor', 146, (op, a, b) => op.or(a, b), [{ mnemonic: 'xxmr', assembly: 'xt,xa', when: same }]),
  ofTwo('xxlxor', 154, (op, a, b) => op.xor(a, b)),
  ofTwo('xxlnor', 162, (op, a, b) => invert(op, op.or(a, b)), [{ mnemonic: 'xxlnot', assembly: 'xt,xa', when: same }]),
  ofTwo('xxlorc', 170, (op, a, b) => op.or(a, invert(op, b)), [], since),
  ofTwo('xxlnand', 178, (op, a, b) => invert(op, op.and(a, b)), [], since),
  ofTwo('xxleqv', 186, (op, a, b) => invert(op, op.xor(a, b)), [], since),

  ofTwo('xvcpsgnsp', 208, signsOfWords.copy, [{ mnemonic: 'xvmovsp', assembly: 'xt,xa', when: same }]),
  ofTwo('xvcpsgndp', 240, copySign, [{ mnemonic: 'xvmovdp', assembly: 'xt,xa', when: same }]),
  instruction({
    mnemonic: 'xscpsgndp',
    encoding: '60:6 xt xa xb 176:8 xa^ xb^ xt^',
    assembly: 'xt,xa,xb',
    meaning: (op, { xt, xa, xb }) => {
      op.requireFacility('vsx');
      op.setVsr(xt, copySign(op, op.vsr(xa, 0), op.vsr(xb, 0)), op.constant(0));
    },
  }),
  ofOne('xsabsdp', 345, absolute),
  ofOne('xsnabsdp', 361, negativeAbsolute),
  ofOne('xsnegdp', 377, negate),
  ofOne('xvabsdp', 473, absolute),
  ofOne('xvnabsdp', 489, negativeAbsolute),
  ofOne('xvnegdp', 505, negate),
  ofOne('xvabssp', 409, signsOfWords.abs),
  ofOne('xvnabssp', 425, signsOfWords.nabs),
  ofOne('xvnegsp', 441, signsOfWords.neg),

  mergeWords('xxmrghw', 18, 0),
  mergeWords('xxmrglw', 50, 2),
  instruction({
    mnemonic: 'xxpermdi',
    encoding: '60:6 xt xa xb 0:1 dm 10:5 xa^ xb^ xt^',
    assembly: 'xt,xa,xb,dm',
    aliases: permuteAliases,
    meaning: (op, { xt, xa, xb, dm }) => {
      op.requireFacility('vsx');
      op.setVsr(xt, op.vsr(xa, dm & 2 ? 1 : 0), op.vsr(xb, dm & 1 ? 1 : 0));
    },
  }),
  instruction({
    mnemonic: 'xxsldwi',
    encoding: '60:6 xt xa xb 0:1 shw 2:5 xa^ xb^ xt^',
    assembly: 'xt,xa,xb,shw',
    meaning: (op, { xt, xa, xb, shw }) => {
      op.requireFacility('vsx');
      const words = [...lanesOf(op, xa, 'words'), ...lanesOf(op, xb, 'words')];
      op.setVsr(xt, ...gather(op, words.slice(shw, shw + 4), 'words'));
    },
  }),
  instruction({
    mnemonic: 'xxspltw',
    encoding: '60:6 xt /:3 uim2 xb 164:9 xb^ xt^',
    assembly: 'xt,xb,uim2',
    meaning: (op, { xt, uim2, xb }) => {
      op.requireFacility('vsx');
      const word = lanesOf(op, xb, 'words')[uim2]!;
      op.setVsr(xt, ...gather(op, [word, word, word, word], 'words'));
    },
  }),
  instruction({
    mnemonic: 'xxsel',
    encoding: '60:6 xt xa xb xc 3:2 xc^ xa^ xb^ xt^',
    assembly: 'xt,xa,xb,xc',
    meaning: (op, { xt, xa, xb, xc }) => {
      op.requireFacility('vsx');
      const half = (i: 0 | 1) => merge(op, op.vsr(xa, i), op.vsr(xb, i), op.vsr(xc, i));
      op.setVsr(xt, half(0), half(1));
    },
  }),
  moveFrom('d', 51, (_op, value) => value),
  moveFrom('wz', 115, low32),
  moveTo('d', 179, (_op, value) => value),
  moveTo('wa', 211, (op, value) => op.signExtend(low32(op, value), 32)),
  moveTo('wz', 243, low32),
].flat(2);

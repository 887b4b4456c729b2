/**
 * The vocabulary of instruction fields. The Power ISA gives a field name one width and one meaning everywhere, so an
 * encoding needs to name its fields only, and its operands are typed by that.
 */
import type { Operand, OperandKind } from '../operations/operand';

export interface Field {
  readonly kind: OperandKind;
  readonly width: number;
  /** Bits that stand elsewhere in the word, above the others; `name^` marks them in an encoding. */
  readonly highWidth: number;
  readonly signed: boolean;
  readonly scale: number;
  /** A displacement from the current address, shown as the address it leads to. */
  readonly target: boolean;
  /** What stands before a number that names a register or another field. */
  readonly prefix: string;
}

const field = <K extends OperandKind>(kind: K, width: number, options: Partial<Field> = {}) =>
  ({ kind, width, highWidth: 0, signed: false, scale: 1, target: false, prefix: '', ...options }) as Field & {
    readonly kind: K;
  };

export const fields = {
  rt: field('gpr', 5),
  rs: field('gpr', 5),
  ra: field('gpr', 5),
  rb: field('gpr', 5),
  ra0: field('gprOrZero', 5),
  frt: field('fpr', 5),
  frs: field('fpr', 5),
  fra: field('fpr', 5),
  frb: field('fpr', 5),
  frc: field('fpr', 5),
  /** FRTp and FRSp: the even one of a pair of FPRs. */
  frtp: field('small', 4, { scale: 2, prefix: 'f' }),
  frap: field('small', 4, { scale: 2, prefix: 'f' }),
  frbp: field('small', 4, { scale: 2, prefix: 'f' }),
  xt: field('vsr', 5, { highWidth: 1 }),
  xs: field('vsr', 5, { highWidth: 1 }),
  xa: field('vsr', 5, { highWidth: 1 }),
  xb: field('vsr', 5, { highWidth: 1 }),
  xc: field('vsr', 5, { highWidth: 1 }),
  /** FLM of mtfsf: which fields of the FPSCR. */
  flm: field('small', 8),
  /** The fields of the FPSCR, and what mtfsfi puts there. */
  fpf: field('variant', 3),
  fpfa: field('variant', 3, { prefix: 'cr' }),
  u: field('small', 4),
  w: field('variant', 1),
  /** A bit of the FPSCR: BT of mtfsb0 and mtfsb1. */
  fpb: field('small', 5),
  /** DM of xxpermdi and SHW of xxsldwi. */
  dm: field('variant', 2),
  shw: field('variant', 2),
  vrt: field('vr', 5),
  vrs: field('vr', 5),
  vra: field('vr', 5),
  vrb: field('vr', 5),
  vrc: field('vr', 5),
  bf: field('crField', 3),
  bfa: field('crField', 3),
  bi: field('crBit', 5),
  bt: field('crBit', 5),
  ba: field('crBit', 5),
  bb: field('crBit', 5),
  bc: field('crBit', 5),
  si: field('immediate', 16, { signed: true }),
  ui: field('immediate', 16),
  /** SIM of vspltisb and its kin. */
  sim: field('immediate', 5, { signed: true }),
  d: field('immediate', 16, { signed: true }),
  ds: field('immediate', 14, { signed: true, scale: 4 }),
  dq: field('immediate', 12, { signed: true, scale: 16 }),
  bd: field('immediate', 14, { signed: true, scale: 4, target: true }),
  li: field('immediate', 24, { signed: true, scale: 4, target: true }),
  sh: field('small', 5),
  mb: field('small', 5),
  me: field('small', 5),
  sh6: field('small', 5, { highWidth: 1 }),
  mb6: field('small', 5, { highWidth: 1 }),
  me6: field('small', 5, { highWidth: 1 }),
  /** RT or RS of lmw and stmw: where a run of registers starts. */
  first: field('small', 5, { prefix: 'r' }),
  /** RTp and RSp: the even one of a pair of registers. */
  rtp: field('small', 4, { scale: 2, prefix: 'r' }),
  /** NB of lswi: how many bytes. */
  nb: field('small', 5),
  fxm: field('small', 8),
  /** TE of dquai: an exponent. */
  te: field('immediate', 5, { signed: true }),
  /** DCM and DGM of dtstdc and dtstdg: a bit for each class or group. */
  dcm: field('small', 6),
  dgm: field('small', 6),
  /** SH of dscli and dscri, which stands elsewhere than that of rldicl. */
  shd: field('small', 6),
  /** UIM of the vector conversions: a power of two. */
  uim: field('small', 5),
  /** ST and SIX of vshasigmad and vshasigmaw. */
  st: field('small', 1),
  six: field('small', 4),
  spr: field('small', 5, { highWidth: 5 }),
  /** Hints, which change nothing that a program can see. */
  bh: field('small', 2),
  th: field('small', 5),
  ct: field('small', 4),
  eh: field('small', 1),
  ih: field('small', 3),
  /** The stream of dst and its kin. */
  strm: field('small', 2),
  /** TO of the conditional tabort, where it makes no difference. */
  condition: field('small', 5),
  /** A of tend and R of tbegin, which make none either. */
  ta: field('small', 1),
  rot: field('small', 1),
  bhrbe: field('small', 10),
  to: field('variant', 5),
  bo: field('variant', 5),
  l: field('variant', 1),
  /** L of sync and dcbf, which is wider. */
  l2: field('variant', 2),
  lev: field('variant', 1),
  /** UIM of vspltb, vsplth and vspltw: an element. */
  uim4: field('variant', 4),
  uim3: field('variant', 3),
  uim2: field('variant', 2),
  shb: field('variant', 4),
  ps: field('variant', 1),
  /** Roundings of decimal floating point, and whether a packed number has a sign and which. */
  r: field('variant', 1),
  rmc: field('variant', 2),
  s: field('variant', 1),
  sp: field('variant', 2),
  oe: field('variant', 1),
  rc: field('variant', 1),
  lk: field('variant', 1),
  aa: field('variant', 1),
} as const;

export type FieldName = keyof typeof fields;

/** What the fields of a word hold, as numbers: a register number, a sign-extended and scaled displacement. */
export type Values = Readonly<Partial<Record<FieldName, number>>>;

/** The field names in an encoding such as '31:6 rt ra rb oe 266:9 rc'. */
export type NamesIn<Encoding extends string> = Encoding extends `${infer First} ${infer Rest}`
  ? NamesIn<First> | NamesIn<Rest>
  : Encoding extends FieldName
    ? Encoding
    : never;

export type OperandsOf<Encoding extends string> = {
  readonly [N in NamesIn<Encoding>]: (typeof fields)[N]['kind'] extends 'variant'
    ? number
    : Operand<(typeof fields)[N]['kind']>;
};
export type ValuesOf<Encoding extends string> = Readonly<Record<NamesIn<Encoding>, number>>;

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
  /** A number that names a general register. */
  readonly register: boolean;
}

const field = <K extends OperandKind>(kind: K, width: number, options: Partial<Field> = {}) =>
  ({ kind, width, highWidth: 0, signed: false, scale: 1, target: false, register: false, ...options }) as Field & {
    readonly kind: K;
  };

export const fields = {
  rt: field('gpr', 5),
  rs: field('gpr', 5),
  ra: field('gpr', 5),
  rb: field('gpr', 5),
  ra0: field('gprOrZero', 5),
  bf: field('crField', 3),
  bfa: field('crField', 3),
  bi: field('crBit', 5),
  bt: field('crBit', 5),
  ba: field('crBit', 5),
  bb: field('crBit', 5),
  bc: field('crBit', 5),
  si: field('immediate', 16, { signed: true }),
  ui: field('immediate', 16),
  d: field('immediate', 16, { signed: true }),
  ds: field('immediate', 14, { signed: true, scale: 4 }),
  bd: field('immediate', 14, { signed: true, scale: 4, target: true }),
  li: field('immediate', 24, { signed: true, scale: 4, target: true }),
  sh: field('small', 5),
  mb: field('small', 5),
  me: field('small', 5),
  sh6: field('small', 5, { highWidth: 1 }),
  mb6: field('small', 5, { highWidth: 1 }),
  me6: field('small', 5, { highWidth: 1 }),
  /** RT or RS of lmw and stmw: where a run of registers starts. */
  first: field('small', 5, { register: true }),
  fxm: field('small', 8),
  spr: field('small', 5, { highWidth: 5 }),
  /** Hints, which change nothing that a program can see. */
  bh: field('small', 2),
  th: field('small', 5),
  ct: field('small', 4),
  eh: field('small', 1),
  ih: field('small', 3),
  to: field('variant', 5),
  bo: field('variant', 5),
  l: field('variant', 1),
  /** L of sync and dcbf, which is wider. */
  l2: field('variant', 2),
  lev: field('variant', 1),
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

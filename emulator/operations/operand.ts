/** What an instruction field stands for; isa/fields.ts gives each field its kind. */
export type OperandKind =
  | 'gpr'
  /** (RA|0): the number 0 means the value zero; can be read, not set. */
  | 'gprOrZero'
  | 'fpr'
  | 'vr'
  /** VSX: 0 to 31 hold the FPRs, 32 to 63 are the VRs. */
  | 'vsr'
  | 'crField'
  | 'crBit'
  /** An unsigned number below 65,536: shift, mask bound, count. */
  | 'small'
  /** A signed or wide number, sign-extended to 64 bits. */
  | 'immediate'
  /** Fixed when a handler is generated: the meaning sees a plain number. */
  | 'variant';

/** An operand as a meaning sees it: a name. Each engine knows where the value behind it is. */
export interface Operand<K extends OperandKind> {
  readonly kind: K;
  readonly name: string;
  /** Which of a pre-decoded record's operand slots holds it. */
  readonly slot: number;
}

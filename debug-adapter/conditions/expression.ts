/** What a person can write as a condition or a watch, as a tree. */
export type Value = bigint | boolean | string;
export type ValueType = 'number' | 'boolean' | 'text';

export const binaryOperators = [
  '||',
  '&&',
  '|',
  '^',
  '&',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];
export const unaryOperators = ['!', '-', '~', '*'] as const;
export type UnaryOperator = (typeof unaryOperators)[number];

export type Expression =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  /** "*" reads the doubleword at an address. */
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** What names stand for. */
export interface Names {
  /** Undefined: there is no such name. */
  typeOf(name: string): ValueType | undefined;
  /** Undefined: the name has no value now. */
  valueOf(name: string): Value | undefined;
  /** For the message about a name that does not exist; empty when there are too many to list. */
  known(): readonly string[];
  /** The doubleword at an effective address; undefined where it cannot be read. Without it, "*" is refused. */
  readonly doublewordAt?: (address: bigint) => bigint | undefined;
}

/** What is wrong with an expression, as one sentence. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

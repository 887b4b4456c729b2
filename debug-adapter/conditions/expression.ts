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
  /** `field` is what stands after a dot: hpte(ea).key. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      readonly field: string | undefined;
    }
  | { readonly kind: 'name'; readonly name: string }
  /** "*" reads the doubleword at an address. */
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** A function that an expression may call. */
export interface NamedFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly description: string;
  /** What may stand after a dot; the empty name is the value of the call itself. */
  readonly fields: Readonly<Record<string, ValueType>>;
  /** Undefined: there is no such value now. */
  call(given: readonly bigint[], field: string): Value | undefined;
}

/** What names stand for. */
export interface Names {
  /** Undefined: there is no such name. */
  typeOf(name: string): ValueType | undefined;
  /** Undefined: the name has no value now. */
  valueOf(name: string): Value | undefined;
  /** For the message about a name that does not exist; empty when there are too many to list. */
  known(): readonly string[];
  /** Absent: no function can be called here. */
  functionNamed?(name: string): NamedFunction | undefined;
  /** The doubleword at an effective address; undefined where it cannot be read. Without it, "*" is refused. */
  readonly doublewordAt?: (address: bigint) => bigint | undefined;
}

/** What is wrong with an expression, as one sentence. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Expressions of C as a tree. */
export type CExpression =
  | { readonly kind: 'number'; readonly value: bigint; readonly isUnsigned: boolean; readonly isLong: boolean }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'character'; readonly value: bigint }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: CExpression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: CExpression;
      readonly right: CExpression;
    }
  | { readonly kind: 'condition'; readonly test: CExpression; readonly yes: CExpression; readonly no: CExpression }
  | { readonly kind: 'member'; readonly object: CExpression; readonly name: string; readonly isArrow: boolean }
  | { readonly kind: 'index'; readonly object: CExpression; readonly index: CExpression }
  | { readonly kind: 'cast'; readonly type: TypeSyntax; readonly operand: CExpression }
  | { readonly kind: 'size-of'; readonly of: TypeSyntax | CExpression };

export type UnaryOperator = '+' | '-' | '!' | '~' | '*' | '&';

/** Weakest first; those of one level bind to the left. */
export const binaryLevels = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
] as const;
export type BinaryOperator = (typeof binaryLevels)[number][number];

/** A type as it is written in a cast. */
export interface TypeSyntax {
  readonly kind: 'type';
  readonly base:
    | { readonly kind: 'words'; readonly words: readonly string[] }
    | { readonly kind: 'tagged'; readonly tag: 'struct' | 'union' | 'enum'; readonly name: string }
    | { readonly kind: 'name'; readonly name: string };
  readonly pointers: number;
  /** Of an array, outermost first. */
  readonly counts: readonly number[];
}

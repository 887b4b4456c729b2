import { ExpressionError, type BinaryOperator, type Expression, type Names, type Value } from './expression';

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const toNumber = (value: Value): bigint => (typeof value === 'string' ? 0n : BigInt(value));

/** Whether a value counts as true: absent, zero, false and the empty text do not. */
export const isTrue = (value: Value | undefined): boolean => value !== undefined && Boolean(value);

/** The value of an expression that `check` has passed; undefined when it needs something that is absent. */
export function evaluate(expression: Expression, names: Names): Value | undefined {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'name':
      return names.valueOf(expression.name);
    case 'call': {
      const given = expression.arguments.map((one) => evaluate(one, names));
      if (given.some((one) => one === undefined)) return undefined;
      const numbers = given.map((one) => toNumber(one ?? 0n));
      return names.functionNamed?.(expression.name)?.call(numbers, expression.field ?? '');
    }
    case 'unary': {
      const operand = evaluate(expression.operand, names);
      if (expression.operator === '!') return !isTrue(operand);
      if (operand === undefined) return undefined;
      const number = toNumber(operand);
      if (expression.operator === '*') return names.doublewordAt?.(number);
      return unsigned(expression.operator === '-' ? -number : ~number);
    }
    case 'binary':
      return evaluateBinary(expression.operator, expression.left, expression.right, names);
  }
}

function evaluateBinary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  names: Names,
): Value | undefined {
  if (operator === '&&') return isTrue(evaluate(left, names)) && isTrue(evaluate(right, names));
  if (operator === '||') return isTrue(evaluate(left, names)) || isTrue(evaluate(right, names));
  const a = evaluate(left, names);
  const b = evaluate(right, names);
  const compared = comparison(operator, a, b);
  if (compared !== undefined) return compared;
  return a === undefined || b === undefined ? undefined : arithmetic(operator, toNumber(a), toNumber(b));
}

/** Undefined for an operator that does not compare. What is absent compares as false, with "!=" too. */
function comparison(operator: BinaryOperator, a: Value | undefined, b: Value | undefined): boolean | undefined {
  const judge = judges[operator];
  if (!judge) return undefined;
  if (a === undefined || b === undefined) return false;
  return typeof a === 'string' || typeof b === 'string' ? judge(String(a), String(b)) : judge(BigInt(a), BigInt(b));
}
type Judge = <T extends bigint | string>(a: T, b: T) => boolean;
const judges: Partial<Readonly<Record<BinaryOperator, Judge>>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function arithmetic(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw new ExpressionError('This divides by zero.');
  switch (operator) {
    case '+':
      return unsigned(a + b);
    case '-':
      return unsigned(a - b);
    case '*':
      return unsigned(a * b);
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    // A shift by a 64-bit count must not build a number of that many bits.
    case '<<':
      return b > 63n ? 0n : unsigned(a << b);
    case '>>':
      return b > 63n ? 0n : a >> b;
    case '||':
    case '&&':
    case '==':
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
      throw new ExpressionError(`"${operator}" is not arithmetic.`);
  }
}

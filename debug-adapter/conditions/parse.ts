import jsep from 'jsep';
import {
  binaryOperators,
  ExpressionError,
  unaryOperators,
  type BinaryOperator,
  type Expression,
  type UnaryOperator,
} from './expression';

jsep.removeAllBinaryOps();
jsep.removeAllUnaryOps();
jsep.removeAllLiterals();
jsep.addLiteral('true', true);
jsep.addLiteral('false', false);
// Weakest first, with the levels of C, except that a bitwise operator binds more tightly than a comparison: what a
// person who writes "status & 0x40000000 != 0" means.
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
levels.forEach((operators, level) => {
  for (const operator of operators) jsep.addBinaryOp(operator, level + 1);
});
for (const operator of unaryOperators) jsep.addUnaryOp(operator);

/** What the hook below makes of a number. */
interface NumberNode extends jsep.Expression {
  type: 'WholeNumber';
  digits: string;
}
type Node = jsep.CoreExpression | NumberNode;

const numberPattern = /0[xX][0-9a-fA-F_]+|[0-9][0-9_]*/y;
// jsep reads numbers as doubles, which hold 53 bits of an address, and knows no hexadecimal ones.
jsep.hooks.add('gobble-token', function (environment) {
  numberPattern.lastIndex = this.index;
  const digits = numberPattern.exec(this.expr)?.[0];
  if (digits === undefined) return;
  this.index += digits.length;
  if (/[\w.]/.test(this.char)) throw new ExpressionError(`"${digits}${this.char}" is not a number.`);
  environment.node = { type: 'WholeNumber', digits } satisfies NumberNode;
});

/** Reads an expression, or throws an ExpressionError that names what is wrong. */
export function parseExpression(text: string): Expression {
  if (text.trim() === '') throw new ExpressionError('An expression is needed here.');
  return convert(syntaxTree(text), text);
}

function syntaxTree(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    const { index, description } = error as { index?: number; description?: string };
    if (index === undefined) throw new ExpressionError(`"${text}" cannot be read as an expression.`);
    const rest = text.slice(index).trim();
    const where = rest === '' ? 'at its end' : `at "${rest}"`;
    throw new ExpressionError(`"${text}" cannot be read ${where}: ${(description ?? 'unexpected').toLowerCase()}.`);
  }
}

const notSupported = (text: string, what: string) =>
  new ExpressionError(`"${text}" has ${what}, which is not understood here.`);

function convert(node: jsep.Expression, text: string): Expression {
  const core = node as Node;
  switch (core.type) {
    case 'WholeNumber':
      return { kind: 'constant', value: wholeNumber(core.digits) };
    case 'Literal':
      return { kind: 'constant', value: literal(core, text) };
    case 'Identifier':
    case 'MemberExpression':
      if (core.type === 'MemberExpression' && !core.computed && core.object.type === 'CallExpression')
        return call(core.object, dottedName(core.property, text), text);
      return { kind: 'name', name: dottedName(core, text) };
    case 'UnaryExpression':
      return { kind: 'unary', operator: unary(core.operator, text), operand: convert(core.argument, text) };
    case 'BinaryExpression':
      return {
        kind: 'binary',
        operator: binary(core.operator, text),
        left: convert(core.left, text),
        right: convert(core.right, text),
      };
    case 'CallExpression':
      return call(core, undefined, text);
    case 'ConditionalExpression':
      throw notSupported(text, 'a "?"');
    case 'ArrayExpression':
      throw notSupported(text, 'brackets');
    case 'ThisExpression':
      throw notSupported(text, 'the word "this"');
    case 'Compound':
    case 'SequenceExpression':
      throw notSupported(text, 'several expressions');
  }
}

function call(node: jsep.Expression, field: string | undefined, text: string): Expression {
  const { callee, arguments: given } = node as jsep.CallExpression;
  const name = dottedName(callee, text);
  return { kind: 'call', name, arguments: given.map((one) => convert(one, text)), field };
}

const binary = (operator: string, text: string): BinaryOperator => {
  const found = binaryOperators.find((one) => one === operator);
  if (!found) throw notSupported(text, `the operator ${operator}`);
  return found;
};
const unary = (operator: string, text: string): UnaryOperator => {
  const found = unaryOperators.find((one) => one === operator);
  if (!found) throw notSupported(text, `the operator ${operator}`);
  return found;
};

function wholeNumber(digits: string): bigint {
  const plain = digits.replaceAll('_', '');
  const value = plain.toLowerCase() === '0x' ? undefined : BigInt(plain);
  if (value === undefined) throw new ExpressionError(`"${digits}" is not a number.`);
  if (value >= 1n << 64n) throw new ExpressionError(`${digits} does not fit into 64 bits.`);
  return value;
}

function literal({ value }: jsep.Literal, text: string): boolean | string {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  throw notSupported(text, `the value ${String(value)}`);
}

/** Symbols may have dots in their names, which jsep takes for members. */
function dottedName(node: jsep.Expression, text: string): string {
  const core = node as Node;
  if (core.type === 'Identifier') return core.name;
  if (core.type !== 'MemberExpression' || core.computed) throw notSupported(text, 'a "." or brackets');
  return `${dottedName(core.object, text)}.${dottedName(core.property, text)}`;
}

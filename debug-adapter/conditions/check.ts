import { ExpressionError, type Expression, type Names, type ValueType } from './expression';

const nouns: Readonly<Record<ValueType, string>> = { number: 'a number', boolean: 'true or false', text: 'a text' };
const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=']);

/** The type of an expression; throws an ExpressionError where a name is unknown or types do not fit. */
export function check(expression: Expression, names: Names): ValueType {
  switch (expression.kind) {
    case 'constant':
      return typeof expression.value === 'bigint'
        ? 'number'
        : typeof expression.value === 'boolean'
          ? 'boolean'
          : 'text';
    case 'name':
      return checkName(expression.name, names);
    case 'call':
      return checkCall(expression, names);
    case 'unary': {
      const type = check(expression.operand, names);
      if (expression.operator === '!') return 'boolean';
      if (expression.operator === '*' && !names.doublewordAt) {
        throw new ExpressionError('Memory cannot be read in this condition, so "*" is not understood here.');
      }
      return demandNumber(type, expression.operator);
    }
    case 'binary': {
      const { operator } = expression;
      const left = check(expression.left, names);
      const right = check(expression.right, names);
      if (operator === '&&' || operator === '||') return 'boolean';
      if (!comparisons.has(operator)) {
        demandNumber(left, operator);
        return demandNumber(right, operator);
      }
      // A truth value compares with 0 and 1.
      if ((left === 'text') !== (right === 'text')) {
        throw new ExpressionError(`"${operator}" cannot compare ${nouns[left]} with ${nouns[right]}.`);
      }
      return 'boolean';
    }
  }
}

function checkCall({ name, arguments: given, field }: Expression & { kind: 'call' }, names: Names): ValueType {
  const found = names.functionNamed?.(name);
  if (!found) throw new ExpressionError(`There is no function "${name}" here.`);
  const signature = `${name}(${found.parameters.join(', ')})`;
  if (given.length !== found.parameters.length)
    throw new ExpressionError(`${signature} takes ${found.parameters.length}, not ${given.length}, in parentheses.`);
  for (const one of given) demandNumber(check(one, names), name);
  const type = Object.hasOwn(found.fields, field ?? '') ? found.fields[field ?? ''] : undefined;
  if (type) return type;
  const known = Object.keys(found.fields).filter((one) => one !== '');
  throw new ExpressionError(
    known.length === 0
      ? `${signature} has no fields.`
      : `${signature} has no "${field ?? ''}"; known are ${known.join(', ')}.`,
  );
}

function checkName(name: string, names: Names): ValueType {
  const type = names.typeOf(name);
  if (type) return type;
  const known = names.known();
  const list = known.length > 0 ? `; known are ${known.join(', ')}` : '';
  throw new ExpressionError(`There is no "${name}"${list}.`);
}

function demandNumber(type: ValueType, operator: string): ValueType {
  if (type === 'text') throw new ExpressionError(`"${operator}" needs numbers, and one side is a text.`);
  return 'number';
}

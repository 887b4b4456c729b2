/** The values of C's expressions in the stopped guest. */
import { ExpressionError } from '../conditions/expression';
import { bare, pointerTo, sizeOf, standardTypes, voidType, type CType, type Member } from '../symbols/dwarf/c-type';
import { typeName } from '../symbols/dwarf/type-name';
import { binaryResult, isTrue, locatedAt, operandOf, unaryResult, wrapped } from './arithmetic';
import type { NamesInScope } from './names-in-scope';
import type { CExpression, TypeSyntax } from './syntax';
import { computed, computedFloat, elementOf, inMemory, memberValue, valueAt, type CValue } from './value';

/** Throws an ExpressionError that names what is wrong. */
export function evaluateC(expression: CExpression, names: NamesInScope): CValue {
  const { state } = names;
  const evaluate = (inner: CExpression): CValue => evaluateC(inner, names);
  const operand = (inner: CExpression) => operandOf(evaluate(inner), textOf(inner));
  switch (expression.kind) {
    case 'number':
      return computed(literalType(expression), expression.value, state);
    case 'float':
      return computedFloat(standardTypes.double, expression.value, state);
    case 'character':
      return computed(standardTypes.int, expression.value, state);
    case 'name':
      return names.value(expression.name) ?? fail(`There is no "${expression.name}" here.`);
    case 'register':
      return names.register(expression.name) ?? fail(`There is no register "${expression.name}".`);
    case 'unary':
      if (expression.operator === '&') return addressResult(evaluate(expression.operand), textOf(expression.operand));
      if (expression.operator === '*') return pointedTo(evaluate(expression.operand), textOf(expression.operand));
      return unaryResult(expression.operator, operand(expression.operand));
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === '&&' || operator === '||') {
        const decides = isTrue(operand(left)) === (operator === '||');
        const holds = decides ? operator === '||' : isTrue(operand(right));
        return computed(standardTypes.int, holds ? 1n : 0n, state);
      }
      return binaryResult(operator, operand(left), operand(right));
    }
    case 'condition':
      return evaluate(isTrue(operand(expression.test)) ? expression.yes : expression.no);
    case 'member':
      return memberOf(evaluate(expression.object), expression.name, textOf(expression.object));
    case 'index': {
      const { index, object } = expression;
      const { number } = operand(index);
      if (typeof number !== 'bigint') return fail(`${textOf(index)} is no whole number.`);
      return indexed(evaluate(object), number, textOf(object));
    }
    case 'cast':
      return castTo(typeOf(expression.type, names), evaluate(expression.operand), textOf(expression.operand));
    case 'size-of':
      return sizeResult(expression.of, names);
  }
}

function fail(problem: string): never {
  throw new ExpressionError(problem);
}

/** The first of C's types that holds a constant (C17, 6.4.4.1). */
function literalType({ value, isUnsigned, isLong }: Extract<CExpression, { kind: 'number' }>): CType {
  if (value >= 1n << 63n) return standardTypes.unsignedLong;
  if (isUnsigned) return isLong || value >= 1n << 32n ? standardTypes.unsignedLong : standardTypes.unsignedInt;
  return isLong || value >= 1n << 31n ? standardTypes.long : standardTypes.int;
}

function addressResult(value: CValue, text: string): CValue {
  if (value.bitField) return fail(`${text} is a bit field, which has no address.`);
  return computed(pointerTo(value.type), locatedAt(value, text), value.frame);
}

function pointedTo(value: CValue, text: string): CValue {
  const actual = bare(value.type);
  if (actual.kind === 'function') return value;
  const [piece] = value.location;
  if (actual.kind === 'pointer' && piece?.place.kind === 'implicit-pointer') {
    const { target, offset } = piece.place;
    if (!target || offset !== 0n) return fail(`What ${text} pointed to is optimized out.`);
    return valueAt(actual.target(), value.frame.locationOf(target), value.frame);
  }
  const { type, number, frame } = operandOf(value, text);
  const pointer = bare(type);
  if (typeof number !== 'bigint') return fail(`${text} is no address.`);
  // A register, or a number: the doubleword there.
  if (pointer.kind !== 'pointer') return inMemory(standardTypes.unsignedLong, number, frame);
  const target = pointer.target();
  const kind = bare(target);
  if (kind.kind !== 'function' && sizeOf(target) === undefined && kind.kind !== 'array') {
    return fail(`${text} points to ${typeName(target)}, of which nothing is known; cast it first.`);
  }
  return inMemory(target, number, frame);
}

function indexed(value: CValue, index: bigint, text: string): CValue {
  const actual = bare(value.type);
  if (actual.kind === 'array') return elementOf(value, actual.element(), Number(index));
  if (actual.kind !== 'pointer') return fail(`${text} is neither an array nor a pointer.`);
  const size = BigInt(
    sizeOf(actual.target()) ?? fail(`${text} points to ${typeName(actual.target())}, which has no size.`),
  );
  const { number, frame } = operandOf(value, text);
  return inMemory(actual.target(), BigInt(number) + index * size, frame);
}

/** The "." and "->" of C, which a person may mix up. */
function memberOf(object: CValue, name: string, text: string): CValue {
  const value = bare(object.type).kind === 'pointer' ? pointedTo(object, text) : object;
  const found = findMember(value, name);
  return found ?? fail(`${text} is of type ${typeName(value.type)}, which has no member "${name}".`);
}
/** Members of anonymous structs and unions count as those of what they stand in. */
function findMember(value: CValue, name: string): CValue | undefined {
  const actual = bare(value.type);
  if (actual.kind !== 'struct' && actual.kind !== 'union') return undefined;
  const members: readonly Member[] = actual.members();
  const own = members.find((member) => member.name === name);
  if (own) return memberValue(value, own);
  for (const member of members) {
    const inner = member.name === undefined ? findMember(memberValue(value, member), name) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

function castTo(type: CType, value: CValue, text: string): CValue {
  const actual = bare(type);
  if (actual.kind === 'struct' || actual.kind === 'union' || actual.kind === 'array') {
    // Looking at the same memory in another way, which C does not have and people want.
    return inMemory(type, locatedAt(value, text), value.frame);
  }
  if (actual.kind === 'void' || actual.kind === 'function') return fail(`${text} cannot be cast to ${typeName(type)}.`);
  const { number, frame } = operandOf(value, text);
  if (actual.kind === 'number' && actual.as === 'float') return computedFloat(type, Number(number), frame);
  return wrapped(type, typeof number === 'bigint' ? number : BigInt(Math.trunc(number)), frame);
}

function sizeResult(of: TypeSyntax | CExpression, names: NamesInScope): CValue {
  const type = of.kind === 'type' ? typeOf(of, names) : evaluateC(of, names).type;
  const size = sizeOf(type) ?? fail(`The type ${typeName(type)} has no size that is known.`);
  return computed(standardTypes.unsignedLong, BigInt(size), names.state);
}

function typeOf({ base, pointers, counts }: TypeSyntax, names: NamesInScope): CType {
  let type = baseType(base, names);
  for (let level = 0; level < pointers; level++) type = pointerTo(type);
  for (const count of [...counts].reverse()) {
    const element = type;
    type = { kind: 'array', element: () => element, count };
  }
  return type;
}

function baseType(base: TypeSyntax['base'], names: NamesInScope): CType {
  switch (base.kind) {
    case 'tagged':
      return names.tagged(base.tag, base.name) ?? fail(`There is no "${base.tag} ${base.name}".`);
    case 'name':
      return names.type(base.name) ?? fail(`There is no type "${base.name}".`);
    case 'words':
      return standardType(base.words);
  }
}

/** The words may come in any order. */
function standardType(words: readonly string[]): CType {
  const has = (word: string): boolean => words.includes(word);
  const pick = (signed: CType, unsigned: CType): CType => (has('unsigned') ? unsigned : signed);
  if (has('void')) return voidType;
  if (has('_Bool') || has('bool')) return standardTypes.bool;
  if (has('float')) return standardTypes.float;
  if (has('double')) return standardTypes.double;
  if (has('char')) return has('signed') ? standardTypes.signedChar : standardTypes.char;
  if (has('short')) return pick(standardTypes.short, standardTypes.unsignedShort);
  if (words.filter((word) => word === 'long').length > 1) {
    return pick(standardTypes.longLong, standardTypes.unsignedLongLong);
  }
  if (has('long')) return pick(standardTypes.long, standardTypes.unsignedLong);
  return pick(standardTypes.int, standardTypes.unsignedInt);
}

/** An expression as a person would write it, for messages. */
function textOf(expression: CExpression): string {
  switch (expression.kind) {
    case 'number':
    case 'float':
    case 'character':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'register':
      return `$${expression.name}`;
    case 'unary':
      return `${expression.operator}${textOf(expression.operand)}`;
    case 'binary':
      return `(${textOf(expression.left)} ${expression.operator} ${textOf(expression.right)})`;
    case 'member':
      return `${textOf(expression.object)}${expression.isArrow ? '->' : '.'}${expression.name}`;
    case 'index':
      return `${textOf(expression.object)}[${textOf(expression.index)}]`;
    case 'cast':
    case 'condition':
    case 'size-of':
      return 'the value';
  }
}

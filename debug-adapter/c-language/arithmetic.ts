/** Arithmetic of C: integer promotions, the usual conversions, pointers, floating point (C17, 6.3.1 and 6.5). */
import { ExpressionError } from '../conditions/expression';
import { bare, pointerTo, sizeOf, standardTypes, type CType } from '../symbols/dwarf/c-type';
import type { FrameState } from '../symbols/dwarf/evaluate';
import { typeName } from '../symbols/dwarf/type-name';
import type { BinaryOperator } from './syntax';
import { addressOf, computed, computedFloat, isSigned, numberOf, type CValue } from './value';
import { absenceText } from './value-text';

/** A value as what it counts for in an expression: arrays and functions as their addresses. */
export interface Operand {
  readonly type: CType;
  readonly number: bigint | number;
  readonly frame: FrameState;
}

export function operandOf(value: CValue, text: string): Operand {
  const actual = bare(value.type);
  const { frame } = value;
  switch (actual.kind) {
    case 'array':
      return { type: pointerTo(actual.element()), number: locatedAt(value, text), frame };
    case 'function':
      return { type: pointerTo(value.type), number: locatedAt(value, text), frame };
    case 'struct':
    case 'union':
    case 'void':
      throw new ExpressionError(`${text} is of type ${typeName(value.type)}, which is no number.`);
    case 'number':
    case 'enum':
    case 'pointer': {
      const number = numberOf(value);
      if (typeof number === 'object') throw new ExpressionError(`${text} is ${absenceText(number).slice(1, -1)}.`);
      return { type: value.bitField ? fieldType(value) : value.type, number, frame };
    }
  }
}
/** A narrow field counts as an int, whatever it was declared as. */
const fieldType = ({ bitField, type }: CValue): CType => ((bitField?.size ?? 64) < 32 ? standardTypes.int : type);

export function locatedAt(value: CValue, text: string): bigint {
  const address = addressOf(value);
  if (address === undefined) throw new ExpressionError(`${text} is not in memory, so it has no address.`);
  return address;
}

const isFloat = ({ number }: Operand): boolean => typeof number === 'number';
const isPointer = ({ type }: Operand): boolean => bare(type).kind === 'pointer';

/** After promotion: int or wider. */
function promoted({ type }: Operand): CType {
  const size = sizeOf(type) ?? 8;
  if (size < 4) return standardTypes.int;
  const actual = bare(type);
  if (actual.kind === 'enum') return isSigned(type) ? standardTypes.int : standardTypes.unsignedInt;
  return actual.kind === 'number' && actual.as === 'boolean' ? standardTypes.int : type;
}
/** The type that both sides of an operator are converted to. */
function common(left: Operand, right: Operand): CType {
  const [a, b] = [promoted(left), promoted(right)];
  const [sizeA, sizeB] = [sizeOf(a) ?? 8, sizeOf(b) ?? 8];
  if (sizeA !== sizeB) return sizeA > sizeB ? a : b;
  return isSigned(a) ? b : a;
}

/** A whole number in a type: cut to its width, with its sign. */
export function wrapped(type: CType, value: bigint, frame: FrameState): CValue {
  const actual = bare(type);
  if (actual.kind === 'number' && actual.as === 'boolean') return computed(type, value === 0n ? 0n : 1n, frame);
  const width = 8 * (sizeOf(type) ?? 8);
  return computed(type, isSigned(type) ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value), frame);
}
const truth = (holds: boolean, frame: FrameState): CValue => computed(standardTypes.int, holds ? 1n : 0n, frame);
export const isTrue = ({ number }: Operand): boolean => Boolean(number);

export function unaryResult(operator: '+' | '-' | '~' | '!', operand: Operand): CValue {
  const { number, frame } = operand;
  if (operator === '!') return truth(!isTrue(operand), frame);
  if (typeof number === 'number') {
    if (operator === '~') throw new ExpressionError('"~" needs a whole number.');
    return computedFloat(operand.type, operator === '-' ? -number : number, frame);
  }
  const value = operator === '-' ? -number : operator === '~' ? ~number : number;
  return wrapped(promoted(operand), value, frame);
}

export function binaryResult(operator: Exclude<BinaryOperator, '&&' | '||'>, left: Operand, right: Operand): CValue {
  if (isPointer(left) || isPointer(right)) return pointerResult(operator, left, right);
  if (isFloat(left) || isFloat(right)) return floatResult(operator, left, right);
  return wholeResult(operator, left, right);
}

function compared(operator: BinaryOperator, a: bigint | number, b: bigint | number): boolean | undefined {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '||':
    case '&&':
    case '|':
    case '^':
    case '&':
    case '<<':
    case '>>':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return undefined;
  }
}

function wholeResult(operator: BinaryOperator, left: Operand, right: Operand): CValue {
  const { frame } = left;
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? promoted(left) : common(left, right);
  const width = 8 * (sizeOf(type) ?? 8);
  const as = (number: bigint): bigint =>
    isSigned(type) ? BigInt.asIntN(width, number) : BigInt.asUintN(width, number);
  const [a, b] = [as(BigInt(left.number)), isShift ? BigInt(right.number) : as(BigInt(right.number))];
  const holds = compared(operator, a, b);
  return holds === undefined ? wrapped(type, arithmetic(operator, a, b), frame) : truth(holds, frame);
}

function arithmetic(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionError('This divides by zero.');
      return operator === '/' ? a / b : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
    case '>>':
      if (b < 0n || b > 63n) throw new ExpressionError(`A shift by ${b} is not defined.`);
      return operator === '<<' ? a << b : a >> b;
    case '==':
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
    case '&&':
    case '||':
      throw new ExpressionError(`"${operator}" is not arithmetic.`);
  }
}

function floatResult(operator: BinaryOperator, left: Operand, right: Operand): CValue {
  const [a, b] = [Number(left.number), Number(right.number)];
  const holds = compared(operator, a, b);
  if (holds !== undefined) return truth(holds, left.frame);
  const results: Partial<Record<BinaryOperator, number>> = { '+': a + b, '-': a - b, '*': a * b, '/': a / b };
  const result = results[operator];
  if (result === undefined) throw new ExpressionError(`"${operator}" needs whole numbers.`);
  const isNarrow = [left, right].every((one) => !isFloat(one) || sizeOf(one.type) === 4);
  return computedFloat(isNarrow ? standardTypes.float : standardTypes.double, result, left.frame);
}

function pointerResult(operator: BinaryOperator, left: Operand, right: Operand): CValue {
  const { frame } = left;
  const bits = (operand: Operand): bigint => {
    if (typeof operand.number === 'number') throw new ExpressionError(`"${operator}" needs whole numbers.`);
    return BigInt.asUintN(64, operand.number);
  };
  const [a, b] = [bits(left), bits(right)];
  const holds = compared(operator, a, b);
  if (holds !== undefined) return truth(holds, frame);
  if (operator === '-' && isPointer(left) && isPointer(right)) {
    return computed(standardTypes.long, BigInt.asIntN(64, a - b) / elementSize(left), frame);
  }
  if (operator === '+' && isPointer(left) !== isPointer(right)) {
    const [pointer, distance] = isPointer(left) ? [left, right] : [right, left];
    return computed(pointer.type, bits(pointer) + BigInt(distance.number) * elementSize(pointer), frame);
  }
  if (operator === '-' && isPointer(left))
    return computed(left.type, a - BigInt(right.number) * elementSize(left), frame);
  throw new ExpressionError(`"${operator}" cannot be applied to a pointer.`);
}
/** Of void and of functions it is 1, as gcc has it. */
function elementSize({ type }: Operand): bigint {
  const actual = bare(type);
  return BigInt((actual.kind === 'pointer' ? sizeOf(actual.target()) : undefined) ?? 1) || 1n;
}

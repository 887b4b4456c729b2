/** The typed values on the stack of a DWARF expression (DWARF 5, section 2.5.1), and arithmetic on them. */
import { attribute, encoding } from './constants';
import type { Entry } from './entry';
import { operation } from './operation';

export interface StackType {
  /** In bytes. */
  readonly size: number;
  readonly isFloat: boolean;
  readonly isSigned: boolean;
}
/** As wide as an address, and of either sign, as an operation has it. */
export const generic: StackType = { size: 8, isFloat: false, isSigned: true };

export interface StackValue {
  /** As an unsigned number of the type's size. */
  readonly bits: bigint;
  readonly type: StackType;
}

const MAXIMUM_SIZE = 16;

/** The type that an entry of a base type stands for; undefined when it cannot be computed with. */
export function stackType(entry: Entry | undefined): StackType | undefined {
  const size = Number(entry?.constant(attribute.BYTE_SIZE) ?? 0n);
  if (size <= 0 || size > MAXIMUM_SIZE) return undefined;
  const code = Number(entry?.constant(attribute.ENCODING) ?? 0n);
  const isFloat = code === encoding.FLOAT;
  if (isFloat && size !== 4 && size !== 8) return undefined;
  return { size, isFloat, isSigned: code === encoding.SIGNED || code === encoding.SIGNED_CHAR };
}

const width = ({ size }: StackType): number => 8 * size;
export const stackValue = (value: bigint, type = generic): StackValue => ({
  bits: BigInt.asUintN(width(type), value),
  type,
});
const signed = ({ bits, type }: StackValue): bigint => BigInt.asIntN(width(type), bits);
/** As the type has it: signed or not. */
const whole = (value: StackValue): bigint => (value.type.isSigned ? signed(value) : value.bits);

const scratch = new DataView(new ArrayBuffer(8));
export function floatOf(bits: bigint, size: number): number {
  scratch.setBigUint64(0, size === 4 ? bits << 32n : bits);
  return size === 4 ? scratch.getFloat32(0) : scratch.getFloat64(0);
}
export function bitsOfFloat(value: number, size: number): bigint {
  if (size === 4) scratch.setFloat32(0, value);
  else scratch.setFloat64(0, value);
  return size === 4 ? BigInt(scratch.getUint32(0)) : scratch.getBigUint64(0);
}
const float = ({ bits, type }: StackValue): number => floatOf(bits, type.size);

/** DW_OP_convert: the same number in another type. */
export function converted(value: StackValue, type: StackType): StackValue {
  if (value.type.isFloat && type.isFloat) return { bits: bitsOfFloat(float(value), type.size), type };
  if (type.isFloat) return { bits: bitsOfFloat(Number(whole(value)), type.size), type };
  if (!value.type.isFloat) return stackValue(whole(value), type);
  const number = float(value);
  return stackValue(Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n, type);
}

/** The result of an operation with two operands; undefined where there is none. */
export function binary(code: number, left: StackValue, right: StackValue): StackValue | undefined {
  return left.type.isFloat ? floatBinary(code, left, right) : wholeBinary(code, left, right);
}

const truth = (holds: boolean): StackValue => stackValue(holds ? 1n : 0n);

function floatBinary(code: number, left: StackValue, right: StackValue): StackValue | undefined {
  const [a, b] = [float(left), float(right)];
  const made = (value: number): StackValue => ({ bits: bitsOfFloat(value, left.type.size), type: left.type });
  switch (code) {
    case operation.PLUS:
      return made(a + b);
    case operation.MINUS:
      return made(a - b);
    case operation.MUL:
      return made(a * b);
    case operation.DIV:
      return made(a / b);
    default:
      return compared(code, a, b);
  }
}

function compared(code: number, a: number | bigint, b: number | bigint): StackValue | undefined {
  switch (code) {
    case operation.EQ:
      return truth(a === b);
    case operation.NE:
      return truth(a !== b);
    case operation.LT:
      return truth(a < b);
    case operation.LE:
      return truth(a <= b);
    case operation.GT:
      return truth(a > b);
    case operation.GE:
      return truth(a >= b);
    default:
      return undefined;
  }
}

function wholeBinary(code: number, left: StackValue, right: StackValue): StackValue | undefined {
  const { type } = left;
  const made = (value: bigint): StackValue => stackValue(value, type);
  const [a, b] = [whole(left), whole(right)];
  // A shift by as much as the width or more leaves nothing, or nothing but the sign.
  const distance = right.bits > BigInt(width(type)) ? BigInt(width(type)) : right.bits;
  switch (code) {
    case operation.AND:
      return made(left.bits & right.bits);
    case operation.OR:
      return made(left.bits | right.bits);
    case operation.XOR:
      return made(left.bits ^ right.bits);
    case operation.PLUS:
      return made(left.bits + right.bits);
    case operation.MINUS:
      return made(left.bits - right.bits);
    case operation.MUL:
      return made(left.bits * right.bits);
    case operation.DIV:
      return b === 0n ? undefined : made(a / b);
    case operation.MOD:
      // Of generic values it is unsigned, though their quotient is not (DWARF 5, section 2.5.1.4).
      if (right.bits === 0n) return undefined;
      return type === generic ? made(left.bits % right.bits) : made(a % b);
    case operation.SHL:
      return made(left.bits << distance);
    case operation.SHR:
      return made(left.bits >> distance);
    case operation.SHRA:
      return made(signed(left) >> distance);
    default:
      return compared(code, a, b);
  }
}

export function unary(code: number, value: StackValue): StackValue | undefined {
  const { type } = value;
  if (type.isFloat) {
    const number = float(value);
    const result = code === operation.NEG ? -number : code === operation.ABS ? Math.abs(number) : undefined;
    return result === undefined ? undefined : { bits: bitsOfFloat(result, type.size), type };
  }
  const number = whole(value);
  switch (code) {
    case operation.NEG:
      return stackValue(-number, type);
    case operation.NOT:
      return stackValue(~number, type);
    case operation.ABS:
      return stackValue(number < 0n ? -number : number, type);
    default:
      return undefined;
  }
}

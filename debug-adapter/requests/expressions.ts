/** Expressions that a person types where a value is wanted. */
import { check } from '../conditions/check';
import { evaluate } from '../conditions/evaluate';
import { ExpressionError, type Value } from '../conditions/expression';
import { parseExpression } from '../conditions/parse';
import { errors } from '../errors';
import type { VcpuOfGuest } from '../session/guest';
import { namesOf } from '../session/names';

/** The value of an expression over registers, symbols and memory. */
export function valueOf(of: VcpuOfGuest, text: string): Value {
  try {
    const names = namesOf(of);
    const expression = parseExpression(text);
    check(expression, names);
    const value = evaluate(expression, names);
    if (value === undefined) throw errors.badExpression(`"${text}" reads memory that is not mapped.`);
    return value;
  } catch (error) {
    if (error instanceof ExpressionError) throw errors.badExpression(error.message);
    throw error;
  }
}

/** The same as a number of 64 bits. */
export function numberFrom(of: VcpuOfGuest, text: string): bigint {
  const value = valueOf(of, text);
  if (typeof value === 'string') throw errors.badValue(text, 'a number');
  return BigInt(value);
}

/** An address in DAP's memory references, or as a person types one. */
export function parseAddress(text: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text.trim())) throw errors.badAddress(text);
  const address = BigInt(text.trim());
  if (address >= 1n << 64n) throw errors.badAddress(text);
  return address;
}

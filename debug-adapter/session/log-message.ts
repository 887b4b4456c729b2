import { check } from '../conditions/check';
import { evaluate } from '../conditions/evaluate';
import type { Names } from '../conditions/expression';
import { parseExpression } from '../conditions/parse';
import { hexadecimal } from '../../emulator/index';

/** Makes the text of a log point. */
export type LogMessage = (names: Names) => string;

/** Reads a log point's message, in which expressions stand in braces; throws an ExpressionError. */
export function logMessage(text: string, checkedWith: Names): LogMessage {
  const parts = text.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return () => part;
    const expression = parseExpression(part);
    check(expression, checkedWith);
    return (names: Names) => {
      const value = evaluate(expression, names);
      return value === undefined ? '(unreadable)' : typeof value === 'bigint' ? hexadecimal(value) : String(value);
    };
  });
  return (names) => parts.map((part) => part(names)).join('');
}

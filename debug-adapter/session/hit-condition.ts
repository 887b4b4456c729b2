import { ExpressionError } from '../conditions/expression';

const pattern = /^\s*(==|>=|<=|>|<|%)?\s*(\d{1,15})\s*$/;

/** Reads a hit count such as "5", ">= 5" or "% 5"; "5" alone stops at the fifth hit. */
export function hitCondition(text: string): (hits: number) => boolean {
  const [, operator = '==', digits] = pattern.exec(text) ?? [];
  if (digits === undefined) {
    throw new ExpressionError(`"${text}" is not a hit count such as 5, >= 5 or % 5.`);
  }
  const count = Number(digits);
  if (operator === '%' && count === 0) throw new ExpressionError('A hit count cannot be a multiple of 0.');
  const judges: Readonly<Record<string, (hits: number) => boolean>> = {
    '==': (hits) => hits === count,
    '>=': (hits) => hits >= count,
    '<=': (hits) => hits <= count,
    '>': (hits) => hits > count,
    '<': (hits) => hits < count,
    '%': (hits) => hits % count === 0,
  };
  return judges[operator] ?? (() => false);
}

/** Expressions that are about the program's source: the door between C and the language of watches and conditions. */
import type { Condition } from '../conditions/condition';
import { ExpressionError } from '../conditions/expression';
import type { SourceFrame } from '../session/call-stack';
import type { VcpuOfGuest } from '../session/guest';
import { registerNamed } from '../session/register-names';
import { innermostSourceFrame } from '../session/source-frame';
import { isTrue, operandOf } from './arithmetic';
import { evaluateC } from './evaluate';
import { NamesInScope, type Reach } from './names-in-scope';
import { parseC } from './parse';
import type { CExpression } from './syntax';
import type { CValue } from './value';

/** The value of an expression of C; undefined when nothing in it is of the source. Throws an ExpressionError. */
export function sourceValue(
  of: VcpuOfGuest,
  frame: SourceFrame | undefined,
  text: string,
  reach: Reach = 'program',
): CValue | undefined {
  const names = new NamesInScope(of, frame, reach);
  const expression = parsed(text, names);
  return expression && isAboutSource(expression, names) ? evaluateC(expression, names) : undefined;
}

/** Undefined for what is no expression of C: it may be one of the other language. */
function parsed(text: string, names: NamesInScope): CExpression | undefined {
  try {
    return parseC(text, (name) => names.type(name) !== undefined);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** Whether it names something of the source, or says what only C has a word for. */
function isAboutSource(expression: CExpression, names: NamesInScope): boolean {
  const isAbout = (inner: CExpression): boolean => isAboutSource(inner, names);
  switch (expression.kind) {
    case 'name':
      return names.fromSource(expression.name) !== undefined;
    case 'number':
    case 'float':
    case 'character':
      return false;
    case 'unary':
      return expression.operator === '&' || isAbout(expression.operand);
    case 'binary':
      return isAbout(expression.left) || isAbout(expression.right);
    case 'condition':
      return isAbout(expression.test) || isAbout(expression.yes) || isAbout(expression.no);
    case 'member':
      return expression.isArrow || isAbout(expression.object);
    case 'register':
    case 'index':
    case 'cast':
    case 'size-of':
      return true;
  }
}

/**
 * A breakpoint's condition in C, checked at the frame that the guest stands in when it comes to the breakpoint;
 * undefined when nothing in it is of the source. `address` is where the breakpoint is.
 */
export function sourceCondition(of: VcpuOfGuest, text: string, address: bigint): Condition<VcpuOfGuest> | undefined {
  const names = new NamesInScope(of, innermostSourceFrame(of, address), 'program');
  const expression = parsed(text, names);
  if (!expression || !isAboutSource(expression, names)) return undefined;
  checkNames(expression, names);
  return {
    text,
    holds(now) {
      try {
        const here = new NamesInScope(now, innermostSourceFrame(now), 'program');
        return isTrue(operandOf(evaluateC(expression, here), 'the condition'));
      } catch (error) {
        // What cannot be seen this time does not hold.
        if (error instanceof ExpressionError) return false;
        throw error;
      }
    },
  };
}

/** A name that is nothing is told when the breakpoint is set, and not when the guest comes there. */
function checkNames(expression: CExpression, names: NamesInScope): void {
  const check = (inner: CExpression): void => checkNames(inner, names);
  switch (expression.kind) {
    case 'name':
      if (names.value(expression.name)) return;
      throw new ExpressionError(`There is no "${expression.name}" here.`);
    case 'register':
      if (registerNamed(expression.name)) return;
      throw new ExpressionError(`There is no register "${expression.name}".`);
    case 'unary':
    case 'cast':
      return check(expression.operand);
    case 'binary':
      check(expression.left);
      return check(expression.right);
    case 'condition':
      check(expression.test);
      check(expression.yes);
      return check(expression.no);
    case 'member':
      return check(expression.object);
    case 'index':
      check(expression.object);
      return check(expression.index);
    case 'number':
    case 'float':
    case 'character':
    case 'size-of':
      return;
  }
}

/** The two sides of an assignment, which no expression of C here is; undefined for anything else. */
export function assignmentIn(text: string): { readonly to: string; readonly value: string } | undefined {
  const [, to, value] = /^((?:[^=!<>]|->|<<|>>)+?)\s*=(?!=)\s*(.+)$/s.exec(text) ?? [];
  return to === undefined || value === undefined ? undefined : { to: to.trim(), value: value.trim() };
}

/** Expressions of C in requests: their values, and setting what they name. */
import { memoryReferenceText } from '../session/addresses';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { operandOf } from '../c-language/arithmetic';
import { setValue } from '../c-language/set-value';
import { sourceValue } from '../c-language/source-expression';
import type { CValue } from '../c-language/value';
import { ExpressionError } from '../conditions/expression';
import { errors } from '../errors';
import type { SourceFrame } from '../session/call-stack';
import type { VcpuOfGuest } from '../session/guest';
import type { NamedValue } from '../variables/named-value';
import { valueNode } from '../variables/source-variables';
import type { Context } from './context';
import { numberFrom } from './expressions';
import { stateChanged } from './memory';

/** What a request's text is about. */
export interface SourceContext {
  readonly context: Context;
  readonly of: VcpuOfGuest;
  readonly frameId: number | undefined;
  /** DAP's "hover", "watch", "repl" and so on. */
  readonly where?: string | undefined;
}

/** An expression of C as a variable; undefined when it is not about the source. */
export function sourceNode(about: SourceContext, text: string): NamedValue | undefined {
  const value = valueIn(about, text);
  return value && valueNode(about.of, text, text, value);
}

/** Puts the value of an expression into what another one names; false when that is not about the source. */
export function assignSource(about: SourceContext, to: string, text: string): boolean {
  const value = valueIn(about, to);
  if (!value) return false;
  about.context.requireStopped('evaluate');
  setValue(about.of, value, numberIn(about, text));
  stateChanged(about.context);
  return true;
}

/** The number that an expression of either language stands for. */
export function numberIn(about: SourceContext, text: string): bigint {
  const value = valueIn(about, text);
  if (!value) return numberFrom(about.of, text);
  const { number } = asErrors(() => operandOf(value, text));
  if (typeof number !== 'bigint') throw errors.badValue(text, 'a whole number');
  return number;
}

function valueIn(about: SourceContext, text: string): CValue | undefined {
  const { of, where } = about;
  // A hover is over any word, and must not begin a search through all units for it.
  return asErrors(() => sourceValue(of, frameOf(about), text, where === 'hover' ? 'unit' : 'program'));
}

/** The frame that a client has selected; of a level that holds an access, the one that made it. */
function frameOf({ context, of, frameId }: SourceContext): SourceFrame | undefined {
  const selected = frameId === undefined ? undefined : context.frame(frameId);
  const frame = selected?.kind === 'guest' ? selected : context.framesOf(of).find(({ kind }) => kind === 'guest');
  return frame?.kind === 'guest' ? frame.sourceFrame : undefined;
}

function asErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionError) throw errors.badExpression(error.message);
    throw error;
  }
}

/** A variable as the answer to an evaluate request. */
export const resultFields = (
  { value, type, memoryReference, indexed }: NamedValue,
  variablesReference: number,
): Dap.EvaluateResponse['body'] => ({
  result: value,
  variablesReference,
  ...(type === undefined ? {} : { type }),
  ...(indexed ? { indexedVariables: indexed.count } : {}),
  ...(memoryReference === undefined ? {} : { memoryReference: memoryReferenceText(memoryReference) }),
});

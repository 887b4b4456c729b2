import { attach, configurationDone, disconnect, initialize, launch, restart, terminate } from './lifecycle';
import { completions, evaluate, setExpression } from './evaluate';
import { continueRun, next, pause, stepIn, stepOut } from './execution';
import { disassemble } from './disassemble';
import { exceptionInfo } from './exception-info';
import { readMemory, writeMemory } from './memory';
import type { Request, RequestName } from './request';
import { scopes, stackTrace, threads } from './threads-and-stack';
import {
  setBreakpoints,
  setExceptionBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
} from './breakpoints';
import { setVariable, variables } from './variables';

/** Every request that is answered. Adding one touches this table, its types in request.ts, and its handler. */
export const requestTable: { readonly [K in RequestName]: Request<K> } = {
  initialize,
  launch,
  attach,
  configurationDone,
  restart,
  disconnect,
  terminate,
  threads,
  stackTrace,
  scopes,
  variables,
  setVariable,
  setExpression,
  evaluate,
  completions,
  continue: continueRun,
  pause,
  next,
  stepIn,
  stepOut,
  setBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
  setExceptionBreakpoints,
  exceptionInfo,
  readMemory,
  writeMemory,
  disassemble,
};

import { attach, configurationDone, disconnect, initialize, launch, restart, terminate } from './lifecycle';
import { completions, evaluate, setExpression } from './evaluate';
import { continueRun, next, pause, stepIn, stepOut } from './execution';
import { disassemble } from './disassemble';
import { exceptionInfo } from './exception-info';
import { guestState, logEvents, supplyMmioData, typeOnConsole } from './guest-state';
import { dataBreakpointInfo, setDataBreakpoints } from './data-breakpoints';
import { goTo, gotoTargets } from './goto';
import { cancel } from './cancel';
import { loadedSources, locations, modules, source } from './sources';
import { readMemory, writeMemory } from './memory';
import { pageTable, pageTableEntries } from './page-table-data';
import type { Request, RequestName } from './request';
import { scopes, stackTrace, threads } from './threads-and-stack';
import {
  breakpointLocations,
  setBreakpoints,
  setExceptionBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
} from './breakpoints';
import { translate } from './translate';
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
  setDataBreakpoints,
  dataBreakpointInfo,
  breakpointLocations,
  gotoTargets,
  goto: goTo,
  cancel,
  modules,
  loadedSources,
  source,
  locations,
  exceptionInfo,
  readMemory,
  writeMemory,
  disassemble,
  'key31/state': guestState,
  'key31/pageTable': pageTable,
  'key31/pageTableEntries': pageTableEntries,
  'key31/translate': translate,
  'key31/supplyMmioData': supplyMmioData,
  'key31/logEvents': logEvents,
  'key31/type': typeOnConsole,
};

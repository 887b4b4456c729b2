import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { CustomRequests } from '../custom-protocol';
import type { Context } from './context';
import type { Shape } from './shape';

/** The requests that are answered: arguments and the body of the response. */
export interface Requests extends CustomRequests {
  initialize: [Dap.InitializeRequestArguments, Dap.Capabilities];
  launch: [unknown, undefined];
  attach: [unknown, undefined];
  configurationDone: [unknown, undefined];
  restart: [{ arguments?: unknown }, undefined];
  disconnect: [unknown, undefined];
  terminate: [unknown, undefined];
  threads: [unknown, Dap.ThreadsResponse['body']];
  stackTrace: [Dap.StackTraceArguments, Dap.StackTraceResponse['body']];
  scopes: [Dap.ScopesArguments, Dap.ScopesResponse['body']];
  variables: [Dap.VariablesArguments, Dap.VariablesResponse['body']];
  setVariable: [Dap.SetVariableArguments, Dap.SetVariableResponse['body']];
  setExpression: [Dap.SetExpressionArguments, Dap.SetExpressionResponse['body']];
  evaluate: [Dap.EvaluateArguments, Dap.EvaluateResponse['body']];
  completions: [Dap.CompletionsArguments, Dap.CompletionsResponse['body']];
  continue: [Dap.ContinueArguments, Dap.ContinueResponse['body']];
  pause: [Dap.PauseArguments, undefined];
  next: [Dap.NextArguments, undefined];
  stepIn: [Dap.StepInArguments, undefined];
  stepOut: [Dap.StepOutArguments, undefined];
  setBreakpoints: [Dap.SetBreakpointsArguments, Dap.SetBreakpointsResponse['body']];
  setFunctionBreakpoints: [Dap.SetFunctionBreakpointsArguments, Dap.SetFunctionBreakpointsResponse['body']];
  setInstructionBreakpoints: [Dap.SetInstructionBreakpointsArguments, Dap.SetInstructionBreakpointsResponse['body']];
  setExceptionBreakpoints: [
    Dap.SetExceptionBreakpointsArguments,
    NonNullable<Dap.SetExceptionBreakpointsResponse['body']>,
  ];
  setDataBreakpoints: [Dap.SetDataBreakpointsArguments, Dap.SetDataBreakpointsResponse['body']];
  dataBreakpointInfo: [Dap.DataBreakpointInfoArguments, Dap.DataBreakpointInfoResponse['body']];
  breakpointLocations: [Dap.BreakpointLocationsArguments, NonNullable<Dap.BreakpointLocationsResponse['body']>];
  gotoTargets: [Dap.GotoTargetsArguments, Dap.GotoTargetsResponse['body']];
  goto: [Dap.GotoArguments, undefined];
  cancel: [Dap.CancelArguments, undefined];
  modules: [Dap.ModulesArguments, Dap.ModulesResponse['body']];
  loadedSources: [Dap.LoadedSourcesArguments, Dap.LoadedSourcesResponse['body']];
  source: [Dap.SourceArguments, Dap.SourceResponse['body']];
  locations: [Dap.LocationsArguments, NonNullable<Dap.LocationsResponse['body']>];
  exceptionInfo: [Dap.ExceptionInfoArguments, Dap.ExceptionInfoResponse['body']];
  readMemory: [Dap.ReadMemoryArguments, Dap.ReadMemoryResponse['body']];
  writeMemory: [Dap.WriteMemoryArguments, Dap.WriteMemoryResponse['body']];
  disassemble: [Dap.DisassembleArguments, NonNullable<Dap.DisassembleResponse['body']>];
}
export type RequestName = keyof Requests;

/** How one request is answered. */
export interface Request<K extends RequestName> {
  /** What the arguments must look like; they are checked before the handler sees them. */
  readonly shape: Shape;
  /** Refused while the guest runs, and before it is launched. */
  readonly needsStop?: true;
  readonly handle: (context: Context, args: Requests[K][0]) => Requests[K][1];
}

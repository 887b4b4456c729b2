/**
 * Which type of the Debug Adapter Protocol a message must have, by the command that it answers or the event that it
 * tells of. A JSON schema is made of these types.
 */
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { ConsoleEventBody, CustomRequests } from '../../debug-adapter/custom-protocol';

/** The requests that only our own views make. */
type CustomResponses = {
  [K in keyof CustomRequests]: Dap.Response & { body?: CustomRequests[K][1] };
};

export interface Responses extends CustomResponses {
  cancel: Dap.CancelResponse;
  runInTerminal: Dap.RunInTerminalResponse;
  startDebugging: Dap.StartDebuggingResponse;
  initialize: Dap.InitializeResponse;
  configurationDone: Dap.ConfigurationDoneResponse;
  launch: Dap.LaunchResponse;
  attach: Dap.AttachResponse;
  restart: Dap.RestartResponse;
  disconnect: Dap.DisconnectResponse;
  terminate: Dap.TerminateResponse;
  breakpointLocations: Dap.BreakpointLocationsResponse;
  setBreakpoints: Dap.SetBreakpointsResponse;
  setFunctionBreakpoints: Dap.SetFunctionBreakpointsResponse;
  setExceptionBreakpoints: Dap.SetExceptionBreakpointsResponse;
  dataBreakpointInfo: Dap.DataBreakpointInfoResponse;
  setDataBreakpoints: Dap.SetDataBreakpointsResponse;
  setInstructionBreakpoints: Dap.SetInstructionBreakpointsResponse;
  continue: Dap.ContinueResponse;
  next: Dap.NextResponse;
  stepIn: Dap.StepInResponse;
  stepOut: Dap.StepOutResponse;
  stepBack: Dap.StepBackResponse;
  reverseContinue: Dap.ReverseContinueResponse;
  restartFrame: Dap.RestartFrameResponse;
  goto: Dap.GotoResponse;
  pause: Dap.PauseResponse;
  stackTrace: Dap.StackTraceResponse;
  scopes: Dap.ScopesResponse;
  variables: Dap.VariablesResponse;
  setVariable: Dap.SetVariableResponse;
  source: Dap.SourceResponse;
  threads: Dap.ThreadsResponse;
  terminateThreads: Dap.TerminateThreadsResponse;
  modules: Dap.ModulesResponse;
  loadedSources: Dap.LoadedSourcesResponse;
  evaluate: Dap.EvaluateResponse;
  setExpression: Dap.SetExpressionResponse;
  stepInTargets: Dap.StepInTargetsResponse;
  gotoTargets: Dap.GotoTargetsResponse;
  completions: Dap.CompletionsResponse;
  exceptionInfo: Dap.ExceptionInfoResponse;
  readMemory: Dap.ReadMemoryResponse;
  writeMemory: Dap.WriteMemoryResponse;
  disassemble: Dap.DisassembleResponse;
  locations: Dap.LocationsResponse;
}

export interface Events {
  initialized: Dap.InitializedEvent;
  stopped: Dap.StoppedEvent;
  continued: Dap.ContinuedEvent;
  exited: Dap.ExitedEvent;
  terminated: Dap.TerminatedEvent;
  thread: Dap.ThreadEvent;
  output: Dap.OutputEvent;
  breakpoint: Dap.BreakpointEvent;
  module: Dap.ModuleEvent;
  loadedSource: Dap.LoadedSourceEvent;
  process: Dap.ProcessEvent;
  capabilities: Dap.CapabilitiesEvent;
  progressStart: Dap.ProgressStartEvent;
  progressUpdate: Dap.ProgressUpdateEvent;
  progressEnd: Dap.ProgressEndEvent;
  invalidated: Dap.InvalidatedEvent;
  memory: Dap.MemoryEvent;
  'key31/console': Dap.Event & { body: ConsoleEventBody };
}

/** What any request may be answered with. */
export interface Failures {
  error: Dap.ErrorResponse;
}

export interface Messages {
  Responses: Responses;
  Events: Events;
  Failures: Failures;
}

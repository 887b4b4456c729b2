import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { eventDefinitions } from '../../emulator/index';
import { addressSpaces } from '../session/addresses';

/** The filter that a session stops at when nobody has chosen. */
const DEFAULT_FILTER = 'key-fault';

const filters: Dap.ExceptionBreakpointsFilter[] = Object.entries(eventDefinitions).map(
  ([filter, { label, description, fields }]) => ({
    filter,
    label,
    description,
    default: filter === DEFAULT_FILTER,
    supportsCondition: true,
    conditionDescription: `Fields: ${Object.keys(fields).join(', ')}. Example: ${exampleOf(fields)}. "trace:" or "count:" before it does not stop.`,
  }),
);

function exampleOf(fields: Readonly<Record<string, unknown>>): string {
  if ('gpa' in fields) return 'store && gpa >= 0x80000000';
  return 'name' in fields ? 'name == "H_ENTER"' : 'ea >= 0xc000000000000000';
}

/** What this adapter can do; the answer to DAP's initialize. */
export const capabilities: Dap.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsInstructionBreakpoints: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: filters,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: [' '],
  supportsDisassembleRequest: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsSteppingGranularity: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsDelayedStackTraceLoading: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsGotoTargetsRequest: true,
  supportsModulesRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsValueFormattingOptions: true,
  supportsSingleThreadExecutionRequests: true,
  supportsCancelRequest: true,
  supportsClipboardContext: true,
  supportsANSIStyling: true,
  breakpointModes: Object.entries(addressSpaces).map(([mode, description]) => ({
    mode,
    label: mode.toUpperCase(),
    description,
    appliesTo: mode === 'hpte' ? ['data'] : ['instruction', 'data'],
  })),
};

import { Event } from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { eventSummary } from '../explain/event';
import { touchedSummary } from '../explain/touched';
import type { Stop } from '../session/stop';
import type { Context } from './context';

/** Tells the client that the guest stands still, and why. */
export function reportStop(context: Context, stop: Stop): void {
  context.stop = stop;
  context.focus = stop.vcpu;
  context.forgetState();
  const text = stopText(context, stop);
  const body: Dap.StoppedEvent['body'] = {
    reason: reasonOf(stop),
    threadId: stop.vcpu + 1,
    allThreadsStopped: true,
    ...(text === undefined ? {} : { text }),
    ...hitIds(stop),
  };
  context.client.sendEvent(new Event('stopped', body));
}

function hitIds(stop: Stop): { hitBreakpointIds?: number[] } {
  if (stop.kind === 'breakpoint') return { hitBreakpointIds: stop.hits.map(({ id }) => id) };
  return stop.kind === 'touched' && stop.watch ? { hitBreakpointIds: [stop.watch.id] } : {};
}

function stopText(context: Context, stop: Stop): string | undefined {
  if (stop.kind === 'touched')
    return touchedSummary(context.vcpuOfFrame(undefined), stop.watch?.description ?? 'what is watched', stop.touched);
  if (stop.kind === 'event') return eventSummary(stop.event);
  return stop.kind === 'stuck' ? stop.why : undefined;
}

function reasonOf(stop: Stop): string {
  switch (stop.kind) {
    case 'entry':
    case 'pause':
    case 'step':
      return stop.kind;
    case 'breakpoint':
      // VS Code opens the disassembly for a stop on an instruction breakpoint.
      if (stop.hits.every(({ group }) => group === 'instruction')) return 'instruction breakpoint';
      return stop.hits.every(({ group }) => group === 'function') ? 'function breakpoint' : 'breakpoint';
    case 'touched':
      return 'data breakpoint';
    case 'event':
    case 'stuck':
      return 'exception';
  }
}

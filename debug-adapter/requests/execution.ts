/** Going on, in all its lengths. */
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { stepInto, stepOut as stepOutPlan, stepOver, type Plan, type StepOptions } from '../session/step-plans';
import type { VcpuOfGuest } from '../session/guest';
import { errors } from '../errors';
import type { Context } from './context';
import type { Request } from './request';
import { object, type Shape } from './shape';

/** The session's state changes when the request is answered: until then a failed step has changed nothing. */
function goOn(
  context: Context,
  { threadId, singleThread = false }: { readonly threadId: number; readonly singleThread?: boolean },
  planFor?: (of: VcpuOfGuest) => Plan,
): undefined {
  const of = context.thread(threadId);
  const { runner } = context.requireLaunched();
  const plan = planFor?.(of);
  context.stop = undefined;
  context.handles.invalidate();
  context.forgetState();
  context.client.afterResponse(() => runner.start(of.vcpu.number, plan, singleThread));
  return undefined;
}

const threadShape = object({ threadId: 'integer' }, { granularity: 'text', singleThread: 'boolean' });

export const continueRun: Request<'continue'> = {
  shape: threadShape,
  needsStop: true,
  handle: (context, given) => {
    goOn(context, given);
    return { allThreadsContinued: given.singleThread !== true };
  },
};

/** The three steps have the same arguments. */
interface StepRequest {
  readonly shape: Shape;
  readonly needsStop: true;
  readonly handle: (context: Context, args: Dap.NextArguments) => undefined;
}
const stepRequest = (plan: (of: VcpuOfGuest, options: StepOptions) => Plan): StepRequest => ({
  shape: threadShape,
  needsStop: true,
  handle: (context, given) =>
    goOn(context, given, (of) => plan(of, { byInstruction: given.granularity === 'instruction' })),
});
export const next = stepRequest(stepOver);
export const stepIn = stepRequest(stepInto);
export const stepOut = stepRequest((of) => stepOutPlan(of));

export const pause: Request<'pause'> = {
  shape: object({ threadId: 'integer' }),
  handle: (context, { threadId }) => {
    const { runner, guest } = context.requireLaunched();
    context.thread(threadId);
    if (guest.target.ended && !runner.isRunning && !context.stop) throw errors.ended();
    context.client.afterResponse(() => runner.pause());
    return undefined;
  },
};

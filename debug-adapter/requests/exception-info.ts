import { errors } from '../errors';
import { eventDefinitions } from '../../emulator/index';
import { explainEvent } from '../explain/event';
import { stackText } from '../explain/stack-text';
import { beyondTheHardware } from '../explain/access';
import { decisionValues } from '../variables/decision';
import { treeText } from '../variables/named-value';
import type { Request } from './request';
import { object } from './shape';

/** Why the guest has stopped, in words: what happened, what decided it, and what becomes of the access. */
export const exceptionInfo: Request<'exceptionInfo'> = {
  shape: object({ threadId: 'integer' }),
  needsStop: true,
  handle: (context, { threadId }) => {
    const of = context.thread(threadId);
    const { stop } = context;
    if (stop?.vcpu !== of.vcpu.number) throw errors.notOnException();
    if (stop.kind === 'stuck') return { exceptionId: 'stuck', description: stop.why, breakMode: 'always' };
    if (stop.kind !== 'event') throw errors.notOnException();
    const { event } = stop;
    const description = explainEvent(of, event);
    const { fault } = of.vcpu;
    return {
      exceptionId: event.kind,
      description,
      breakMode: 'always',
      details: {
        message: description,
        typeName: eventDefinitions[event.kind].label,
        stackTrace: stackText(context.framesOf(of)),
        ...(fault && event.kind !== 'hypercall'
          ? {
              innerException: [
                {
                  typeName: 'translation',
                  message: treeText(decisionValues(fault.decision)),
                  innerException: beyondTheHardware(of, fault.decision).map((value) => ({
                    typeName: value.name,
                    message: treeText([value]),
                  })),
                },
              ],
            }
          : {}),
      },
    };
  },
};

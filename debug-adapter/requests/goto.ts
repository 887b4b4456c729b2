import { Event } from '@vscode/debugadapter';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import { isRealMode } from '../session/guest';
import type { Request } from './request';
import { object } from './shape';
import { stateChanged } from './memory';

/** Where in the function that the vCPU is in a line's code begins. */
export const gotoTargets: Request<'gotoTargets'> = {
  shape: object({ source: object({}, { path: 'text', name: 'text' }), line: 'integer' }),
  needsStop: true,
  handle: (context, { source, line }) => {
    const of = context.vcpuOfFrame(undefined);
    const { lines, symbols } = of.program;
    const place = lines.placesOf(source.path ?? source.name ?? '', context.guestLine(line));
    const here = symbols.at(of.vcpu.instructionAddress, isRealMode(of.vcpu))?.start;
    const inside = (place?.addresses ?? []).filter((address) => symbols.at(address, false)?.start === here);
    return {
      targets: inside.map((address) => ({
        id: context.targets.numberOf(address),
        label: `${symbols.at(address, false)?.name ?? ''} ${hexadecimal(address)}`.trim(),
        line: context.clientLine(place?.line ?? line),
        instructionPointerReference: hexadecimal(address),
      })),
    };
  },
};

/** Goes on from another place: what lies between is neither done nor undone. */
export const goTo: Request<'goto'> = {
  shape: object({ threadId: 'integer', targetId: 'integer' }),
  needsStop: true,
  handle: (context, { threadId, targetId }) => {
    const of = context.thread(threadId);
    const address = context.targets.at(targetId);
    if (address === undefined) throw errors.badArgument('goto', 'targetId', 'one that gotoTargets has given');
    if (of.vcpu.levels.length > 0) throw errors.badValue('pc', 'to be changed while an access is held');
    of.target.setSpecial(of.vcpu.number, 'nia', address);
    stateChanged(context);
    const body = { reason: 'goto', threadId, allThreadsStopped: true };
    context.client.afterResponse(() => context.client.sendEvent(new Event('stopped', body)));
    return undefined;
  },
};

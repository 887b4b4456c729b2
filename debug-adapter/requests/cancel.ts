import { errors } from '../errors';
import { BOOT } from '../session/boot-progress';
import type { Request } from './request';
import { object } from './shape';

/**
 * Ends what takes long: the boot, by a pause. A request by its number has always been answered by then, as requests are
 * handled one after another.
 */
export const cancel: Request<'cancel'> = {
  shape: object({}, { requestId: 'integer', progressId: 'text' }),
  handle: (context, { progressId }) => {
    if (progressId === undefined) return undefined;
    if (progressId !== BOOT) throw errors.badArgument('cancel', 'progressId', 'one that this session has given');
    context.progress.end();
    context.client.afterResponse(() => context.launched?.runner.pause());
    return undefined;
  },
};

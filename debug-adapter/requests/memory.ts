import { Event } from '@vscode/debugadapter';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import type { Context } from './context';
import { parseAddress } from './expressions';
import type { Request } from './request';
import { object } from './shape';

/** More than a client shows at once; it asks again for the rest. */
const MAXIMUM_READ = 1 << 20;

const wrap = (address: bigint): bigint => BigInt.asUintN(64, address);

export const readMemory: Request<'readMemory'> = {
  shape: object({ memoryReference: 'text', count: 'integer' }, { offset: 'integer' }),
  handle: (context, { memoryReference, offset = 0, count }) => {
    if (count < 0) throw errors.badArgument('readMemory', 'count', 'zero or more');
    const { target } = context.requireLaunched().guest;
    const address = wrap(parseAddress(memoryReference) + BigInt(offset));
    // Addresses do not wrap around: a client that reads past the last one gets what there is.
    const length = Math.min(count, MAXIMUM_READ, Number((1n << 64n) - address));
    const bytes = target.readMemory(context.focus, address, length);
    const unreadableBytes = count - bytes.length;
    return {
      address: hexadecimal(address),
      data: Buffer.from(bytes).toString('base64'),
      ...(unreadableBytes > 0 ? { unreadableBytes } : {}),
    };
  },
};

export const writeMemory: Request<'writeMemory'> = {
  shape: object({ memoryReference: 'text', data: 'text' }, { offset: 'integer', allowPartial: 'boolean' }),
  needsStop: true,
  handle: (context, { memoryReference, offset = 0, data, allowPartial = false }) => {
    const { target } = context.requireStopped('writeMemory').guest;
    const address = wrap(parseAddress(memoryReference) + BigInt(offset));
    const bytes = Buffer.from(data, 'base64');
    // Looked up first, so that a write that is refused has changed nothing.
    if (!allowPartial && target.readMemory(context.focus, address, bytes.length).length < bytes.length) {
      throw errors.unwritable(hexadecimal(address));
    }
    const bytesWritten = target.writeMemory(context.focus, address, bytes);
    if (bytesWritten < bytes.length && !allowPartial) throw errors.unwritable(hexadecimal(address));
    stateChanged(context);
    return { bytesWritten, offset: 0 };
  },
};

/** Tells the client that what it shows may be old. */
export function stateChanged(context: Context): void {
  context.forgetState();
  if (!context.supportsInvalidatedEvent) return;
  const event = new Event('invalidated', { areas: ['variables', 'stacks'] });
  context.client.afterResponse(() => context.client.sendEvent(event));
}

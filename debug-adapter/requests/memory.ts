import { Event } from '@vscode/debugadapter';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import { addressText, demandAddress, readAt, writeAt, type TypedAddress } from '../session/addresses';
import { vcpuOf } from '../session/guest';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';

/** More than a client shows at once; it asks again for the rest. */
const MAXIMUM_READ = 1 << 20;

const END = 1n << 64n;
/** An address of its space, moved by an offset in bytes; of entries, by whole ones. */
function moved(text: string, offset: number): TypedAddress {
  const { space, address } = demandAddress(text);
  const by = space === 'hpte' ? BigInt(Math.trunc(offset / HPTE_BYTES)) : BigInt(offset);
  return { space, address: space === 'va' ? address + by : BigInt.asUintN(64, address + by) };
}
const HPTE_BYTES = 16;
/** Clients reckon with the addresses of an answer, so that effective ones come as plain numbers. */
const shownAddress = (typed: TypedAddress): string => hexadecimal(typed.address);

export const readMemory: Request<'readMemory'> = {
  shape: object({ memoryReference: 'text', count: 'integer' }, { offset: 'integer' }),
  handle: (context, { memoryReference, offset = 0, count }) => {
    if (count < 0) throw errors.badArgument('readMemory', 'count', 'zero or more');
    const of = vcpuOf(context.requireLaunched().guest, context.focus);
    const place = moved(memoryReference, offset);
    // Addresses do not wrap around: a client that reads past the last one gets what there is.
    const left = place.space === 'va' || place.address < 0n ? MAXIMUM_READ : Number(END - place.address);
    const bytes = readAt(of, place, Math.min(count, MAXIMUM_READ, left));
    const unreadableBytes = count - bytes.length;
    return {
      address: shownAddress(place),
      data: Buffer.from(bytes).toString('base64'),
      ...(unreadableBytes > 0 ? { unreadableBytes } : {}),
    };
  },
};

export const writeMemory: Request<'writeMemory'> = {
  shape: object({ memoryReference: 'text', data: 'text' }, { offset: 'integer', allowPartial: 'boolean' }),
  needsStop: true,
  handle: (context, { memoryReference, offset = 0, data, allowPartial = false }) => {
    const of = vcpuOf(context.requireStopped('writeMemory').guest, context.focus);
    const place = moved(memoryReference, offset);
    const bytes = Buffer.from(data, 'base64');
    // Looked up first, so that a write that is refused has changed nothing.
    if (!allowPartial && readAt(of, place, bytes.length).length < bytes.length)
      throw errors.unwritable(addressText(place));
    const bytesWritten = writeAt(of, place, bytes);
    if (bytesWritten < bytes.length && !allowPartial) throw errors.unwritable(addressText(place));
    stateChanged(context);
    memoryChanged(context, memoryReference, offset, bytesWritten);
    return { bytesWritten, offset: 0 };
  },
};

/** For clients that show the same memory elsewhere. */
function memoryChanged(context: Context, memoryReference: string, offset: number, count: number): void {
  if (!context.supportsMemoryEvent || count === 0) return;
  const event = new Event('memory', { memoryReference, offset, count });
  context.client.afterResponse(() => context.client.sendEvent(event));
}

/** Tells the client that what it shows may be old. */
export function stateChanged(context: Context): void {
  context.forgetState();
  if (!context.supportsInvalidatedEvent) return;
  const event = new Event('invalidated', { areas: ['variables', 'stacks'] });
  context.client.afterResponse(() => context.client.sendEvent(event));
}

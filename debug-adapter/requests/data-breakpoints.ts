import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { vcpuOf, type VcpuOfGuest } from '../session/guest';
import { watchPlace, type WatchPlace } from '../session/watch-place';
import type { NamedValue } from '../variables/named-value';
import type { Context } from './context';
import { numberFrom } from './expressions';
import type { Request } from './request';
import { list, object } from './shape';
import { childNamed } from './variables';
import { addressText } from '../session/addresses';

/** What can be watched of a variable, of an expression, or at an address that a person has typed. */
export const dataBreakpointInfo: Request<'dataBreakpointInfo'> = {
  shape: object(
    { name: 'text' },
    { variablesReference: 'integer', frameId: 'integer', bytes: 'integer', asAddress: 'boolean', mode: 'text' },
  ),
  handle: (context, { name, variablesReference, frameId, bytes, asAddress = false, mode }) => {
    const of = context.vcpuOfFrame(frameId);
    const place =
      variablesReference === undefined || asAddress
        ? placeOfText(of, name, bytes, asAddress ? mode : undefined)
        : placeOfVariable(of, context, variablesReference, name, bytes);
    if (!place) return { dataId: null, description: `"${name}" is nothing that can be watched.` };
    return {
      dataId: place.dataId,
      description: place.description,
      accessTypes: [...place.accessTypes],
      canPersist: true,
    };
  },
};

function placeOfVariable(
  of: VcpuOfGuest,
  context: Context,
  reference: number,
  name: string,
  bytes: number | undefined,
): WatchPlace | undefined {
  const found = childNamed(context, reference, name);
  const text = found && watchedText(found);
  return text === undefined ? undefined : watchPlace(of, text, bytes ?? DOUBLEWORD);
}
/** What a variable's value is watched by: its own place, the register that it is, or the memory that it stands for. */
function watchedText({ watch, evaluateName, memoryReference }: NamedValue): string | undefined {
  if (watch !== undefined || evaluateName !== undefined) return watch ?? evaluateName;
  if (memoryReference === undefined) return undefined;
  return addressText(typeof memoryReference === 'bigint' ? { space: 'ea', address: memoryReference } : memoryReference);
}

const DOUBLEWORD = 8;
/** A place by its own name, or an expression whose value is an effective address. */
function placeOfText(
  of: VcpuOfGuest,
  text: string,
  bytes: number | undefined,
  mode: string | undefined,
): WatchPlace | undefined {
  const typed = mode !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text.trim()) ? `${mode}:${text.trim()}` : text;
  const direct = watchPlace(of, typed, bytes ?? 1);
  if (direct) return direct;
  try {
    return watchPlace(of, addressText({ space: 'ea', address: numberFrom(of, text) }), bytes ?? DOUBLEWORD);
  } catch {
    return undefined;
  }
}

export const setDataBreakpoints: Request<'setDataBreakpoints'> = {
  shape: object({
    breakpoints: list(object({ dataId: 'text' }, { accessType: 'text', condition: 'text', hitCondition: 'text' })),
  }),
  handle: (context, { breakpoints }) => {
    const { guest } = context.requireLaunched();
    const made = context.data.set(breakpoints, vcpuOf(guest, context.focus));
    return {
      breakpoints: made.map(({ id, problem, description }): Dap.Breakpoint =>
        problem === undefined
          ? { id, verified: true, message: description }
          : { id, verified: false, reason: 'failed', message: problem },
      ),
    };
  },
};

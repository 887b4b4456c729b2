import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { hexadecimal } from '../../emulator/index';
import type { Breakpoint, BreakpointOptions, PlaceFinder } from '../session/breakpoints';
import { vcpuOf, type VcpuOfGuest } from '../session/guest';
import { namesOf } from '../session/names';
import type { Program } from '../symbols/program';
import type { Context } from './context';
import { addressText, demandAddress, guestPhysicalOf, namesSpace, type TypedAddress } from '../session/addresses';
import { effectiveAddressesOf, entriesMapping } from '../session/who-maps';
import { parseAddress } from './expressions';
import type { Request } from './request';
import { list, object } from './shape';
import { sourceOfPath } from './threads-and-stack';

interface Wanted {
  readonly find: PlaceFinder;
  readonly options: BreakpointOptions;
}
const options = { condition: 'text', hitCondition: 'text' } as const;

function replace(context: Context, group: string, wanted: readonly Wanted[]): readonly Breakpoint[] {
  const { guest } = context.requireLaunched();
  return context.breakpoints.set(group, wanted, vcpuOf(guest, context.focus));
}

function toDap({ id, addresses, problem }: Breakpoint): Dap.Breakpoint {
  const first = addresses[0];
  if (problem !== undefined || first === undefined) {
    return { id, verified: false, reason: 'failed', message: problem ?? 'There is no code here.' };
  }
  return { id, verified: true, instructionReference: hexadecimal(first) };
}

export const setBreakpoints: Request<'setBreakpoints'> = {
  shape: object(
    { source: object({}, { path: 'text', name: 'text' }) },
    { breakpoints: list(object({ line: 'integer' }, { ...options, logMessage: 'text' })) },
  ),
  handle: (context, { source, breakpoints = [] }) => {
    const file = source.path ?? source.name ?? '';
    const wanted = breakpoints.map(({ line, ...rest }) => ({
      find: lineFinder(file, context.guestLine(line)),
      options: rest,
    }));
    const made = replace(context, `source ${file}`, wanted);
    return {
      breakpoints: made.map((breakpoint, index) => ({
        ...placeFields(breakpoint, context.guestLine(breakpoints[index]!.line)),
        ...toDap(breakpoint),
        source: sourceOfPath(file),
        ...(breakpoint.line === undefined ? {} : { line: context.clientLine(breakpoint.line) }),
      })),
    };
  },
};

/** What a person should know of a place that is not just the line that was asked for. */
function placeFields({ line, addresses }: Breakpoint, asked: number): Pick<Dap.Breakpoint, 'message'> {
  const moved =
    line === undefined || line === asked ? [] : [`Line ${asked} has no code; the next that has is ${line}.`];
  const several = addresses.length > 1 ? [`Its code is in ${addresses.length} places.`] : [];
  const message = [...moved, ...several].join(' ');
  return message === '' ? {} : { message };
}

export const breakpointLocations: Request<'breakpointLocations'> = {
  shape: object({ source: object({}, { path: 'text', name: 'text' }), line: 'integer' }, { endLine: 'integer' }),
  handle: (context, { source, line, endLine = line }) => {
    const { lines } = context.requireLaunched().guest.program;
    const file = source.path ?? source.name ?? '';
    const found = new Set<number>();
    const last = Math.min(context.guestLine(endLine), context.guestLine(line) + MOST_LINES);
    for (let at = context.guestLine(line); at <= last; at++) if (lines.placesOf(file, at)?.line === at) found.add(at);
    return { breakpoints: [...found].map((at) => ({ line: context.clientLine(at) })) };
  },
};
/** More than a client shows at once. */
const MOST_LINES = 5000;

function lineFinder(file: string, line: number): PlaceFinder {
  return ({ lines, symbols, source }) => {
    const place = lines.placesOf(file, line);
    if (!place) return { addresses: [], problem: `The guest has no code from line ${line} of this file on.` };
    // Of a loop's several stretches the first is where a person expects to stop; an inlined line has one a call.
    const byFunction = new Map<unknown, bigint>();
    for (const address of place.addresses) {
      const holder = source.functions.at(address).at(-1)?.entry ?? symbols.at(address, false)?.start;
      if (!byFunction.has(holder)) byFunction.set(holder, address);
    }
    return { line: place.line, addresses: [...byFunction.values()] };
  };
}

export const setFunctionBreakpoints: Request<'setFunctionBreakpoints'> = {
  shape: object({ breakpoints: list(object({ name: 'text' }, options)) }),
  handle: (context, { breakpoints }) => {
    const wanted = breakpoints.map(({ name, ...rest }) => ({ find: functionFinder(name.trim()), options: rest }));
    return { breakpoints: replace(context, 'function', wanted).map(toDap) };
  },
};

function functionFinder(name: string): PlaceFinder {
  if (/^0x[0-9a-f]+$/i.test(name)) return () => addressPlace(parseAddress(name));
  return ({ symbols }: Program) => {
    const found = symbols.named(name).filter(({ kind }) => kind !== 'object');
    if (found.length === 0) return { addresses: [], problem: `The guest has no function "${name}".` };
    return { addresses: found.map(({ address, localEntryOffset }) => address + BigInt(localEntryOffset)) };
  };
}

function addressPlace(address: bigint): { addresses: readonly bigint[]; problem?: string } {
  if (address % 4n === 0n) return { addresses: [address] };
  return { addresses: [], problem: `${hexadecimal(address)} is no multiple of 4, so no instruction begins there.` };
}

/** Engines stop at effective addresses: those that lead there now. */
function instructionPlace(of: VcpuOfGuest, place: TypedAddress): ReturnType<PlaceFinder> {
  if (place.space === 'ea') return addressPlace(place.address);
  const physical = guestPhysicalOf(of, place);
  const addresses =
    physical === undefined
      ? []
      : entriesMapping(of, physical).flatMap((entry) => effectiveAddressesOf(of, entry, physical));
  return addresses.length > 0
    ? { addresses }
    : { addresses: [], problem: `No effective address of this vCPU leads to ${addressText(place)} now.` };
}

export const setInstructionBreakpoints: Request<'setInstructionBreakpoints'> = {
  shape: object({
    breakpoints: list(object({ instructionReference: 'text' }, { ...options, offset: 'integer', mode: 'text' })),
  }),
  handle: (context, { breakpoints }) => {
    const of = context.vcpuOfFrame(undefined);
    const wanted = breakpoints.map(({ instructionReference, offset = 0, mode, ...rest }) => {
      const plain = namesSpace(instructionReference) === undefined && mode !== undefined;
      const typed = demandAddress(plain ? `${mode}:${instructionReference}` : instructionReference);
      const place = { ...typed, address: BigInt.asUintN(64, typed.address + BigInt(offset)) };
      return { find: () => instructionPlace(of, place), options: rest };
    });
    return { breakpoints: replace(context, 'instruction', wanted).map(toDap) };
  },
};

/** Which events to stop at. A bad condition is told here, with the filter, and not when the event happens. */
export const setExceptionBreakpoints: Request<'setExceptionBreakpoints'> = {
  shape: object(
    { filters: list('text') },
    { filterOptions: list(object({ filterId: 'text' }, { condition: 'text' })) },
  ),
  handle: (context, { filters, filterOptions = [] }) => {
    const wanted = [
      ...filters.map((filter) => ({ filter, condition: undefined })),
      ...filterOptions.map(({ filterId, condition }) => ({ filter: filterId, condition })),
    ];
    const guest = context.launched && namesOf(vcpuOf(context.launched.guest, context.focus));
    const breakpoints = context.events
      .setFilters(wanted, guest)
      .map(({ id, problem }) =>
        problem === undefined
          ? { id, verified: true }
          : { id, verified: false, reason: 'failed' as const, message: problem },
      );
    return { breakpoints };
  },
};

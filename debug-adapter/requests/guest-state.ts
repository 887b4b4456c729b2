/** What the views beside VS Code's own show: the guest's memory slots, segments, registers, exits and events. */
import {
  eventDefinitions,
  lpcr,
  msr,
  dsisr,
  RESERVED_KEY,
  segmentPageShift,
  slbEsidWord,
  slbVsidWord,
  type MemorySlotView,
  type PageTableEntryView,
  type SlotAreaView,
} from '../../emulator/index';
import type {
  AreaData,
  EventData,
  ExitData,
  GuestStateData,
  RegisterData,
  SegmentData,
  SlotData,
} from '../custom-protocol';
import { errors } from '../errors';
import { instructionText } from '../session/disassembly';
import { bytesOf, isLittleEndian, numberOf, symbolText, vcpuOf, type VcpuOfGuest } from '../session/guest';
import { isEventKind, type LoggedEvent } from '../session/event-log';
import { hexadecimal, pageSizeText, register64 } from '../variables/format';
import { numberFrom } from './expressions';
import { stateChanged } from './memory';
import { occupiedEntries } from './page-table-data';
import type { Request } from './request';
import { list, object } from './shape';

export const guestState: Request<'key31/state'> = {
  shape: object({}, { threadId: 'integer' }),
  handle: (context, { threadId }) => {
    const { guest, eventLog } = context.requireLaunched();
    const of = threadId === undefined ? context.vcpuOfFrame(undefined) : context.thread(threadId);
    const { target } = guest;
    const entries = occupiedEntries(context);
    const fault = of.vcpu.fault;
    return {
      vcpu: of.vcpu.number,
      instructionCount: target.instructionCount,
      slots: target.memorySlots().map((slot) => slotData(slot, entries)),
      segments: segments(of),
      registers: registers(of),
      exits: target.vcpus.flatMap(({ number }) => exitData(vcpuOf(guest, number))),
      fault: fault && { effectiveAddress: hexadecimal(fault.effectiveAddress), access: fault.access },
      events: eventLog.newest().map((one) => eventData(of, one)),
      loggedKinds: [...eventLog.kinds],
      kinds: Object.entries(eventDefinitions).map(([kind, { label }]) => ({ kind, label })),
      deviceWindows: deviceWindows(entries),
    } satisfies GuestStateData;
  },
};

export const areaData = ({ start, end, kind, name, pageSize, flagNames }: SlotAreaView): AreaData => ({
  start: hexadecimal(start),
  end: hexadecimal(end),
  kind,
  name,
  pageSize,
  flagNames,
});

const slotData = (slot: MemorySlotView, entries: readonly PageTableEntryView[]): SlotData => ({
  slot: slot.number,
  guestPhysicalAddress: hexadecimal(slot.baseAddress),
  size: hexadecimal(slot.size),
  hostVirtualAddress: hexadecimal(slot.hostVirtualAddress),
  flags: hexadecimal(slot.flags),
  flagNames: slot.flagNames,
  areas: slot.areas.map(areaData),
  mappedPages: entries.filter((entry) => entry.slot === slot.number).length,
});

const SLB_ENTRIES = 32;
function segments({ vcpu }: VcpuOfGuest): SegmentData[] {
  return Array.from({ length: SLB_ENTRIES }, (_, index) => ({ index, ...vcpu.registers.slbEntry(index) }))
    .filter(({ esid }) => slbEsidWord.decode(esid).valid)
    .map(({ index, esid, vsid }) => {
      const word = slbVsidWord.decode(vsid);
      const isTerabyte = word.segmentSize === 1n;
      return {
        index,
        effectiveAddress: hexadecimal(slbEsidWord.decode(esid).esid << 28n),
        segmentSize: isTerabyte ? '1 TiB' : '256 MiB',
        vsid: hexadecimal(isTerabyte ? word.vsid >> 12n : word.vsid),
        pageSize: pageSizeText(segmentPageShift(vsid)),
        ks: word.ks,
        kp: word.kp,
        noExecute: word.noExecute,
        esidWord: register64(esid),
        vsidWord: register64(vsid),
      };
    });
}

const KEYS = 32;
/** AMR and IAMR hold two bits a key, that of key 0 first. */
const keyFields = (value: bigint) =>
  Array.from({ length: KEYS }, (_, key) => {
    const shift = BigInt(62 - 2 * key);
    return { name: `key ${key}`, value: hexadecimal((value >> shift) & 3n), mask: register64(3n << shift) };
  });
const bitFieldsOf = (bits: typeof msr | typeof lpcr | typeof dsisr, word: bigint) => {
  const masks: Readonly<Record<string, bigint>> = bits.mask;
  return Object.entries(bits.decode(word)).map(([name, value]) => ({
    name,
    value: hexadecimal(BigInt(value)),
    mask: register64(masks[name] ?? 0n),
  }));
};

function registers({ vcpu }: VcpuOfGuest): RegisterData[] {
  const shown = { msr, lpcr, dsisr, hdsisr: dsisr } as const;
  const special = (name: 'msr' | 'lpcr' | 'dsisr' | 'hdsisr' | 'amr' | 'iamr' | 'hid0' | 'hid4') =>
    vcpu.registers.special(name);
  return [
    ...(Object.keys(shown) as (keyof typeof shown)[]).map((name) => ({
      name,
      value: register64(special(name)),
      fields: bitFieldsOf(shown[name], special(name)),
    })),
    ...(['amr', 'iamr'] as const).map((name) => ({
      name,
      value: register64(special(name)),
      fields: keyFields(special(name)),
    })),
    ...(['hid0', 'hid4'] as const).map((name) => ({ name, value: register64(special(name)), fields: [] })),
  ];
}

function exitData(of: VcpuOfGuest): ExitData[] {
  const exit = of.vcpu.pendingExit;
  if (!exit) return [];
  const { data, instruction, instructionAddress, isWrite, length, device } = exit;
  return [
    {
      vcpu: of.vcpu.number,
      guestPhysicalAddress: hexadecimal(exit.guestPhysicalAddress),
      effectiveAddress: hexadecimal(exit.effectiveAddress),
      length,
      isWrite,
      data: data && hexadecimal(numberOf(data, isLittleEndian(of.vcpu))),
      instruction: instructionText(of, instruction, instructionAddress),
      instructionAddress: hexadecimal(instructionAddress),
      device,
    },
  ];
}

function eventData(of: VcpuOfGuest, { sequence, event }: LoggedEvent): EventData {
  const { pc } = event.fields;
  const address = typeof pc === 'bigint' ? pc : undefined;
  const line = address === undefined ? undefined : of.program.lines.lineAt(address);
  const fields = Object.entries(event.fields).filter(([, value]) => value !== undefined);
  return {
    sequence,
    kind: event.kind,
    label: eventDefinitions[event.kind].label,
    instructionCount: event.instructionCount,
    fields: Object.fromEntries(fields.map(([name, value]) => [name, fieldText(value)])),
    place: address === undefined ? undefined : symbolText(of, address),
    source: line && { path: line.path, line: line.line },
  };
}
const fieldText = (value: bigint | boolean | string | undefined): string =>
  typeof value === 'bigint' ? hexadecimal(value) : String(value);

/** Pages without memory, those that follow each other put together. */
function deviceWindows(entries: readonly PageTableEntryView[]): GuestStateData['deviceWindows'] {
  const pages = entries
    .filter(({ state, decodedSecond }) => state === 'absent' && decodedSecond.key === RESERVED_KEY)
    .map(({ guestPhysicalAddress, shifts }) => ({
      start: guestPhysicalAddress,
      end: guestPhysicalAddress + (1n << BigInt(shifts.actual)),
    }))
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  const windows: { start: bigint; end: bigint }[] = [];
  for (const page of pages) {
    const last = windows.at(-1);
    if (last && page.start <= last.end) last.end = page.end > last.end ? page.end : last.end;
    else windows.push({ ...page });
  }
  return windows.map(({ start, end }) => ({
    guestPhysicalAddress: hexadecimal(start),
    size: hexadecimal(end - start),
  }));
}

export const supplyMmioData: Request<'key31/supplyMmioData'> = {
  shape: object({ threadId: 'integer', value: 'text' }),
  needsStop: true,
  handle: (context, { threadId, value }) => {
    const of = context.thread(threadId);
    const exit = of.vcpu.pendingExit;
    if (!exit || exit.isWrite) throw errors.badExpression('No load of this vCPU is waiting for its data.');
    const given = numberFrom(of, value);
    if (given >= 1n << BigInt(8 * exit.length)) throw errors.badValue(value, `a number of ${exit.length} bytes`);
    of.target.supplyMmioData(of.vcpu.number, bytesOf(given, exit.length, isLittleEndian(of.vcpu)));
    stateChanged(context);
    return undefined;
  },
};

export const logEvents: Request<'key31/logEvents'> = {
  shape: object({ kinds: list('text') }),
  handle: (context, { kinds }) => {
    const { eventLog } = context.requireLaunched();
    const unknown = kinds.find((kind) => !isEventKind(kind));
    if (unknown !== undefined) throw errors.badExpression(`There is no event "${unknown}".`);
    eventLog.kinds = new Set(kinds.filter(isEventKind));
    return undefined;
  },
};

export const typeOnConsole: Request<'key31/type'> = {
  shape: object({ text: 'text' }),
  handle: (context, { text }) => {
    context.requireLaunched().guest.target.typeOnConsole(new TextEncoder().encode(text));
    return undefined;
  },
};

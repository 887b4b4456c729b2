/** The hashed page table as the page table view shows it: all groups at a glance, and entries a page at a time. */
import { slbEsidWord, slbVsidWord, type PageTableEntryView } from '../../emulator/index';
import type { EntryData, EntryFilter } from '../custom-protocol';
import type { VcpuOfGuest } from '../session/guest';
import { hexadecimal, pageSizeText } from '../variables/format';
import type { Context } from './context';
import { parseAddress } from './expressions';
import type { Request } from './request';
import { object } from './shape';

/** Every entry in use, in the order of the table; read through once for all requests of one moment. */
export function occupiedEntries(context: Context): readonly PageTableEntryView[] {
  const { pageTable, instructionCount } = context.requireLaunched().guest.target;
  const known = context.pageTableLook;
  if (known?.instructionCount === instructionCount) return known.entries;
  const entries = pageTable.occupied().map((index) => pageTable.entry(index));
  context.pageTableLook = { instructionCount, entries };
  return entries;
}

const ABSENT = 16;
export const pageTable: Request<'key31/pageTable'> = {
  shape: 'anything',
  handle: (context) => {
    const { order, groupCount, entryCount } = context.requireLaunched().guest.target.pageTable;
    const entries = occupiedEntries(context);
    const cells = new Uint8Array(2 * groupCount);
    for (const { group, state, decodedSecond } of entries) {
      cells[2 * group] = (cells[2 * group] ?? 0) + 1 + (state === 'absent' ? ABSENT : 0);
      cells[2 * group + 1] = Math.max(cells[2 * group + 1] ?? 0, Number(decodedSecond.key));
    }
    return { order, groupCount, entryCount, occupied: entries.length, groups: base64(cells) };
  },
};
const base64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

const MOST_ENTRIES = 1000;
export const pageTableEntries: Request<'key31/pageTableEntries'> = {
  shape: object(
    { start: 'integer', count: 'integer' },
    { filter: object({}, { group: 'integer', key: 'integer', state: 'text', address: 'text' }) },
  ),
  handle: (context, { start, count, filter = {} }) => {
    const of = context.vcpuOfFrame(undefined);
    const found = occupiedEntries(context).filter(passes(filter));
    const first = Math.max(0, start);
    const page = found.slice(first, first + Math.min(Math.max(0, count), MOST_ENTRIES));
    return { total: found.length, entries: page.map((entry) => entryData(of, entry)) };
  },
};

function passes({ group, key, state, address }: EntryFilter): (entry: PageTableEntryView) => boolean {
  const wanted = address === undefined ? undefined : parseAddress(address);
  return (entry) =>
    (group === undefined || entry.group === group) &&
    (key === undefined || entry.decodedSecond.key === BigInt(key)) &&
    (state === undefined || entry.state === state) &&
    (wanted === undefined || holds(entry, wanted));
}
function holds({ guestPhysicalAddress, page, shifts }: PageTableEntryView, address: bigint): boolean {
  const size = 1n << BigInt(shifts.actual);
  return [guestPhysicalAddress, page.virtualAddress].some((start) => address >= start && address < start + size);
}

function entryData(of: VcpuOfGuest, entry: PageTableEntryView): EntryData {
  const { index, group, state, decodedFirst, decodedSecond, page, shifts, slot } = entry;
  return {
    index,
    group,
    state,
    virtualAddress: hexadecimal(page.virtualAddress),
    guestPhysicalAddress: hexadecimal(entry.guestPhysicalAddress),
    realAddress: hexadecimal(decodedSecond.realPage << 12n),
    pageSize: pageSizeText(shifts.actual),
    key: Number(decodedSecond.key),
    protection: Number(decodedSecond.protection),
    slot,
    secondary: decodedFirst.secondaryHash,
    effectiveAddress: effectiveAddressOf(of, page.virtualAddress),
  };
}

const SLB_ENTRIES = 32;
/** Where one of the vCPU's segments leads to a virtual address. */
function effectiveAddressOf({ vcpu }: VcpuOfGuest, virtualAddress: bigint): string | undefined {
  for (let index = 0; index < SLB_ENTRIES; index++) {
    const { esid, vsid } = vcpu.registers.slbEntry(index);
    const { esid: segment, valid } = slbEsidWord.decode(esid);
    const word = slbVsidWord.decode(vsid);
    const shift = word.segmentSize === 1n ? 40n : 28n;
    const number = word.segmentSize === 1n ? word.vsid >> 12n : word.vsid;
    if (!valid || virtualAddress >> shift !== number) continue;
    const start = ((segment << 28n) >> shift) << shift;
    return hexadecimal(start | (virtualAddress & ((1n << shift) - 1n)));
  }
  return undefined;
}

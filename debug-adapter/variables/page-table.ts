import { RESERVED_KEY, type PageTableEntryView } from '../../emulator/index';
import type { Guest } from '../session/guest';
import { hexadecimal, pageSizeText, register64 } from './format';
import { named, type IndexedValues, type NamedValue } from './named-value';

/** The Hashed page table scope: what it is, then the entries that are valid or absent, a page of them at a time. */
export const pageTableSummary = ({ target: { pageTable } }: Guest): readonly NamedValue[] => [
  named(
    'size',
    `2^${pageTable.order} bytes: ${pageTable.groupCount} groups of 8, ${pageTable.occupied().length} of ${pageTable.entryCount} entries in use`,
  ),
];

export const pageTableEntries = (guest: Guest): IndexedValues => filteredEntries(guest, undefined);

export type EntryFilter = (entry: PageTableEntryView) => boolean;

/** The entries in use that a filter lets through; without one none is looked at before it is shown. */
export function filteredEntries({ target: { pageTable } }: Guest, filter: EntryFilter | undefined): IndexedValues {
  const occupied = pageTable.occupied();
  const shown = filter ? occupied.filter((index) => filter(pageTable.entry(index))) : occupied;
  return { count: shown.length, at: (index) => pageTableEntry(pageTable.entry(shown[index] ?? 0)) };
}

/** An HPTE as the hardware sees it, beside what the guest believes. */
export function pageTableEntry(entry: PageTableEntryView, name = `[${hexadecimal(entry.index)}]`): NamedValue {
  const { state, decodedSecond, page, guestPhysicalAddress, shifts } = entry;
  if (state === 'empty') return named(name, 'empty');
  const reserved = decodedSecond.key === RESERVED_KEY ? ', key 31 (no memory)' : '';
  const summary = `${state}, VA ${hexadecimal(page.virtualAddress)} → guest physical ${hexadecimal(guestPhysicalAddress)}, ${pageSizeText(shifts.actual)}${reserved}`;
  return named(name, summary, {
    watch: `hpte:${hexadecimal(entry.index)}`,
    memoryReference: { space: 'hpte', address: BigInt(entry.index) },
    children: () => fieldsOf(entry),
  });
}

function fieldsOf(entry: PageTableEntryView): readonly NamedValue[] {
  const { decodedFirst: first, decodedSecond: second, decodedGuestSecond: guest, shifts, slot } = entry;
  const bit = (value: boolean) => (value ? '1' : '0');
  const beside = (real: string, view: string) => (real === view ? real : `${real} (guest view: ${view})`);
  const watched = (field: string) => ({ watch: `hpte:${hexadecimal(entry.index)}.${field}` });
  return [
    named('state', stateText(entry), watched('valid')),
    named('virtual address', hexadecimal(entry.page.virtualAddress), {
      memoryReference: { space: 'va', address: entry.page.virtualAddress },
    }),
    named('group', `${hexadecimal(entry.group)}, slot ${entry.index % 8}`),
    named('B', `${first.segmentSize} (${first.segmentSize === 1n ? '1 TiB' : '256 MiB'} segment)`),
    named('L', bit(first.large)),
    named('H', first.secondaryHash ? '1 (secondary hash)' : '0 (primary hash)'),
    named('page size', `${pageSizeText(shifts.actual)}, in a segment of ${pageSizeText(shifts.base)} pages`),
    named('RPN', beside(hexadecimal(second.realPage << 12n), hexadecimal(guest.realPage << 12n))),
    named('guest physical address', hexadecimal(entry.guestPhysicalAddress), {
      memoryReference: { space: 'gpa', address: entry.guestPhysicalAddress },
    }),
    named('memory slot', slot === undefined ? 'none' : String(slot)),
    named('key', beside(String(second.key), String(guest.key)), watched('key')),
    named('pp', beside(protectionText(second.protection), protectionText(guest.protection)), watched('pp')),
    named('WIMG', beside(wimgText(second.wimg), wimgText(guest.wimg)), watched('wimg')),
    named('N', beside(bit(second.noExecute), bit(guest.noExecute)), watched('n')),
    named('R', beside(bit(second.referenced), bit(guest.referenced)), watched('r')),
    named('C', beside(bit(second.changed), bit(guest.changed)), watched('c')),
    named('bolted', bit(first.bolted)),
    named('first doubleword', register64(entry.first)),
    named('second doubleword', register64(entry.second)),
    named('guest view of the second', register64(entry.guestSecond)),
  ];
}

function stateText({ state, decodedSecond: { key } }: PageTableEntryView): string {
  if (state !== 'absent') return state;
  return key === RESERVED_KEY
    ? 'ABSENT: valid for the guest, and KVM’s key 31 says that no memory is behind it'
    : 'ABSENT: valid for the guest, and the hypervisor has yet to find its memory';
}

const protectionText = (pp: bigint): string => `${pp} (PP0 ${pp >> 2n}, PP ${(pp & 3n).toString(2).padStart(2, '0')})`;
const wimgText = (wimg: bigint): string =>
  `${wimg.toString(2).padStart(4, '0')} (${['W', 'I', 'M', 'G'].filter((_, bit) => (wimg & (8n >> BigInt(bit))) !== 0n).join('') || 'none'})`;

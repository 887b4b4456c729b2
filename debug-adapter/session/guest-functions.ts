/** The functions of the condition language that look at the guest's MMU. None changes anything. */
import type { PageTableEntryView } from '../../emulator/index';
import type { NamedFunction, Value, ValueType } from '../conditions/expression';
import { readNumber, type VcpuOfGuest } from './guest';

const number = 'number' as const;

/** Fields of an HPTE in conditions and watches, by the names that they have in the page table's view. */
export const entryFields = {
  index: ({ index }) => BigInt(index),
  valid: ({ state }) => state === 'valid',
  absent: ({ state }) => state === 'absent',
  va: ({ page }) => page.virtualAddress,
  vsid: ({ page }) => page.vsid,
  gpa: ({ guestPhysicalAddress }) => guestPhysicalAddress,
  slot: ({ slot }) => (slot === undefined ? undefined : BigInt(slot)),
  key: ({ decodedSecond }) => decodedSecond.key,
  pp: ({ decodedSecond }) => decodedSecond.protection,
  wimg: ({ decodedSecond }) => decodedSecond.wimg,
  n: ({ decodedSecond }) => decodedSecond.noExecute,
  r: ({ decodedSecond }) => decodedSecond.referenced,
  c: ({ decodedSecond }) => decodedSecond.changed,
  rpn: ({ decodedSecond }) => decodedSecond.realPage,
  first: ({ first }) => first,
  second: ({ second }) => second,
  guest_key: ({ decodedGuestSecond }) => decodedGuestSecond.key,
  guest_pp: ({ decodedGuestSecond }) => decodedGuestSecond.protection,
  guest_second: ({ guestSecond }) => guestSecond,
} as const satisfies Readonly<Record<string, (entry: PageTableEntryView) => Value | undefined>>;
export type EntryField = keyof typeof entryFields;
export const isEntryField = (name: string): name is EntryField => Object.hasOwn(entryFields, name);

const entryTypes = Object.fromEntries(
  Object.keys(entryFields).map((name): [string, ValueType] => [
    name,
    ['valid', 'absent', 'n', 'r', 'c'].includes(name) ? 'boolean' : number,
  ]),
);

/** The entry, valid or absent, behind an effective address; undefined when the segment or the table has none. */
export function entryBehind(of: VcpuOfGuest, effectiveAddress: bigint): PageTableEntryView | undefined {
  const virtual = virtualAddressOf(of, effectiveAddress);
  const index = virtual === undefined ? undefined : of.target.pageTable.find(virtual);
  return index === undefined ? undefined : of.target.pageTable.entry(index);
}
export function virtualAddressOf({ target, vcpu }: VcpuOfGuest, effectiveAddress: bigint): bigint | undefined {
  const { segment } = target.explain(vcpu.number, effectiveAddress, 'load');
  if (!segment) return undefined;
  const shift = BigInt(segment.segmentShift);
  return (segment.vsid << shift) | (effectiveAddress & ((1n << shift) - 1n));
}

type Call = (of: VcpuOfGuest, argument: bigint, field: string) => Value | undefined;
interface Definition extends Omit<NamedFunction, 'call'> {
  readonly call: Call;
}
const one = (name: string, parameter: string, description: string, call: Call): Definition => ({
  name,
  parameters: [parameter],
  description,
  fields: { '': number },
  call,
});

const definitions: readonly Definition[] = [
  one('translate', 'ea', 'the real address that a load from there would reach', (of, ea) => {
    return of.target.explain(of.vcpu.number, ea, 'load').realAddress;
  }),
  one('gpa', 'ea', 'the guest physical address behind an effective one', (of, ea) =>
    of.target.guestPhysicalOf(of.vcpu.number, ea),
  ),
  one('vsid', 'ea', 'the virtual segment that an effective address lies in', (of, ea) => {
    return of.target.explain(of.vcpu.number, ea, 'load').segment?.vsid;
  }),
  {
    name: 'hpte',
    parameters: ['ea'],
    description: 'the page table entry behind an effective address: its index, or one of its fields',
    fields: { '': number, ...entryTypes },
    call: (of, ea, field) => {
      const entry = entryBehind(of, ea);
      if (!entry) return undefined;
      return field === '' ? BigInt(entry.index) : isEntryField(field) ? entryFields[field](entry) : undefined;
    },
  },
  {
    name: 'slot',
    parameters: ['gpa'],
    description: 'the memory slot that holds a guest physical address: its number, or one of its fields',
    fields: { '': number, flags: number, base: number, size: number, hva: number },
    call: (of, address, field) => {
      const slot = of.target
        .memorySlots()
        .find(({ baseAddress, size }) => address >= baseAddress && address < baseAddress + size);
      if (!slot) return undefined;
      const values: Readonly<Record<string, bigint>> = {
        '': BigInt(slot.number),
        flags: slot.flags,
        base: slot.baseAddress,
        size: slot.size,
        hva: slot.hostVirtualAddress,
      };
      return values[field];
    },
  },
  ...(
    [
      ['byte', 1],
      ['half', 2],
      ['word', 4],
      ['doubleword', 8],
    ] as const
  ).map(([name, size]) =>
    one(name, 'ea', `the ${size === 1 ? 'byte' : `${size} bytes`} there, in the guest's byte order`, (of, ea) =>
      readNumber(of, ea, size),
    ),
  ),
];

export const guestFunctionDefinitions: readonly Omit<NamedFunction, 'call'>[] = definitions;
const byName = new Map(definitions.map((definition) => [definition.name, definition]));

/** A function of the language, bound to a vCPU. */
export function guestFunction(of: VcpuOfGuest, name: string): NamedFunction | undefined {
  const definition = byName.get(name);
  return definition && { ...definition, call: ([argument = 0n], field) => definition.call(of, argument, field) };
}

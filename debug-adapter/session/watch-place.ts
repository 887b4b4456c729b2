/**
 * What a data breakpoint watches, as a text that means the same for ever (DAP's dataId): memory by the guest physical
 * address, a page table entry by its page, a slot, a register or one of its fields, an SLB entry.
 */
import {
  hexadecimal,
  slbEsidWord,
  type DebugTarget,
  type WatchedMemory,
  type WatchedValue,
} from '../../emulator/index';
import {
  addressText,
  demandAddress,
  guestPhysicalOf,
  namesSpace,
  typedAddress,
  virtualAddressBehind,
} from './addresses';
import type { Guest, VcpuOfGuest } from './guest';
import { vcpuOf } from './guest';
import { entryFields, isEntryField, type EntryField } from './guest-functions';
import { fieldValue, registerField } from './register-fields';
import { registerNamed } from './register-names';

export interface WatchPlace {
  readonly dataId: string;
  readonly description: string;
  /** Which accesses can be told apart. */
  readonly accessTypes: readonly ('read' | 'write' | 'readWrite')[];
  watch(guest: Guest, access: 'read' | 'write' | 'readWrite'): PlacedWatch;
}
export type PlacedWatch =
  | { readonly kind: 'memory'; readonly memory: WatchedMemory }
  | { readonly kind: 'value'; readonly value: WatchedValue };

const memoryPattern = /^([a-z]+:\s*(?:0x[0-9a-f]+|\d+))\s*(?:[/+]\s*(\d+))?$/i;
const entryPattern = /^hpte\(\s*([a-z]+:\s*0x[0-9a-f]+|0x[0-9a-f]+|\d+)\s*\)(?:\.(\w+))?$/i;
const entryIndexPattern = /^(hpte:\s*(?:0x[0-9a-f]+|\d+))(?:\.(\w+))?$/i;
const slotPattern = /^slot:(\d+)(?:\.(flags|base|size))?$/i;
const slbPattern = /^slb:(\d+)(?:@(\d+))?$/i;
const registerPattern = /^(\w+(?:\.\w+)?)(?:@(\d+))?$/;
const MOST_BYTES = 1 << 16;
const SLB_ENTRIES = 32n;

/** What a text names that can be watched; undefined when it names nothing. */
export function watchPlace(of: VcpuOfGuest, text: string, bytes = 1): WatchPlace | undefined {
  const wanted = text.trim();
  return (
    entryPlace(of, wanted) ??
    slotPlace(wanted) ??
    segmentPlace(of, wanted) ??
    memoryPlace(of, wanted, bytes) ??
    registerPlace(of, wanted)
  );
}

function memoryPlace(of: VcpuOfGuest, text: string, given: number): WatchPlace | undefined {
  const [, place, size] = memoryPattern.exec(/^(0x[0-9a-f]+|\d+)$/i.test(text) ? `ea:${text}` : text) ?? [];
  const space = place === undefined ? undefined : namesSpace(place);
  if (place === undefined || space === undefined || space === 'hpte') return undefined;
  const length = size === undefined ? given : Number(size);
  if (length < 1 || length > MOST_BYTES) return undefined;
  const typed = demandAddress(place);
  const address = guestPhysicalOf(of, typed);
  if (address === undefined) return undefined;
  const dataId = `gpa:${hexadecimal(address)}/${length}`;
  const asked = typed.space === 'gpa' ? '' : ` (${addressText(typed)})`;
  return {
    dataId,
    description: `${length === 1 ? '1 byte' : `${length} bytes`} of guest physical memory at ${hexadecimal(address)}${asked}`,
    accessTypes: ['read', 'write', 'readWrite'],
    watch: (_guest, access) => ({ kind: 'memory', memory: { address, length, access } }),
  };
}

const value = (read: () => bigint | undefined, everyInstruction: boolean): PlacedWatch => ({
  kind: 'value',
  value: { read, everyInstruction },
});

function entryPlace(of: VcpuOfGuest, text: string): WatchPlace | undefined {
  const [, place, field] = entryPattern.exec(text) ?? entryIndexPattern.exec(text) ?? [];
  if (place === undefined || (field !== undefined && !isEntryField(field))) return undefined;
  const typed = typedAddress(place);
  const virtual = typed && virtualAddressBehind(of, typed);
  if (virtual === undefined) return undefined;
  const name = `hpte(va:${hexadecimal(virtual)})`;
  return {
    dataId: field === undefined ? name : `${name}.${field}`,
    description: `the HPTE of virtual page ${hexadecimal(virtual)}${field === undefined ? ', wherever it stands; R and C apart' : `, its ${field}`}`,
    accessTypes: ['write'],
    // Only R and C change without the hypervisor.
    watch: ({ target }) =>
      value(() => readEntry(target, virtual, field), field === 'r' || field === 'c' || field === 'second'),
  };
}

/** R and C are the hardware's, which sets them as it goes. */
const USE_BITS = 0x180n;
function readEntry({ pageTable }: DebugTarget, virtual: bigint, field: EntryField | undefined): bigint | undefined {
  const index = pageTable.find(virtual);
  if (index === undefined) return undefined;
  const entry = pageTable.entry(index);
  if (field !== undefined) {
    const found = entryFields[field](entry);
    return found === undefined ? undefined : BigInt(found);
  }
  // One number that differs whenever the place, the real entry or the guest's view does.
  const words = [entry.first, entry.second & ~USE_BITS, entry.guestSecond & ~USE_BITS];
  return words.reduce((all, word) => (all << 64n) | word, BigInt(index));
}

function slotPlace(text: string): WatchPlace | undefined {
  const [, digits, field = 'flags'] = slotPattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  const read = (target: DebugTarget) => {
    const slot = target.memorySlots().find((one) => one.number === number);
    return slot && { flags: slot.flags, base: slot.baseAddress, size: slot.size }[field];
  };
  return {
    dataId: `slot:${number}.${field}`,
    description: `the ${field} of memory slot ${number}`,
    accessTypes: ['write'],
    watch: ({ target }) => value(() => read(target), false),
  };
}

function segmentPlace(of: VcpuOfGuest, text: string): WatchPlace | undefined {
  const [, digits, on] = slbPattern.exec(text) ?? [];
  if (digits === undefined || BigInt(digits) >= SLB_ENTRIES) return undefined;
  const index = Number(digits);
  const vcpu = vcpuOf(of, on === undefined ? of.vcpu.number : Number(on)).vcpu.number;
  return {
    dataId: `slb:${index}@${vcpu}`,
    description: `SLB entry ${index} of vCPU ${vcpu}`,
    accessTypes: ['write'],
    watch: (guest) =>
      value(() => {
        const { esid, vsid } = vcpuOf(guest, vcpu).vcpu.registers.slbEntry(index);
        return slbEsidWord.decode(esid).valid ? (esid << 64n) | vsid : undefined;
      }, true),
  };
}

/** What only the hypervisor changes: the guest's instructions cannot. */
const ofHypervisor = new Set(['lpcr', 'sdr1', 'rmor', 'amor', 'lpid']);

function registerPlace(of: VcpuOfGuest, text: string): WatchPlace | undefined {
  const [, name = '', on] = registerPattern.exec(text) ?? [];
  const field = registerField(name);
  const register = registerNamed(field?.register ?? name);
  if (!register) return undefined;
  const vcpu = vcpuOf(of, on === undefined ? of.vcpu.number : Number(on)).vcpu.number;
  const shown = field ? `${field.register}.${field.name}` : register.name;
  return {
    dataId: `${shown}@${vcpu}`,
    description: `${shown} of vCPU ${vcpu}`,
    accessTypes: ['write'],
    watch: (guest) => {
      // Each look makes a view of the vCPU anew, and there is one an instruction.
      const { vcpu: view } = vcpuOf(guest, vcpu);
      const one = { ...guest, vcpu: view };
      const read = () => (field ? fieldValue(field, register.read(one)) : register.read(one));
      return value(read, !ofHypervisor.has(register.name));
    },
  };
}

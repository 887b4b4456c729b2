/** Addresses that say which space they are in: ea: va: gpa: hpa: hva: hpte:. */
import { hexadecimal, type DebugTarget } from '../../emulator/index';
import { errors } from '../errors';
import type { VcpuOfGuest } from './guest';
import { virtualAddressOf } from './guest-functions';

export const addressSpaces = {
  ea: 'effective, as the vCPU translates it now',
  va: 'virtual, 78 bits: VSID and offset',
  gpa: 'guest physical',
  hpa: 'host physical, which hardware calls real',
  hva: 'host virtual, in the process that runs the guest',
  hpte: 'the page table entry of an index',
} as const;
export type AddressSpace = keyof typeof addressSpaces;
export interface TypedAddress {
  readonly space: AddressSpace;
  readonly address: bigint;
}

const isSpace = (name: string): name is AddressSpace => Object.hasOwn(addressSpaces, name);
const pattern = /^\s*(?:([a-z]+):\s*)?(0x[0-9a-f]{1,20}|\d{1,24})\s*$/i;
const VIRTUAL_BITS = 78n;

/** Reads "gpa:0x1000"; an address without a space is effective. Undefined: it is none. */
export function typedAddress(text: string): TypedAddress | undefined {
  const [, name = 'ea', digits] = pattern.exec(text) ?? [];
  const space = name.toLowerCase();
  if (digits === undefined || !isSpace(space)) return undefined;
  const address = BigInt(digits);
  return address < 1n << (space === 'va' ? VIRTUAL_BITS : 64n) ? { space, address } : undefined;
}
/** The same, or an error for the person who wrote it. */
export function demandAddress(text: string): TypedAddress {
  const found = typedAddress(text);
  if (!found) throw errors.badAddress(text);
  return found;
}
export const addressText = ({ space, address }: TypedAddress): string => `${space}:${hexadecimal(address)}`;
/** A memory reference as clients get it; a bare number is an effective address. */
export const memoryReferenceText = (reference: bigint | TypedAddress): string =>
  addressText(typeof reference === 'bigint' ? { space: 'ea', address: reference } : reference);
/** Whether a text begins like a typed address: "gpa:…". */
export const namesSpace = (text: string): AddressSpace | undefined => {
  const name = /^\s*([a-z]+):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return isSpace(name) ? name : undefined;
};

const HPTE_BYTES = 16;
const PAGE = 0x1000n;

/** The guest physical address behind a typed one; undefined where there is none. */
export function guestPhysicalOf(of: VcpuOfGuest, { space, address }: TypedAddress): bigint | undefined {
  const { target, vcpu } = of;
  switch (space) {
    case 'gpa':
      return address;
    case 'ea':
      return target.guestPhysicalOf(vcpu.number, address);
    case 'va': {
      const index = target.pageTable.find(address);
      if (index === undefined) return undefined;
      const { guestPhysicalAddress, shifts } = target.pageTable.entry(index);
      return guestPhysicalAddress | (address & ((1n << BigInt(shifts.actual)) - 1n));
    }
    case 'hva':
      return guestPhysicalOfHost(target, address);
    case 'hpte':
      return address < target.pageTable.entryCount
        ? target.pageTable.entry(Number(address)).guestPhysicalAddress
        : undefined;
    case 'hpa':
      return undefined;
  }
}
function guestPhysicalOfHost(target: DebugTarget, address: bigint): bigint | undefined {
  const slot = target
    .memorySlots()
    .find(({ hostVirtualAddress: start, size }) => address >= start && address < start + size);
  return slot && slot.baseAddress + (address - slot.hostVirtualAddress);
}

/** Cuts a stretch at pages, beyond which the next page may lie elsewhere. */
function* pieces(start: bigint, length: number): Generator<{ at: bigint; from: number; to: number }> {
  for (let from = 0; from < length;) {
    const at = start + BigInt(from);
    const to = Math.min(length, from + Number(PAGE - (at & (PAGE - 1n))));
    yield { at, from, to };
    from = to;
  }
}

/** The bytes from there on, as many as can be read. */
export function readAt(of: VcpuOfGuest, { space, address }: TypedAddress, length: number): Uint8Array {
  const { target, vcpu } = of;
  if (space === 'ea') return target.readMemory(vcpu.number, address, length);
  if (space === 'gpa') return target.readGuestPhysical(address, length);
  if (space === 'hpa') return target.readHostReal(address, length);
  if (space === 'hpte') return entryBytes(target, address, length);
  const parts: number[] = [];
  for (const { at, from, to } of pieces(address, length)) {
    const physical = guestPhysicalOf(of, { space, address: at });
    const bytes = physical === undefined ? [] : target.readGuestPhysical(physical, to - from);
    parts.push(...bytes);
    if (bytes.length < to - from) break;
  }
  return Uint8Array.from(parts);
}

/** Writes what is memory; returns how many bytes that was. */
export function writeAt(of: VcpuOfGuest, { space, address }: TypedAddress, bytes: Uint8Array): number {
  const { target, vcpu } = of;
  if (space === 'ea') return target.writeMemory(vcpu.number, address, bytes);
  if (space === 'gpa') return target.writeGuestPhysical(address, bytes);
  if (space === 'hpa') return target.writeHostReal(address, bytes);
  if (space === 'hpte') return patchEntries(target, address, bytes);
  let done = 0;
  for (const { at, from, to } of pieces(address, bytes.length)) {
    const physical = guestPhysicalOf(of, { space, address: at });
    const written = physical === undefined ? 0 : target.writeGuestPhysical(physical, bytes.subarray(from, to));
    done += written;
    if (written < to - from) break;
  }
  return done;
}

/** Entries as they lie in the host's memory: big-endian doublewords. */
function entryBytes({ pageTable }: DebugTarget, index: bigint, length: number): Uint8Array {
  const last = Math.min(pageTable.entryCount, Number(index) + Math.ceil(length / HPTE_BYTES));
  const bytes = new DataView(new ArrayBuffer(Math.max(0, last - Number(index)) * HPTE_BYTES));
  for (let entry = Number(index); entry < last; entry++) {
    const { first, second } = pageTable.entry(entry);
    bytes.setBigUint64((entry - Number(index)) * HPTE_BYTES, first);
    bytes.setBigUint64((entry - Number(index)) * HPTE_BYTES + 8, second);
  }
  return new Uint8Array(bytes.buffer).subarray(0, length);
}
function patchEntries(target: DebugTarget, index: bigint, bytes: Uint8Array): number {
  const now = entryBytes(target, index, Math.ceil(bytes.length / HPTE_BYTES) * HPTE_BYTES);
  const length = Math.min(now.length, bytes.length);
  now.set(bytes.subarray(0, length));
  const view = new DataView(now.buffer, now.byteOffset, now.byteLength);
  for (let at = 0; at < length; at += HPTE_BYTES)
    target.patchPageTable(Number(index) + at / HPTE_BYTES, view.getBigUint64(at), view.getBigUint64(at + 8));
  return length;
}

/** The virtual address that names a page for ever: of an effective address now, of an entry, or as it is. */
export function virtualAddressBehind(of: VcpuOfGuest, { space, address }: TypedAddress): bigint | undefined {
  switch (space) {
    case 'va':
      return address;
    case 'ea':
      return virtualAddressOf(of, address);
    case 'hpte': {
      if (address >= of.target.pageTable.entryCount) return undefined;
      const { state, page } = of.target.pageTable.entry(Number(address));
      return state === 'empty' ? undefined : page.virtualAddress;
    }
    case 'gpa':
    case 'hva':
    case 'hpa':
      return undefined;
  }
}

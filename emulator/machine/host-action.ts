/** Does what host-event.ts names. */
import { fork, merge, migrate, swapOut } from '../host/memory-management';
import type { AreaKind } from '../host/area';
import type { DeviceHardware } from '../host/device-hardware';
import { getDirtyLog } from '../kvm/dirty-log';
import { hostAddressOf, type Kvm } from '../kvm/kvm';
import { slotAt, type MemoryRegion } from '../kvm/memory-slots';
import { beginRegionChange, finishRegionChange, type RegionChange } from '../kvm/set-memory-region';
import type { GuestMemory } from './guest-memory';
import type { ActionResult, GuestRange, HostAction } from './host-event';

/** An action in two halves, where something lies between. Plain data. */
export type Begun =
  | { readonly kind: 'over'; readonly result: ActionResult }
  | { readonly kind: 'range'; readonly action: HostAction; readonly start: bigint; readonly end: bigint }
  | { readonly kind: 'region'; readonly change: RegionChange };

export interface HostSide {
  readonly kvm: Kvm;
  readonly memory: GuestMemory;
  readonly hardware: readonly DeviceHardware[];
}

const did = (text: string): ActionResult => ({ done: true, text });
const failed = (text: string): ActionResult => ({ done: false, text });
const pages = (count: number): ActionResult => did(count === 1 ? '1 page' : `${String(count)} pages`);

/** Where a guest's range lies in the host process. */
function hostRange({ slots }: Kvm, { guestPhysicalAddress, size }: GuestRange) {
  const slot = slotAt(slots, guestPhysicalAddress);
  if (!slot) return undefined;
  const start = hostAddressOf(slot, guestPhysicalAddress);
  return { start, end: start + size };
}

/** Begins an action: what KVM has of a range is invalid from now on, or a slot is. Others are over at once. */
export function begin(host: HostSide, action: HostAction): Begun {
  const { kvm } = host;
  switch (action.kind) {
    case 'write-memory':
    case 'get-dirty-log':
      return { kind: 'over', result: perform(host, action) };
    case 'set-memory-region': {
      const change = beginRegionChange(kvm, regionOf(host, action));
      if (change.kind !== 'refused') return { kind: 'region', change };
      return { kind: 'over', result: failed(`${change.error.errno}: ${change.error.why}`) };
    }
    case 'swap-out':
    case 'migrate':
    case 'merge':
    case 'fork':
    case 'munmap':
    case 'mprotect':
    case 'mmap':
    case 'age':
    case 'test-young': {
      const range = hostRange(kvm, action);
      if (!range) return { kind: 'over', result: failed('no memory slot holds that address') };
      if (action.kind !== 'age' && action.kind !== 'test-young') kvm.process.beginChange(range.start, range.end);
      return { kind: 'range', action, ...range };
    }
  }
}

export function finish(host: HostSide, begun: Begun): ActionResult {
  switch (begun.kind) {
    case 'over':
      return begun.result;
    case 'region': {
      const error = finishRegionChange(host.kvm, begun.change);
      return error ? failed(`${error.errno}: ${error.why}`) : did(begun.change.kind);
    }
    case 'range': {
      const { action, start, end } = begun;
      const result = performOnRange(host, action, start, end);
      if (action.kind !== 'age' && action.kind !== 'test-young') host.kvm.process.endChange(start, end);
      return result;
    }
  }
}

function regionOf({ kvm, hardware }: HostSide, action: HostAction & { kind: 'set-memory-region' }): MemoryRegion {
  const { slot: number, guestPhysicalAddress: baseAddress, size, flags, vma } = action;
  const old = kvm.slots.find((slot) => slot.number === number);
  const hostVirtualAddress = old?.hostVirtualAddress ?? kvm.process.reserve(size);
  if (!old && size > 0n && vma !== 'none') mapAt(kvm, hardware, vma, hostVirtualAddress, size);
  return { number, baseAddress, size, flags, hostVirtualAddress };
}
function mapAt(kvm: Kvm, hardware: readonly DeviceHardware[], vma: AreaKind, at: bigint, size: bigint): void {
  const frames = vma === 'device' ? hardware[0]?.address : undefined;
  kvm.process.map(vma, size, 'host event', frames === undefined ? { at } : { at, frames });
}

function performOnRange({ kvm, hardware }: HostSide, action: HostAction, start: bigint, end: bigint): ActionResult {
  const { process } = kvm;
  switch (action.kind) {
    case 'swap-out':
      return pages(swapOut(process, start, end));
    case 'migrate':
      return pages(migrate(process, start, end));
    case 'merge':
      return pages(merge(process, start, end));
    case 'fork':
      return pages(fork(process, start, end));
    case 'munmap':
      process.unmap(start, end);
      return did('unmapped');
    case 'mprotect':
      process.protect(start, end, action);
      return did(action.writable ? 'writable' : action.readable ? 'read-only' : 'no access');
    case 'mmap':
      mapAt(kvm, hardware, action.vma, start, end - start);
      return did(`${action.vma} memory`);
    case 'age':
      return did(process.young(start, end, true) ? 'young' : 'old');
    case 'test-young':
      return did(process.young(start, end, false) ? 'young' : 'old');
    case 'write-memory':
    case 'set-memory-region':
    case 'get-dirty-log':
      throw new Error(`${action.kind} has no range`);
  }
}

function perform(
  { kvm, memory }: HostSide,
  action: HostAction & { kind: 'write-memory' | 'get-dirty-log' },
): ActionResult {
  if (action.kind === 'write-memory') {
    const written = memory.write(action.guestPhysicalAddress, action.bytes);
    return written === action.bytes.length
      ? did(`${String(written)} bytes`)
      : failed('EFAULT: not all of it is memory');
  }
  const log = getDirtyLog(kvm, action.slot);
  if (log.kind === 'refused') return failed(log.errno);
  const bits = Array.from(
    { length: 8 * log.bitmap.length },
    (_, page) => ((log.bitmap[page >> 3] ?? 0) >> (page & 7)) & 1,
  );
  const dirty = bits.reduce((sum, bit) => sum + bit, 0);
  return did(`${dirty === 1 ? '1 page' : `${String(dirty)} pages`} written to`);
}

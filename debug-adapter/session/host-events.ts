/** Reads `hostEvents` and `randomHostEvents` of a launch configuration. */
import {
  areaKinds,
  rangeActions,
  stagesToWaitFor,
  type HostAction,
  type HostEventConfiguration,
  type RandomHostEvents,
} from '../../emulator/index';
import { errors } from '../errors';
import { address, needed, oneOf, record, size, text, truth, wholeNumber } from './launch-fields';

const HOST_PAGE = 0x10000n;
const otherActions = [
  'mprotect',
  'mmap',
  'write-memory',
  'set-memory-region',
  'delete-memory-region',
  'get-dirty-log',
] as const;
const actions = [...rangeActions, ...otherActions] as const;

export function readHostEvent(value: unknown, field: string): HostEventConfiguration {
  const event = record(value, field);
  return {
    at: wholeNumber(event.at, `${field}.at`, 0) ?? 0,
    stage: oneOf(event.stage, stagesToWaitFor, `${field}.stage`),
    lasting: wholeNumber(event.lasting, `${field}.lasting`, 0) ?? 0,
    action: readHostAction(value, field),
  };
}

export function readRandomHostEvents(value: unknown, field: string): RandomHostEvents | undefined {
  if (value === undefined) return undefined;
  const random = record(value, field);
  return {
    seed: wholeNumber(random.seed, `${field}.seed`, 0, 0xffff_ffff) ?? 31,
    every: needed(wholeNumber(random.every, `${field}.every`, 1), `${field}.every`),
  };
}

function readHostAction(value: unknown, field: string): HostAction {
  const given = record(value, field);
  const kind = needed(oneOf(given.action, actions, `${field}.action`), `${field}.action`);
  const number = () => needed(wholeNumber(given.slot, `${field}.slot`, 0), `${field}.slot`);
  const range = () => {
    const guestPhysicalAddress = address(given.guestPhysicalAddress, `${field}.guestPhysicalAddress`);
    const bytes = needed(size(given.size, `${field}.size`), `${field}.size`);
    if (guestPhysicalAddress % HOST_PAGE !== 0n)
      throw errors.launch(`${field}.guestPhysicalAddress`, 'must be at a page of the host, a multiple of 64K.');
    if (bytes % HOST_PAGE !== 0n) throw errors.launch(`${field}.size`, 'must be a multiple of 64K.');
    return { guestPhysicalAddress, size: bytes };
  };
  switch (kind) {
    case 'mprotect':
      return {
        kind,
        ...range(),
        readable: truth(given.readable, `${field}.readable`) ?? true,
        writable: truth(given.writable, `${field}.writable`) ?? false,
      };
    case 'mmap':
      return { kind, ...range(), vma: oneOf(given.vma, areaKinds, `${field}.vma`) ?? 'anonymous' };
    case 'write-memory':
      return {
        kind,
        guestPhysicalAddress: address(given.guestPhysicalAddress, `${field}.guestPhysicalAddress`),
        bytes: bytesOf(needed(text(given.bytes, `${field}.bytes`), `${field}.bytes`), `${field}.bytes`),
      };
    case 'set-memory-region':
      return {
        kind,
        ...range(),
        slot: number(),
        flags: BigInt(wholeNumber(given.flags, `${field}.flags`, 0, 0xffff_ffff) ?? 0),
        vma: oneOf(given.vma, [...areaKinds, 'none'] as const, `${field}.vma`) ?? 'anonymous',
      };
    case 'delete-memory-region':
      return {
        kind: 'set-memory-region',
        slot: number(),
        guestPhysicalAddress: 0n,
        size: 0n,
        flags: 0n,
        vma: 'none',
      };
    case 'get-dirty-log':
      return { kind, slot: number() };
    case 'swap-out':
    case 'migrate':
    case 'merge':
    case 'fork':
    case 'munmap':
    case 'age':
    case 'test-young':
      return { kind, ...range() };
  }
}

function bytesOf(digits: string, field: string): Uint8Array {
  if (!/^([0-9a-f]{2} ?)+$/i.test(digits)) throw errors.launch(field, 'must be bytes such as "60 00 00 00".');
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16));
}

/** One translation, with all that decided it, and what the hypervisor makes of the page. */
import type { TranslationDecision } from '../../emulator/index';
import type { AccessName, WalkData } from '../custom-protocol';
import { errors } from '../errors';
import type { VcpuOfGuest } from '../session/guest';
import { barredText, verdictText } from '../variables/decision';
import { hexadecimal, pageSizeText, register64 } from '../variables/format';
import { areaData } from './guest-state';
import { parseAddress } from './expressions';
import type { Request } from './request';
import { object } from './shape';

const accesses: readonly AccessName[] = ['load', 'store', 'fetch'];

export const translate: Request<'key31/translate'> = {
  shape: object({ address: 'text', access: 'text' }, { threadId: 'integer' }),
  handle: (context, { address, access, threadId }) => {
    const of = threadId === undefined ? context.vcpuOfFrame(undefined) : context.thread(threadId);
    if (!accesses.includes(access))
      throw errors.badExpression(`An access is one of ${accesses.join(', ')}, not "${access}".`);
    return walkData(of, of.target.explain(of.vcpu.number, parseAddress(address), access));
  },
};

function walkData(of: VcpuOfGuest, decision: TranslationDecision): WalkData {
  const { segment, hash, groups, entry, realAddress } = decision;
  return {
    effectiveAddress: hexadecimal(decision.effectiveAddress),
    access: decision.access,
    mode: decision.mode,
    verdict: verdictText(decision),
    mapped: decision.verdict === 'mapped',
    segment: segment && {
      origin: segment.slbIndex === undefined ? 'LPCR[VRMASD]' : `SLB entry ${segment.slbIndex}`,
      vsid: hexadecimal(segment.vsid),
      size: segment.segmentShift === 40 ? '1 TiB' : '256 MiB',
      pageSize: pageSizeText(segment.basePageShift),
    },
    hash: hash === undefined ? undefined : hexadecimal(hash),
    groups: groups.map(({ which, number, entries }) => ({
      which,
      number,
      entries: entries.map(({ index, refused }) => ({ index, refused })),
    })),
    entry: entry && { index: entry.index, first: register64(entry.first), second: register64(entry.second) },
    protection: protectionTexts(decision),
    realAddress: realAddress === undefined ? undefined : hexadecimal(realAddress),
    host: hostSide(of, decision),
  };
}

function protectionTexts({ protection, access }: TranslationDecision): string[] {
  if (!protection) return [];
  const { storageKey, pp, rights, classKey, keyRegister, barred } = protection;
  return [
    `pp ${pp} with storage key bit ${storageKey} allows ${rights === 'none' ? 'nothing' : rights}`,
    `key ${classKey}: ${keyRegister} ${barredText(barred, access === 'fetch')}`,
  ];
}

/** KVM finds absent entries too, which the hardware passes over: the same virtual page, in one of the groups. */
function hostSide(
  { target }: VcpuOfGuest,
  { groups, segment, effectiveAddress }: TranslationDecision,
): WalkData['host'] {
  if (!segment) return undefined;
  const offset = effectiveAddress & ((1n << BigInt(segment.segmentShift)) - 1n);
  const wanted = (segment.vsid << BigInt(segment.segmentShift)) | offset;
  const found = groups
    .flatMap(({ entries }) => entries.map(({ index }) => target.pageTable.entry(index)))
    .find(({ state, page, shifts }) => {
      const size = 1n << BigInt(shifts.actual);
      return (
        state !== 'empty' && shifts.actual > 0 && wanted >= page.virtualAddress && wanted < page.virtualAddress + size
      );
    });
  if (!found) return undefined;
  const guestPhysical = found.guestPhysicalAddress | (wanted & ((1n << BigInt(found.shifts.actual)) - 1n));
  const slot = target.memorySlots().find(({ number }) => number === found.slot);
  const hostVirtual = slot && slot.hostVirtualAddress + (guestPhysical - slot.baseAddress);
  const area =
    hostVirtual === undefined
      ? undefined
      : slot?.areas.find(({ start, end }) => hostVirtual >= start && hostVirtual < end);
  return {
    entryIndex: found.index,
    state: found.state,
    key: Number(found.decodedSecond.key),
    guestPhysicalAddress: hexadecimal(guestPhysical),
    slot: found.slot,
    hostVirtualAddress: hostVirtual === undefined ? undefined : hexadecimal(hostVirtual),
    area: area && areaData(area),
  };
}

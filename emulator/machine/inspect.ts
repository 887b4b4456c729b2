/** Views of the machine for a debugger. None of them changes anything that a guest could notice. */
import type { FaultView, MmioExit } from './debug-target';
import { vectors } from '../cpu/interrupts';
import { areaFlagNames } from '../host/area';
import { guestPage, isPresent } from '../kvm/entry-rules';
import { usableSlot, type Kvm } from '../kvm/kvm';
import { slotFlagNames, type MemorySlotView } from '../kvm/memory-slots';
import type { PageTableEntryView } from '../kvm/page-table-view';
import { Explain, type ExplainSorts } from '../mmu/explain';
import { entryIndexAt, explainTranslation } from '../mmu/explain-translation';
import { ENTRIES_IN_GROUP, hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { virtualPageOf } from '../mmu/hashed-page-table';
import { hptePageShifts } from '../mmu/page-size';
import { lpcr, msr } from '../mmu/special-register-bits';
import { searchForHypervisor } from '../mmu/translate';
import { verdictNumber } from '../mmu/verdict';
import { deviceAt, type EmulatedDevice } from './devices/device';
import type { Stage, Vcpu } from './vcpu';

export function entryView(kvm: Kvm, index: number): PageTableEntryView {
  const first = kvm.table.first(index);
  const second = kvm.table.second(index);
  const guestSecond = kvm.reverseMap.guestSecond(index);
  const decodedFirst = hpteFirst.decode(first);
  const group = Math.floor(index / ENTRIES_IN_GROUP);
  const guestPhysicalAddress = guestPage(first, guestSecond)?.address ?? 0n;
  return {
    index,
    group,
    state: decodedFirst.valid ? 'valid' : decodedFirst.absent ? 'absent' : 'empty',
    first,
    second,
    guestSecond,
    decodedFirst,
    decodedSecond: hpteSecond.decode(second),
    decodedGuestSecond: hpteSecond.decode(guestSecond),
    page: virtualPageOf(first, second, group, kvm.table.groupCount),
    shifts: hptePageShifts(first, guestSecond),
    guestPhysicalAddress,
    slot: isPresent(first) ? usableSlot(kvm, guestPhysicalAddress)?.number : undefined,
  };
}

export const slotViews = (kvm: Kvm): readonly MemorySlotView[] =>
  kvm.slots.map((slot) => ({
    ...slot,
    flagNames: slotFlagNames(slot.flags, kvm.behavior),
    areas: kvm.process
      .areasIn(slot.hostVirtualAddress, slot.hostVirtualAddress + slot.size)
      .map((area) => ({ ...area, flagNames: areaFlagNames(area) })),
  }));

/** Where an effective address leads in the guest's physical memory, whatever its protection; undefined: nowhere. */
export function guestPhysicalOf(kvm: Kvm, { registers }: Vcpu, effectiveAddress: bigint): bigint | undefined {
  const relocated = (registers.special('msr') & msr.mask.DR) !== 0n;
  const offset = !relocated && (registers.special('lpcr') & lpcr.mask.VPM0) === 0n;
  if (offset) return effectiveAddress & ((1n << 60n) - 1n);
  const found = Explain.run(registers.view, registers.base, (op) => {
    searchForHypervisor<ExplainSorts>(op, effectiveAddress, 'load');
  });
  // The last store of the search is the entry's place.
  const place = found.effects.at(-1)?.value;
  if (found.verdict !== verdictNumber.mapped || place === undefined) return undefined;
  const index = entryIndexAt(place, BigInt(kvm.table.address));
  const page = guestPage(kvm.table.first(index), kvm.reverseMap.guestSecond(index));
  return page && page.address | (effectiveAddress & (page.size - 1n));
}

export function exitView(kvm: Kvm, devices: readonly EmulatedDevice[], stage: Stage): MmioExit | undefined {
  if (stage.at !== 'mmio-exit') return undefined;
  return {
    guestPhysicalAddress: stage.guestPhysicalAddress,
    effectiveAddress: stage.trap.effectiveAddress,
    length: stage.length,
    isWrite: stage.isWrite,
    data: stage.data,
    instruction: stage.instruction,
    instructionAddress: stage.trap.instructionAddress,
    hpteIndex: stage.entry.index,
    slot: usableSlot(kvm, stage.guestPhysicalAddress)?.number,
    device: deviceAt(devices, stage.guestPhysicalAddress)?.name,
  };
}

/** What a guest's interrupt vector is after a refused access, in hexadecimal. */
const shown = (vector: number): string => `0x${vector.toString(16)}`;

function outcomeOf(stage: Stage): string {
  switch (stage.at) {
    case 'interrupt':
      return `given to the guest as interrupt ${shown(stage.interrupt.vector)}`;
    case 'mmio-exit':
      return 'left to user space as an MMIO exit';
    case 'page-fault':
      return stage.emulated ? 'to be emulated' : 'to be resolved by the host';
    case 'insert-entry':
      return 'resolved by the host, about to be mapped';
    case 'guest':
    case 'hypercall':
    case 'storage-trap':
    case 'emulate-mmio':
    case 'failed':
      return 'tried again by the guest';
  }
}

/** The access that a vCPU is held at; undefined where none is. The decision is worked out anew: nothing has moved since. */
export function faultView(vcpu: Vcpu): FaultView | undefined {
  const { stage, registers } = vcpu;
  if (stage.at === 'guest' || stage.at === 'hypercall' || stage.at === 'failed' || !stage.trap) return undefined;
  const { access, effectiveAddress, status, instructionAddress } = stage.trap;
  const toGuest = stage.at === 'interrupt' && stage.interrupt.location === 'by LPCR[AIL]';
  const fetch = access === 'fetch';
  const hostVector = fetch ? vectors.hypervisorInstructionStorage : vectors.hypervisorDataStorage;
  return {
    effectiveAddress,
    access,
    instructionAddress,
    status,
    statusRegister: toGuest ? (fetch ? 'SRR1' : 'DSISR') : fetch ? 'HSRR1' : 'HDSISR',
    vector: toGuest ? stage.interrupt.vector : hostVector,
    to: toGuest ? 'guest' : 'host',
    outcome: outcomeOf(stage),
    decision: explainTranslation(registers.view, registers.base, effectiveAddress, access),
  };
}

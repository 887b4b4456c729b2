/** What a debugger is told when something happens: the kinds of an access's fault, and the fields of each event. */
import { vectorName } from '../cpu/interrupts';
import type { HostStage, MmioExitStage, StorageTrap } from '../kvm/fault/stage';
import { guestPage } from '../kvm/entry-rules';
import { usableSlot, type Kvm } from '../kvm/kvm';
import { hpteSecond } from '../mmu/hashed-page-table-entry';
import { dsisr } from '../mmu/special-register-bits';
import { valueOf } from '../word/byte-order';
import type { EventKind, EventValue } from './events';
import type { ActionResult, HostAction } from './host-event';
import { hypercallName } from './hypercalls/table';
import type { DmaAccess } from './pci/direct-memory-access';
import type { Vcpu } from './vcpu';

export type EventFields = Readonly<Record<string, EventValue>>;
/** Something that happened. The fields are worked out only if somebody listens. */
export interface Happening {
  readonly kind: EventKind;
  fields(): EventFields;
}

const PROTECTION = dsisr.mask.PROTFAULT | dsisr.mask.NOEXEC_OR_G;

const common = (vcpu: Vcpu, trap: StorageTrap, host: boolean): EventFields => ({
  vcpu: BigInt(vcpu.number),
  pc: trap.instructionAddress,
  ea: trap.effectiveAddress,
  store: trap.access === 'store',
  fetch: trap.access === 'fetch',
  status: trap.status,
  host,
});

/** What the page table and the slots say of the address now. */
function entryFields(kvm: Kvm, vcpu: Vcpu, trap: StorageTrap): EventFields {
  const found = kvm.search(vcpu.registers, trap.effectiveAddress, trap.access);
  if (found.kind !== 'entry') return {};
  const page = guestPage(kvm.table.first(found.index), kvm.reverseMap.guestSecond(found.index));
  const gpa = page && page.address | (trap.effectiveAddress & (page.size - 1n));
  const slot = gpa === undefined ? undefined : usableSlot(kvm, gpa);
  return {
    hpte: BigInt(found.index),
    key: hpteSecond.decode(kvm.table.second(found.index)).key,
    gpa,
    slot: slot && BigInt(slot.number),
  };
}

export const segmentMiss = (vcpu: Vcpu, trap: StorageTrap, host: boolean): Happening => ({
  kind: 'segment-miss',
  fields: () => common(vcpu, trap, host),
});

/** A refused access that the guest will see as its own. One access can be refused for two reasons. */
export function guestFault(kvm: Kvm, vcpu: Vcpu, trap: StorageTrap, finalStatus: bigint, host: boolean): Happening[] {
  const fields = (extra: EventFields) => () => ({
    ...common(vcpu, trap, host),
    ...entryFields(kvm, vcpu, trap),
    ...extra,
  });
  const happenings: Happening[] = [];
  if ((finalStatus & dsisr.mask.KEYFAULT) !== 0n)
    happenings.push({ kind: 'key-fault', fields: fields({ cause: trap.access === 'fetch' ? 'iamr' : 'amr' }) });
  if ((finalStatus & PROTECTION) !== 0n)
    happenings.push({ kind: 'protection-fault', fields: fields({ reflected: true }) });
  if ((finalStatus & dsisr.mask.NOHPTE) !== 0n)
    happenings.push({ kind: 'page-fault', fields: fields({ reflected: true }) });
  return happenings;
}

/** A fault that the host keeps: a page to bring in, or one whose key is the hypervisor's own. */
export function hostFault(kvm: Kvm, vcpu: Vcpu, stage: HostStage & { at: 'page-fault' }): Happening[] {
  const { trap } = stage;
  const fields = (extra: EventFields) => () => ({
    ...common(vcpu, trap, true),
    ...entryFields(kvm, vcpu, trap),
    ...extra,
  });
  if (stage.emulated) return [{ kind: 'key-fault', fields: fields({ cause: 'reserved-key' }) }];
  const kind = (trap.status & dsisr.mask.NOHPTE) === 0n ? 'protection-fault' : 'page-fault';
  return [{ kind, fields: fields({ reflected: false }) }];
}

export const mmioExit = (kvm: Kvm, vcpu: Vcpu, exit: MmioExitStage): Happening => ({
  kind: 'mmio-exit',
  fields: () => ({
    ...common(vcpu, exit.trap, true),
    ...entryFields(kvm, vcpu, exit.trap),
    gpa: exit.guestPhysicalAddress,
    length: BigInt(exit.length),
    data: exit.data && valueOf(exit.data, true),
  }),
});

/** A device reached for the guest's memory, because of what this vCPU did at `pc`. */
export const memoryAccessed = (vcpu: Vcpu, pc: bigint, access: DmaAccess): Happening => ({
  kind: 'dma',
  fields: () => ({
    vcpu: BigInt(vcpu.number),
    pc,
    device: access.device,
    address: access.busAddress,
    gpa: access.guestPhysicalAddress,
    length: BigInt(access.length),
    store: access.isWrite,
    refused: access.refusal !== undefined,
    why: access.refusal,
  }),
});

export const interruptTaken = (vcpu: Vcpu, vector: number): Happening => ({
  kind: 'interrupt',
  fields: () => ({
    vcpu: BigInt(vcpu.number),
    pc: vcpu.registers.special('srr0'),
    vector: BigInt(vector),
    name: vectorName(vector).trim(),
    srr1: vcpu.registers.special('srr1'),
  }),
});

export const hypercallMade = (vcpu: Vcpu, number: number, pc: bigint): Happening => ({
  kind: 'hypercall',
  fields: () => ({
    vcpu: BigInt(vcpu.number),
    pc,
    number: BigInt(number),
    name: hypercallName(number) ?? 'unknown',
    r4: vcpu.registers.gpr(4),
    r5: vcpu.registers.gpr(5),
    r6: vcpu.registers.gpr(6),
    r7: vcpu.registers.gpr(7),
  }),
});

/** Something done to the guest from outside. */
export const hostEvent = (
  action: HostAction,
  { done, text }: ActionResult,
  when: 'happens' | 'begins' | 'ends',
): Happening => ({
  kind: 'host-event',
  fields: () => ({
    name: action.kind,
    when,
    gpa: 'guestPhysicalAddress' in action ? action.guestPhysicalAddress : undefined,
    size: 'size' in action ? action.size : undefined,
    slot: 'slot' in action ? BigInt(action.slot) : undefined,
    done,
    result: text,
  }),
});

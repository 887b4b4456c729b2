/** One move of a vCPU: a run of the guest's instructions, or one stage of an access or call that has left it. */
import {
  alignmentStatus,
  deliver,
  facilityInterrupt,
  goesToHypervisor,
  interruptAt,
  programInterrupt,
  storageInterrupt,
  vectors,
  type GuestInterrupt,
} from '../cpu/interrupts';
import type { StepOutcome } from '../engine/reference';
import { completeLoad, emulateMmio } from '../kvm/fault/emulate-mmio';
import { takeStorageTrap } from '../kvm/fault/hdsi';
import { handlePageFault, insertEntry } from '../kvm/fault/page-fault';
import type { Next, StorageTrap } from '../kvm/fault/stage';
import type { Kvm } from '../kvm/kvm';
import { msr } from '../mmu/special-register-bits';
import type { StorageFault } from '../mmu/storage-fault';
import type { EmulatedDevice } from './devices/device';
import type { HostEvents } from './host-events';
import type { UserSpace } from './hypercalls/user-space-hypercall';
import {
  guestFault,
  hostFault,
  hypercallMade,
  interruptTaken,
  memoryAccessed,
  mmioExit,
  segmentMiss,
  type Happening,
} from './report';
import { answerMmio, runHypercall } from './user-space';
import { unsigned64 } from '../word/unsigned';
import { answeredExit } from './answer-exit';
import type { AnsweredExits } from './answered-exits';
import type { Stage, Vcpu } from './vcpu';

export interface Surroundings {
  readonly kvm: Kvm;
  readonly space: UserSpace;
  readonly devices: readonly EmulatedDevice[];
  readonly hostEvents: HostEvents;
  /** MMIO exits that have been answered. */
  readonly exits: AnsweredExits;
}
/** What a move came to. The vCPU's stage has changed already. */
export type Moved = readonly Happening[];

const nothing: Moved = [];
const guest: Stage = { at: 'guest' };

const unavailableVectors = {
  fp: vectors.floatingPointUnavailable,
  vector: vectors.vectorUnavailable,
  vsx: vectors.vsxUnavailable,
} as const;

/** `sc 1` from a supervisor is the hypervisor's (Power ISA Book II 4.3.1, Book III-S 6.5.14). */
const HYPERVISOR_CALL = 1;

/** `budget`: how many instructions of the guest it may begin. */
export function advance(around: Surroundings, vcpu: Vcpu, budget: number): Moved {
  const { stage, registers } = vcpu;
  vcpu.standing = false;
  switch (stage.at) {
    case 'guest':
      return runInstructions(around, vcpu, budget);
    case 'interrupt':
      deliver(registers, stage.interrupt);
      vcpu.storage.contextChanged();
      vcpu.stage = guest;
      return [interruptTaken(vcpu, stage.interrupt.vector)];
    case 'hypercall':
      vcpu.stage = guest;
      runHypercall(around.kvm, around.space, vcpu, stage.number);
      return memoryAccesses(around, vcpu, stage.instructionAddress);
    case 'storage-trap':
      return moveOn(around, vcpu, takeStorageTrap(around.kvm, registers, stage.trap));
    case 'page-fault':
      return moveOn(around, vcpu, handlePageFault(around.kvm, stage));
    case 'insert-entry':
      return moveOn(around, vcpu, insertEntry(around.kvm, stage));
    case 'emulate-mmio':
      return moveOn(around, vcpu, emulateMmio(around.kvm, registers, stage));
    case 'mmio-exit': {
      const supplied = stage.isWrite ? undefined : stage.data;
      const data = supplied ?? answerMmio(around.devices, stage);
      completeLoad(registers, stage, data);
      around.exits.push(answeredExit(around.devices, vcpu, stage, data, supplied !== undefined));
      vcpu.stage = guest;
      vcpu.withoutProgress = 0;
      return memoryAccesses(around, vcpu, stage.trap.instructionAddress);
    }
    case 'failed':
      return nothing;
  }
}

/** What devices have done to the guest's memory in answer to this vCPU. */
const memoryAccesses = ({ space: { pci } }: Surroundings, vcpu: Vcpu, pc: bigint): Moved =>
  pci === undefined ? nothing : pci.takeAccesses().map((access) => memoryAccessed(vcpu, pc, access));

/** Takes what a stage's function said, and what is to be told of it. */
function moveOn({ kvm }: Surroundings, vcpu: Vcpu, next: Next): Moved {
  const { stage } = vcpu;
  vcpu.stage = next;
  switch (next.at) {
    case 'interrupt':
      if (next.interrupt.vector === vectors.dataSegment || next.interrupt.vector === vectors.instructionSegment)
        return [segmentMiss(vcpu, next.trap, true)];
      if (stage.at !== 'storage-trap') return nothing;
      return guestFault(kvm, vcpu, next.trap, next.interrupt.dsisr ?? next.interrupt.cause, true);
    case 'page-fault':
      return hostFault(kvm, vcpu, next);
    case 'mmio-exit':
      return [mmioExit(kvm, vcpu, next)];
    case 'guest':
    case 'storage-trap':
    case 'insert-entry':
    case 'emulate-mmio':
    case 'failed':
      return nothing;
  }
}

const willInterrupt = (vcpu: Vcpu, interrupt: GuestInterrupt, trap?: StorageTrap): Moved => {
  vcpu.stage = { at: 'interrupt', interrupt, trap };
  return nothing;
};

function runInstructions(around: Surroundings, vcpu: Vcpu, budget: number): Moved {
  const before = vcpu.instructionCount;
  const end = vcpu.run(budget);
  const allRetired = end.kind === 'budget' || end.kind === 'standing';
  if (allRetired || vcpu.instructionCount > before + 1) vcpu.withoutProgress = 0;
  vcpu.standing = end.kind === 'standing';
  if (allRetired) return nothing;
  vcpu.withoutProgress++;
  const next = vcpu.registers.special('nia');
  return afterInterrupted(around, vcpu, end, end.kind === 'system-call' ? unsigned64(next - 4n) : next);
}

function afterInterrupted(
  around: Surroundings,
  vcpu: Vcpu,
  outcome: Exclude<StepOutcome, { kind: 'retired' }>,
  address: bigint,
): Moved {
  switch (outcome.kind) {
    case 'storage':
      return storageRefused(around, vcpu, outcome.fault, address);
    case 'alignment':
      return willInterrupt(vcpu, {
        ...interruptAt(vectors.alignment),
        dar: outcome.address,
        dsisr: alignmentStatus(outcome.word),
      });
    // Taken by the hypervisor as an emulation assistance interrupt, which KVM gives back as a program interrupt.
    case 'illegal':
      vcpu.registers.setSpecial('heir', BigInt(outcome.word));
      return willInterrupt(vcpu, programInterrupt('illegal'));
    case 'trap':
    case 'privileged':
    case 'floating-point':
    case 'waiting-floating-point':
    case 'transaction':
      return willInterrupt(vcpu, programInterrupt(outcome.kind));
    case 'unavailable':
      return willInterrupt(vcpu, interruptAt(unavailableVectors[outcome.facility]));
    case 'facility-unavailable':
      return willInterrupt(vcpu, facilityInterrupt(vcpu.registers, outcome.hypervisor, outcome.cause));
    case 'system-call':
      return systemCall(vcpu, outcome.level, address);
  }
}

function systemCall(vcpu: Vcpu, level: number, address: bigint): Moved {
  const problemState = (vcpu.registers.special('msr') & msr.mask.PR) !== 0n;
  if (level !== HYPERVISOR_CALL || problemState) return willInterrupt(vcpu, interruptAt(vectors.systemCall));
  const number = Number(vcpu.registers.gpr(3) & 0xffff_ffffn);
  vcpu.stage = { at: 'hypercall', number, instructionAddress: address };
  return [hypercallMade(vcpu, number, address)];
}

function storageRefused({ kvm }: Surroundings, vcpu: Vcpu, fault: StorageFault, address: bigint): Moved {
  const { registers } = vcpu;
  if (fault.verdict === 'no-such-real-address') {
    vcpu.stage = { at: 'failed', why: checkstop(fault, address) };
    return nothing;
  }
  const trap: StorageTrap = { ...fault, instructionAddress: address };
  if (!goesToHypervisor(fault, registers.special('msr'), registers.special('lpcr'))) {
    willInterrupt(vcpu, storageInterrupt(fault, 'by LPCR[AIL]'), trap);
    if (fault.verdict === 'segment-miss') return [segmentMiss(vcpu, trap, false)];
    return guestFault(kvm, vcpu, trap, fault.status, false);
  }
  takeHypervisorStorage(vcpu, trap);
  return nothing;
}

/** HDSI or HISI: the hardware leaves the fault in the hypervisor's registers (Book III-S 6.5.16, 6.5.17). */
function takeHypervisorStorage(vcpu: Vcpu, trap: StorageTrap): void {
  const { registers } = vcpu;
  const state = registers.special('msr');
  registers.setSpecial('hsrr0', trap.instructionAddress);
  if (trap.access === 'fetch') registers.setSpecial('hsrr1', state | trap.status);
  else {
    registers.setSpecial('hsrr1', state);
    registers.setSpecial('hdar', trap.effectiveAddress);
    registers.setSpecial('hdsisr', trap.status);
  }
  vcpu.stage = { at: 'storage-trap', trap };
}

const checkstop = ({ access, effectiveAddress }: StorageFault, address: bigint): string =>
  `the ${access} at 0x${address.toString(16)} reaches a real address where nothing answers ` +
  `(effective address 0x${effectiveAddress.toString(16)}): a machine check`;

import type { MmioExitStage } from '../kvm/fault/stage';
import type { AnsweredExit } from './answered-exits';
import { deviceAt, type EmulatedDevice } from './devices/device';
import type { Vcpu } from './vcpu';

/** What is kept of an exit that has its answer. */
export function answeredExit(
  devices: readonly EmulatedDevice[],
  vcpu: Vcpu,
  stage: MmioExitStage,
  answer: Uint8Array,
  byHand: boolean,
): AnsweredExit {
  const { guestPhysicalAddress, isWrite, length, trap } = stage;
  return {
    instructionCount: vcpu.instructionCount,
    vcpu: vcpu.number,
    guestPhysicalAddress,
    isWrite,
    length,
    data: (isWrite ? stage.data : answer) ?? new Uint8Array(0),
    instructionAddress: trap.instructionAddress,
    answeredBy: byHand ? 'a person' : (deviceAt(devices, guestPhysicalAddress)?.name ?? 'nobody'),
  };
}

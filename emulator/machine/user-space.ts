/** The part that QEMU plays: answers MMIO exits and the hypercalls that KVM passes on. */
import type { MmioExitStage } from '../kvm/fault/stage';
import { status, type HypercallResult } from '../kvm/hypercalls/hypercall';
import { hypercalls } from '../kvm/hypercalls/table';
import type { Kvm } from '../kvm/kvm';
import { deviceAt, type EmulatedDevice } from './devices/device';
import { userSpaceHypercalls } from './hypercalls/table';
import type { UserSpace } from './hypercalls/user-space-hypercall';
import type { Vcpu } from './vcpu';

/** What an access to nothing reads: all ones, as on a bus where nobody answers. */
const nobody = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);

/** Does the access of an exit on the device behind its address. A load's bytes, if it is one. */
export function answerMmio(devices: readonly EmulatedDevice[], exit: MmioExitStage): Uint8Array {
  const device = deviceAt(devices, exit.guestPhysicalAddress);
  const offset = device === undefined ? 0 : Number(exit.guestPhysicalAddress - device.address);
  if (!exit.isWrite) return device?.read(offset, exit.length) ?? nobody(exit.length);
  if (exit.data) device?.write(offset, exit.data);
  return nobody(0);
}

const namedArguments = (parameters: readonly string[], vcpu: Vcpu): Record<string, bigint> =>
  Object.fromEntries(parameters.map((name, index) => [name, vcpu.registers.gpr(4 + index)]));

function answer(kvm: Kvm, space: UserSpace, vcpu: Vcpu, number: number): HypercallResult {
  const inKvm = hypercalls.get(number);
  if (inKvm && !kvm.behavior.lacksHypercalls.includes(inKvm.name))
    return inKvm.run(kvm, namedArguments(inKvm.parameters, vcpu));
  const inUserSpace = userSpaceHypercalls.get(number);
  if (inUserSpace) return inUserSpace.run(space, vcpu, namedArguments(inUserSpace.parameters, vcpu));
  return { status: status.function };
}

/** Runs a hypercall: KVM's own, user space's, or H_FUNCTION. */
export function runHypercall(kvm: Kvm, space: UserSpace, vcpu: Vcpu, number: number): void {
  const { status: code, results = [] } = answer(kvm, space, vcpu, number);
  vcpu.registers.setGpr(3, code);
  results.forEach((value, index) => {
    vcpu.registers.setGpr(4 + index, value);
  });
}

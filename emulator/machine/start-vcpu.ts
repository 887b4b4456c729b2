import { msr } from '../mmu/special-register-bits';
import type { Vcpu } from './vcpu';

/** Sets a vCPU going in real mode, 64-bit and big-endian, as it is entered by whoever starts it (facts §7). */
export function startAt(vcpu: Vcpu, address: bigint, r3: bigint): void {
  const { registers } = vcpu;
  registers.setSpecial('nia', address);
  registers.setSpecial('msr', msr.mask.SF | msr.mask.ME);
  registers.setGpr(3, r3);
  vcpu.state = 'running';
  vcpu.storage.translationChanged();
}

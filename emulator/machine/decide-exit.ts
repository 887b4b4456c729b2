/** What a person decides about an access that waits for user space. */
import { interruptAt, storageInterrupt, vectors } from '../cpu/interrupts';
import type { Registers } from '../cpu/registers';
import type { MmioExitStage } from '../kvm/fault/stage';
import { dsisr } from '../mmu/special-register-bits';
import type { ExitDecision } from './debug-target';
import type { Stage } from './vcpu';

/** The stage that the exit goes over to. An access that is not done leaves no trace of its instruction. */
export function decided(registers: Registers, stage: MmioExitStage, decision: ExitDecision): Stage {
  if (decision === 'device') return stage.isWrite ? stage : { ...stage, data: undefined };
  const { trap, baseBefore } = stage;
  registers.setSpecial('nia', trap.instructionAddress);
  if (baseBefore) registers.setGpr(baseBefore.register, baseBefore.value);
  switch (decision) {
    case 'retry':
      return { at: 'guest' };
    case 'data-storage': {
      const status = dsisr.mask.BADACCESS | (trap.access === 'store' ? dsisr.mask.ISSTORE : 0n);
      const interrupt = storageInterrupt({ ...trap, verdict: 'refused', status }, 'by LPCR[AIL]');
      return { at: 'interrupt', interrupt, trap };
    }
    case 'machine-check':
      return {
        at: 'interrupt',
        interrupt: { ...interruptAt(vectors.machineCheck), dar: trap.effectiveAddress, dsisr: undefined },
        trap,
      };
  }
}

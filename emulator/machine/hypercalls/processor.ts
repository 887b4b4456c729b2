/** Calls about a vCPU itself (PAPR 14.5.4, 14.11.3.2, 14.5.4.3.5). */
import { status } from '../../kvm/hypercalls/hypercall';
import { lpcr, msr } from '../../mmu/special-register-bits';
import { callRtas } from '../rtas';
import { userSpaceHypercall } from './user-space-hypercall';

/** Gives the processor up until an interrupt comes, with external interrupts enabled. */
export const hCede = userSpaceHypercall({
  name: 'H_CEDE',
  number: 0xe0,
  parameters: [],
  run(_space, vcpu) {
    vcpu.registers.setSpecial('msr', vcpu.registers.special('msr') | msr.mask.EE);
    vcpu.state = 'ceded';
    return { status: status.success };
  },
});

const resource = { alternateInterruptLocation: 3n, endian: 4n } as const;

export const hSetMode = userSpaceHypercall({
  name: 'H_SET_MODE',
  number: 0x31c,
  parameters: ['flags', 'resource', 'value1', 'value2'],
  run({ vcpus }, vcpu, args) {
    if (args.value1 !== 0n) return { status: status.p3 };
    if (args.value2 !== 0n) return { status: status.p4 };
    const change = (mask: bigint, bits: bigint) => {
      for (const { registers, storage } of vcpus) {
        registers.setSpecial('lpcr', (registers.special('lpcr') & ~mask) | bits);
        storage.translationChanged();
      }
      return { status: status.success };
    };
    if (args.resource === resource.endian) {
      if (args.flags > 1n) return { status: status.parameter };
      return change(lpcr.mask.ILE, args.flags === 1n ? lpcr.mask.ILE : 0n);
    }
    if (args.resource === resource.alternateInterruptLocation && vcpu.model.isa === '2.07') {
      if (args.flags !== 0n && args.flags !== 3n) return { status: status.parameter };
      return change(lpcr.mask.AIL, lpcr.encode({ AIL: args.flags }));
    }
    return { status: status.p2 };
  },
});

export const hRtas = userSpaceHypercall({
  name: 'H_RTAS',
  number: 0xf000,
  parameters: ['argumentsAddress'],
  run(space, _vcpu, { argumentsAddress }) {
    const outcome = callRtas(space.memory, argumentsAddress);
    switch (outcome.kind) {
      case 'returned':
        return { status: status.success };
      case 'powered-off':
        space.powerOff(outcome.how);
        return { status: status.success };
      case 'unknown':
        return { status: status.parameter };
    }
  },
});

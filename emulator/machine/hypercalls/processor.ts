/** Calls by which a vCPU gives way, or wakes another (PAPR 14.11.3.2 to 14.11.3.5). */
import { status } from '../../kvm/hypercalls/hypercall';
import { msr } from '../../mmu/special-register-bits';
import { callRtas } from '../rtas/rtas';
import type { Vcpu } from '../vcpu';
import { userSpaceHypercall, type UserSpace } from './user-space-hypercall';

const acceptsInterrupts = ({ registers }: Vcpu): boolean => (registers.special('msr') & msr.mask.EE) !== 0n;

/** Gives the processor up until an interrupt comes, with external interrupts enabled; at once, if it was prodded. */
export const hCede = userSpaceHypercall({
  name: 'H_CEDE',
  number: 0xe0,
  parameters: [],
  run(_space, vcpu) {
    vcpu.registers.setSpecial('msr', vcpu.registers.special('msr') | msr.mask.EE);
    if (!vcpu.takeProd()) vcpu.cede('until an interrupt');
    return { status: status.success };
  },
});

/** Wakes a vCPU that has ceded or joined, or keeps the next one from doing so. */
export const hProd = userSpaceHypercall({
  name: 'H_PROD',
  number: 0xe8,
  parameters: ['processor'],
  run({ vcpus }, _vcpu, { processor }) {
    const vcpu = vcpus[Number(processor)];
    if (!vcpu) return { status: status.parameter };
    vcpu.prod();
    return { status: status.success };
  },
});

const EVERYONE = (1n << 64n) - 1n;

/** Gives the rest of the turn to another vCPU, or to all. To oneself: until somebody prods. */
export const hConfer = userSpaceHypercall({
  name: 'H_CONFER',
  number: 0xe4,
  parameters: ['processor', 'yieldCount'],
  run({ vcpus }, vcpu, { processor }) {
    const target = vcpus[Number(processor)];
    if (processor !== EVERYONE && !target) return { status: status.parameter };
    if (target !== vcpu) vcpu.givesWay = true;
    else if (!vcpu.takeProd()) vcpu.cede('until prodded');
    return { status: status.success };
  },
});

const isJoined = ({ state, wakes }: Vcpu): boolean => state === 'ceded' && wakes === 'until prodded';

/** Waits, with interrupts disabled, until prodded. The last to come does not wait: it may go on alone. */
export const hJoin = userSpaceHypercall({
  name: 'H_JOIN',
  number: 0x298,
  parameters: [],
  run({ vcpus }, vcpu) {
    if (acceptsInterrupts(vcpu)) return { status: status.badMode };
    if (vcpu.takeProd()) return { status: status.success };
    const last = vcpus.every((other) => other === vcpu || other.state === 'stopped' || isJoined(other));
    if (last) return { status: status.continue };
    vcpu.cede('until prodded');
    return { status: status.success };
  },
});

export const hSetSprg0 = userSpaceHypercall({
  name: 'H_SET_SPRG0',
  number: 0x24,
  parameters: ['value'],
  run(_space, { registers }, { value }) {
    registers.setSpecial('sprg0', value);
    return { status: status.success };
  },
});

export const hRtas = userSpaceHypercall({
  name: 'H_RTAS',
  number: 0xf000,
  parameters: ['argumentsAddress'],
  run: (space: UserSpace, vcpu, { argumentsAddress }) => ({
    status: callRtas(space, vcpu, argumentsAddress) ? status.success : status.parameter,
  }),
});

/** Calls on the interrupt presentation controller (PAPR 14.5.4.2 to 14.5.4.5). */
import { status } from '../../kvm/hypercalls/hypercall';
import { userSpaceHypercall } from './user-space-hypercall';

const ofXirr = 0xffff_ffffn;
const ofPriority = 0xffn;

export const hXirr = userSpaceHypercall({
  name: 'H_XIRR',
  number: 0x74,
  parameters: [],
  run: ({ interrupts }, { number }) => ({ status: status.success, results: [BigInt(interrupts.accept(number))] }),
});

/** As H_XIRR, with the time at which the interrupt was taken. */
export const hXirrX = userSpaceHypercall({
  name: 'H_XIRR_X',
  number: 0x2fc,
  parameters: ['priority'],
  run: ({ interrupts, clock }, { number }) => ({
    status: status.success,
    results: [BigInt(interrupts.accept(number)), clock.ticks(number)],
  }),
});

export const hCppr = userSpaceHypercall({
  name: 'H_CPPR',
  number: 0x68,
  parameters: ['priority'],
  run({ interrupts }, { number }, { priority }) {
    interrupts.setPriority(number, Number(priority & ofPriority));
    return { status: status.success };
  },
});

export const hEoi = userSpaceHypercall({
  name: 'H_EOI',
  number: 0x64,
  parameters: ['xirr'],
  run({ interrupts }, { number }, { xirr }) {
    interrupts.end(number, Number(xirr & ofXirr));
    return { status: status.success };
  },
});

export const hIpi = userSpaceHypercall({
  name: 'H_IPI',
  number: 0x6c,
  parameters: ['server', 'priority'],
  run({ interrupts }, _vcpu, { server, priority }) {
    if (!interrupts.hasServer(Number(server))) return { status: status.parameter };
    interrupts.request(Number(server), Number(priority & ofPriority));
    return { status: status.success };
  },
});

export const hIpoll = userSpaceHypercall({
  name: 'H_IPOLL',
  number: 0x70,
  parameters: ['server'],
  run({ interrupts }, _vcpu, { server }) {
    if (!interrupts.hasServer(Number(server))) return { status: status.parameter };
    const { xirr, requested } = interrupts.poll(Number(server));
    return { status: status.success, results: [BigInt(xirr), BigInt(requested)] };
  },
});

/** Where interrupt sources go (PAPR 7.3.10.1 to 7.3.10.4). */
import { rtasCall, rtasStatus, succeeded, wrongParameter } from './rtas-call';

export const setXive = rtasCall({
  name: 'ibm,set-xive',
  token: 0x200a,
  parameters: ['source', 'server', 'priority'],
  run({ interrupts }, _vcpu, { source, server, priority }) {
    if (!interrupts.hasServer(server)) return wrongParameter;
    return interrupts.setRoute(source, server, priority & 0xff) ? succeeded : wrongParameter;
  },
});

export const getXive = rtasCall({
  name: 'ibm,get-xive',
  token: 0x200b,
  parameters: ['source'],
  run({ interrupts }, _vcpu, { source }) {
    const route = interrupts.route(source);
    return route ? { status: rtasStatus.success, results: [route.server, route.priority] } : wrongParameter;
  },
});

export const intOff = rtasCall({
  name: 'ibm,int-off',
  token: 0x200c,
  parameters: ['source'],
  run: ({ interrupts }, _vcpu, { source }) => (interrupts.mask(source) ? succeeded : wrongParameter),
});

export const intOn = rtasCall({
  name: 'ibm,int-on',
  token: 0x200d,
  parameters: ['source'],
  run: ({ interrupts }, _vcpu, { source }) => (interrupts.unmask(source) ? succeeded : wrongParameter),
});

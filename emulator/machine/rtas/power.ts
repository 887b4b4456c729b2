/** The end of a guest (PAPR 7.3.6, 7.3.9.1). */
import { rtasCall, succeeded } from './rtas-call';

export const systemReboot = rtasCall({
  name: 'system-reboot',
  token: 0x2004,
  parameters: [],
  run(space) {
    space.end({ kind: 'powered-off', how: 'reboot' });
    return succeeded;
  },
});

export const powerOff = rtasCall({
  name: 'power-off',
  token: 0x2003,
  parameters: [],
  run(space) {
    space.end({ kind: 'powered-off', how: 'power-off' });
    return succeeded;
  },
});

const LONGEST_MESSAGE = 256;

/** The guest's operating system has failed, and says why. Linux calls it at the end of panic(). */
export const osTerm = rtasCall({
  name: 'ibm,os-term',
  token: 0x201f,
  parameters: ['message'],
  run(space, vcpu, { message }) {
    const text = new TextDecoder().decode(space.memory.read(BigInt(message), LONGEST_MESSAGE));
    const said = text.replace(/\0.*$/su, '').trim();
    space.end({ kind: 'stuck', vcpu: vcpu.number, why: `the guest's operating system has ended itself: ${said}` });
    return succeeded;
  },
});

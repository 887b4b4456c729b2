/** Starting and stopping vCPUs (PAPR 7.3.7). */
import { startAt } from '../start-vcpu';
import { rtasCall, rtasStatus, succeeded, wrongParameter } from './rtas-call';

const stoppedState = { stopped: 0, notStopped: 2 } as const;

export const queryCpuStoppedState = rtasCall({
  name: 'query-cpu-stopped-state',
  token: 0x2005,
  parameters: ['processor'],
  run({ vcpus }, _vcpu, { processor }) {
    const vcpu = vcpus[processor];
    if (!vcpu) return wrongParameter;
    const state = vcpu.state === 'stopped' ? stoppedState.stopped : stoppedState.notStopped;
    return { status: rtasStatus.success, results: [state] };
  },
});

export const startCpu = rtasCall({
  name: 'start-cpu',
  token: 0x2006,
  parameters: ['processor', 'address', 'r3'],
  run({ vcpus }, _caller, { processor, address, r3 }) {
    const vcpu = vcpus[processor];
    if (!vcpu) return wrongParameter;
    if (vcpu.state !== 'stopped') return { status: rtasStatus.hardwareError };
    startAt(vcpu, BigInt(address), BigInt(r3));
    return succeeded;
  },
});

/** Does not return. */
export const stopSelf = rtasCall({
  name: 'stop-self',
  token: 0x2007,
  parameters: [],
  run(_space, vcpu) {
    vcpu.state = 'stopped';
    return succeeded;
  },
});

/** What the platform tells and shows (PAPR 7.3.2, 7.3.5, 7.3.16). */
import { rtasCall, rtasStatus, succeeded, wrongParameter } from './rtas-call';

export const displayCharacter = rtasCall({
  name: 'display-character',
  token: 0x2000,
  parameters: ['character'],
  run({ console }, _vcpu, { character }) {
    console.write(Uint8Array.of(character & 0xff));
    return succeeded;
  },
});

/** Nothing ever happens to this platform: there is no event to report. */
const NOTHING_FOUND = { status: 1 };

export const checkException = rtasCall({
  name: 'check-exception',
  token: 0x200e,
  parameters: ['vectorOffset', 'information', 'mask', 'critical', 'buffer', 'length'],
  run: () => NOTHING_FOUND,
});
export const eventScan = rtasCall({
  name: 'event-scan',
  token: 0x200f,
  parameters: ['mask', 'critical', 'buffer', 'length'],
  run: () => NOTHING_FOUND,
});

const systemParameter = { sharedProcessors: 20, diagnosticsRunMode: 42, uuid: 48 } as const;
const terminated = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);

export const getSystemParameter = rtasCall({
  name: 'ibm,get-system-parameter',
  token: 0x2008,
  parameters: ['parameter', 'buffer', 'length'],
  run({ memory, vcpus }, _vcpu, { parameter, buffer, length }) {
    const value = (): Uint8Array | undefined => {
      switch (parameter) {
        case systemParameter.sharedProcessors: {
          const processors = String(vcpus.length);
          return terminated(`MaxEntCap=${processors},DesProcs=${processors},MaxPlatProcs=${processors}`);
        }
        case systemParameter.diagnosticsRunMode:
          return Uint8Array.of(0);
        case systemParameter.uuid:
          return new Uint8Array(16);
        default:
          return undefined;
      }
    };
    const bytes = value();
    if (!bytes) return { status: rtasStatus.notSupported };
    const answer = new Uint8Array(2 + bytes.length);
    new DataView(answer.buffer).setUint16(0, bytes.length);
    answer.set(bytes, 2);
    memory.write(BigInt(buffer), answer.subarray(0, length));
    return succeeded;
  },
});
export const setSystemParameter = rtasCall({
  name: 'ibm,set-system-parameter',
  token: 0x2009,
  parameters: ['parameter', 'buffer'],
  run: (_space, _vcpu, { parameter }) =>
    parameter === systemParameter.diagnosticsRunMode ? { status: rtasStatus.authority } : wrongParameter,
});

/** No sensor and no indicator that Linux asks for exists here: none can be plugged in or out. */
export const getSensorState = rtasCall({
  name: 'get-sensor-state',
  token: 0x201d,
  parameters: ['sensor', 'index'],
  run: () => ({ status: rtasStatus.notSupported }),
});
export const setIndicator = rtasCall({
  name: 'set-indicator',
  token: 0x201a,
  parameters: ['indicator', 'index', 'state'],
  run: () => ({ status: rtasStatus.notSupported }),
});

/** NVRAM (PAPR 7.3.1): bytes that outlive the guest on real machines, and here live as long as it does. */
import { rtasCall, rtasStatus, wrongParameter } from './rtas-call';

export const NON_VOLATILE_BYTES = 0x10000;

const isInside = (offset: number, length: number): boolean => length >= 1 && offset + length <= NON_VOLATILE_BYTES;

export const nvramFetch = rtasCall({
  name: 'nvram-fetch',
  token: 0x2012,
  parameters: ['offset', 'buffer', 'length'],
  run({ memory, nonVolatile }, _vcpu, { offset, buffer, length }) {
    if (!isInside(offset, length)) return wrongParameter;
    const read = memory.write(BigInt(buffer), nonVolatile.subarray(offset, offset + length));
    return { status: rtasStatus.success, results: [read] };
  },
});

export const nvramStore = rtasCall({
  name: 'nvram-store',
  token: 0x2013,
  parameters: ['offset', 'buffer', 'length'],
  run({ memory, nonVolatile }, _vcpu, { offset, buffer, length }) {
    if (!isInside(offset, length)) return wrongParameter;
    const bytes = memory.read(BigInt(buffer), length);
    nonVolatile.set(bytes, offset);
    return { status: rtasStatus.success, results: [bytes.length] };
  },
});

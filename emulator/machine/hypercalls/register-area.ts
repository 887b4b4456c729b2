import { status, type HypercallResult } from '../../kvm/hypercalls/hypercall';
import type { GuestMemory } from '../guest-memory';
import type { Vcpu } from '../vcpu';
import { areaLimits, prepareProcessorArea } from '../virtual-processor-area';
import { userSpaceHypercall } from './user-space-hypercall';

const FUNCTION_SHIFT = 45n;
const FUNCTION_MASK = 7n;
/** By H_REGISTER_VPA's function. Linux: H_VPA_REG_VPA and on. */
const functions: Readonly<Record<string, (memory: GuestMemory, vcpu: Vcpu, address: bigint) => bigint>> = {
  1: registerProcessorArea,
  2: registerDispatchLog,
  3: registerSegmentShadow,
  5: (_memory, { areas }) => {
    if (areas.dispatchLog ?? areas.segmentShadow) return status.resource;
    areas.processor = undefined;
    return status.success;
  },
  6: (_memory, { areas }) => {
    areas.dispatchLog = undefined;
    return status.success;
  },
  7: (_memory, { areas }) => {
    areas.segmentShadow = undefined;
    return status.success;
  },
};

/** Bytes of the host's page; an area lies in one. */
const HOST_PAGE = 0x10000n;

/** The length that an area's own header says, 2 or 4 bytes of it; undefined for one that cannot be. */
function areaLength(memory: GuestMemory, address: bigint, bytes: 2 | 4): number | undefined {
  if (address === 0n || address % areaLimits.alignment !== 0n) return undefined;
  const header = memory.read(address, areaLimits.shortest);
  if (header.length < areaLimits.shortest) return undefined;
  const view = new DataView(header.buffer, header.byteOffset);
  const length = bytes === 2 ? view.getUint16(4) : view.getUint32(4);
  const fits = BigInt(length) <= HOST_PAGE - (address % HOST_PAGE);
  return fits && length >= areaLimits.shortest ? length : undefined;
}

function registerProcessorArea(memory: GuestMemory, { areas }: Vcpu, address: bigint): bigint {
  const length = areaLength(memory, address, 2);
  if (length === undefined || length < areaLimits.processor) return status.parameter;
  areas.processor = { address, length };
  prepareProcessorArea(memory, address);
  return status.success;
}
function registerDispatchLog(memory: GuestMemory, { areas }: Vcpu, address: bigint): bigint {
  const length = areaLength(memory, address, 4);
  if (length === undefined || length < areaLimits.dispatchLogEntry) return status.parameter;
  if (!areas.processor) return status.resource;
  areas.dispatchLog = { address, length };
  areas.dispatches = 0;
  return status.success;
}
function registerSegmentShadow(memory: GuestMemory, { areas }: Vcpu, address: bigint): bigint {
  const length = areaLength(memory, address, 4);
  if (length === undefined) return status.parameter;
  if (!areas.processor) return status.resource;
  areas.segmentShadow = { address, length };
  return status.success;
}

/** Linux: do_h_register_vpa(). */
export const hRegisterVpa = userSpaceHypercall({
  name: 'H_REGISTER_VPA',
  number: 0xdc,
  parameters: ['flags', 'processor', 'address'],
  run({ memory, vcpus }, _vcpu, { flags, processor, address }): HypercallResult {
    const vcpu = vcpus[Number(processor)];
    const run = functions[String((flags >> FUNCTION_SHIFT) & FUNCTION_MASK)];
    return { status: vcpu && run ? run(memory, vcpu, address) : status.parameter };
  },
});

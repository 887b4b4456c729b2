/** Accesses to devices and memory by guest physical address (PAPR 14.5.4.2.5), as a guest in real mode makes them. */
import { status } from '../../kvm/hypercalls/hypercall';
import { bytesOf, valueOf } from '../../word/byte-order';
import { deviceAt } from '../devices/device';
import { userSpaceHypercall } from './user-space-hypercall';

const isSize = (size: bigint): boolean => [1n, 2n, 4n, 8n].includes(size);

/** The register holds the bytes as a big-endian processor would load them. */
export const hLogicalCiLoad = userSpaceHypercall({
  name: 'H_LOGICAL_CI_LOAD',
  number: 0x3c,
  parameters: ['size', 'address'],
  run({ devices, memory }, _vcpu, { size, address }) {
    if (!isSize(size)) return { status: status.parameter };
    const length = Number(size);
    const device = deviceAt(devices, address);
    const bytes = new Uint8Array(length).fill(0xff);
    bytes.set(device?.read(Number(address - device.address), length) ?? memory.read(address, length));
    return { status: status.success, results: [valueOf(bytes, false)] };
  },
});

export const hLogicalCiStore = userSpaceHypercall({
  name: 'H_LOGICAL_CI_STORE',
  number: 0x40,
  parameters: ['size', 'address', 'value'],
  run({ devices, memory }, _vcpu, { size, address, value }) {
    if (!isSize(size)) return { status: status.parameter };
    const bytes = bytesOf(value, Number(size), false);
    const device = deviceAt(devices, address);
    if (device) device.write(Number(address - device.address), bytes);
    else memory.write(address, bytes);
    return { status: status.success };
  },
});

/** Where a virtio device's structures lie, and the capabilities that say so (virtio 1.2, 4.1.4). */
import type { ConfigurationSpace } from '../pci/configuration-space';

/** All structures lie behind one base address register, at QEMU's offsets. */
export const VIRTIO_REGISTER = 4;
export const VIRTIO_RANGE = 0x4000;
export const structures = {
  common: { type: 1, offset: 0x0000, length: 0x38 },
  interrupt: { type: 3, offset: 0x1000, length: 0x4 },
  device: { type: 4, offset: 0x2000, length: 0x1000 },
  notify: { type: 2, offset: 0x3000, length: 0x1000 },
} as const;
/** Bytes from one queue's notification register to the next one's. */
export const NOTIFY_STRIDE = 4;

const VENDOR_SPECIFIC = 0x09;
const CONFIGURATION_ACCESS = 5;
/** Offsets after a capability's identity and link. */
const body = { length: 0, type: 1, register: 2, offset: 6, size: 10, extra: 14 } as const;

interface Registers {
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
}

function capability(type: number, offset: number, length: number, extra?: number): Uint8Array {
  const bytes = new Uint8Array(extra === undefined ? body.extra : body.extra + 4);
  const view = new DataView(bytes.buffer);
  view.setUint8(body.length, bytes.length + 2);
  view.setUint8(body.type, type);
  view.setUint8(body.register, VIRTIO_REGISTER);
  view.setUint32(body.offset, offset, true);
  view.setUint32(body.size, length, true);
  if (extra !== undefined) view.setUint32(body.extra, extra, true);
  return bytes;
}

export function addVirtioCapabilities(configuration: ConfigurationSpace, registers: Registers): void {
  for (const [name, { type, offset, length }] of Object.entries(structures)) {
    const bytes = capability(type, offset, length, name === 'notify' ? NOTIFY_STRIDE : undefined);
    configuration.addCapability(VENDOR_SPECIFIC, bytes, new Uint8Array(bytes.length));
  }
  addConfigurationAccess(configuration, registers);
}

/** The structures reached through configuration space alone (4.1.4.9): offset and length are written, then the data. */
function addConfigurationAccess(configuration: ConfigurationSpace, registers: Registers): void {
  const bytes = capability(CONFIGURATION_ACCESS, 0, 0, 0);
  const writable = new Uint8Array(bytes.length);
  writable.fill(0xff, body.register, body.register + 1);
  writable.fill(0xff, body.offset, body.extra);
  const at = configuration.addCapability(VENDOR_SPECIFIC, bytes, writable) + 2;
  const view = new DataView(configuration.bytes.buffer);
  /** Undefined: the driver has asked for nothing that there is. */
  const wanted = () => {
    const offset = view.getUint32(at + body.offset, true);
    const length = view.getUint32(at + body.size, true);
    const isGood = [1, 2, 4].includes(length) && offset % length === 0 && offset + length <= VIRTIO_RANGE;
    return isGood && view.getUint8(at + body.register) === VIRTIO_REGISTER ? { offset, length } : undefined;
  };
  configuration.addWindow({
    offset: at + body.extra,
    length: 4,
    read() {
      const data = new Uint8Array(4);
      const access = wanted();
      if (access) data.set(registers.read(access.offset, access.length));
      return data;
    },
    write(data) {
      const access = wanted();
      if (access) registers.write(access.offset, data.subarray(0, access.length));
    },
  });
}

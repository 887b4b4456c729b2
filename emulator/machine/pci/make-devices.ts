/** Puts the devices of a configuration on the bus. */
import type { Console } from '../console';
import type { DeviceConfiguration } from '../configuration';
import { SERIAL_REGISTERS, SerialPort } from '../devices/serial-port';
import { BlockDevice } from '../virtio/block-device';
import { ConsoleDevice } from '../virtio/console-device';
import { Disk } from '../virtio/disk';
import { EntropyDevice } from '../virtio/entropy-device';
import type { VirtioModel } from '../virtio/model';
import { NetworkDevice } from '../virtio/network-device';
import { VirtioFunction } from '../virtio/virtio-function';
import type { Identity } from './configuration-space';
import type { HostBridge } from './host-bridge';

/** A device on the bus, and what can be done with it from outside. */
export interface AttachedDevice {
  readonly name: string;
  readonly disk?: Disk;
  /** Bytes come in on its line. */
  readonly type?: (bytes: Uint8Array) => void;
  /** All of the device's own that can change. */
  readonly states: readonly object[];
}

const virtioVendor = 0x1af4;
const virtioIdentity = ({ deviceType, classCode }: VirtioModel): Identity => ({
  vendor: virtioVendor,
  device: 0x1040 + deviceType,
  revision: 1,
  classCode,
  subsystemVendor: virtioVendor,
  subsystem: 0x1100,
});
/** QEMU's serial port on the PCI bus, which Linux drives as any 16550 behind I/O ports. */
const serialIdentity: Identity = {
  vendor: 0x1b36,
  device: 0x0002,
  revision: 1,
  classCode: 0x07_00_02,
  subsystemVendor: virtioVendor,
  subsystem: 0x1100,
};

/** Names of the device tree binding's, by class of device. */
const nodes = {
  serial: 'serial',
  'virtio-blk': 'scsi',
  'virtio-console': 'communication-controller',
  'virtio-rng': 'legacy-device',
  'virtio-net': 'ethernet',
} as const satisfies Record<DeviceConfiguration['type'], string>;

export function attachDevices(
  bridge: HostBridge,
  console: Console,
  devices: readonly DeviceConfiguration[],
): readonly AttachedDevice[] {
  const counts = new Map<string, number>();
  return devices.map((device) => {
    const number = counts.get(device.type) ?? 0;
    counts.set(device.type, number + 1);
    return attach(bridge, console, device, number);
  });
}

/** `number`: of this device among those of its type. */
function attach(bridge: HostBridge, console: Console, device: DeviceConfiguration, number: number): AttachedDevice {
  const name = `${device.type}${String(number)}`;
  const node = nodes[device.type];
  const virtio = (model: VirtioModel) =>
    new VirtioFunction(bridge.addFunction({ name, node, identity: virtioIdentity(model) }), model);
  const write = (bytes: Uint8Array) => {
    console.write(bytes);
  };
  switch (device.type) {
    case 'serial':
      return attachSerial(bridge, name, write);
    case 'virtio-blk': {
      const disk = new Disk(device.image);
      const { state } = virtio(new BlockDevice(disk, `key31-${name}`, device.readOnly));
      return { name, disk, states: [state, disk.written] };
    }
    case 'virtio-console': {
      const model = new ConsoleDevice(write);
      const { state, serve } = bound(virtio(model));
      const type = (bytes: Uint8Array) => {
        model.type(bytes);
        serve(model.receiveQueue);
      };
      return { name, type, states: [state, model.state] };
    }
    case 'virtio-rng': {
      const model = new EntropyDevice(device.seed);
      return { name, states: [virtio(model).state, model.state] };
    }
    case 'virtio-net': {
      const model = new NetworkDevice(number, device.wire);
      return { name, states: [virtio(model).state, model.state] };
    }
  }
}

const bound = (device: VirtioFunction) => ({
  state: device.state,
  serve: (queue: number) => {
    device.serve(queue);
  },
});

function attachSerial(bridge: HostBridge, name: string, write: (bytes: Uint8Array) => void): AttachedDevice {
  const pci = bridge.addFunction({ name, node: nodes.serial, identity: serialIdentity });
  const port = new SerialPort(
    (byte) => {
      write(Uint8Array.of(byte));
    },
    (asserted) => {
      pci.setInterrupting(asserted);
    },
  );
  pci.addRange({
    register: 0,
    size: SERIAL_REGISTERS,
    space: 'io',
    prefetchable: false,
    read: (offset, length) => port.read(offset, length),
    write: (offset, bytes) => {
      port.write(offset, bytes);
    },
  });
  const type = (bytes: Uint8Array) => {
    port.receive(bytes);
  };
  return { name, type, states: [port.state] };
}

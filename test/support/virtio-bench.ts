/** A virtio device on a bus that is nothing but bytes: no machine, no translation. */
import type { Identity } from '../../emulator/machine/pci/configuration-space';
import { PciFunction } from '../../emulator/machine/pci/pci-function';
import type { VirtioModel } from '../../emulator/machine/virtio/model';
import { VirtioFunction } from '../../emulator/machine/virtio/virtio-function';
import { VirtioDriver } from './virtio-driver';

const identity: Identity = {
  vendor: 0x1af4,
  device: 0x1040,
  revision: 1,
  classCode: 0,
  subsystemVendor: 0,
  subsystem: 0,
};
const COMMAND = 4;

export interface Stretch {
  readonly address: number;
  readonly length: number;
}

export class VirtioBench {
  readonly memory: Uint8Array;
  readonly pci: PciFunction;
  readonly device: VirtioFunction;
  readonly driver: VirtioDriver;
  /** Accesses by the device. */
  accesses = 0;
  /** What the device has written, in order. */
  readonly written: Stretch[] = [];
  readonly messages: { address: bigint; data: number }[] = [];
  /** Where the device may not go. */
  forbidden: (stretch: Stretch, isWrite: boolean) => boolean = () => false;

  constructor(model: VirtioModel, size = 0x10_0000) {
    this.memory = new Uint8Array(size);
    const allowed = (busAddress: bigint, length: number, isWrite: boolean): number | undefined => {
      this.accesses++;
      const address = Number(busAddress);
      if (busAddress + BigInt(length) > BigInt(size)) return undefined;
      return this.forbidden({ address, length }, isWrite) ? undefined : address;
    };
    this.pci = new PciFunction({ name: 'device', node: 'device', identity }, 0, {
      dmaPort: () => ({
        read: (busAddress, length) => {
          const address = allowed(busAddress, length, false);
          return address === undefined ? undefined : this.memory.slice(address, address + length);
        },
        write: (busAddress, bytes) => {
          const address = allowed(busAddress, bytes.length, true);
          if (address === undefined) return false;
          this.memory.set(bytes, address);
          this.written.push({ address, length: bytes.length });
          return true;
        },
      }),
      lineChanged: () => undefined,
      writeMessage: (address, data) => {
        this.messages.push({ address, data });
      },
      processorAddress: (_space, address) => address,
    });
    this.device = new VirtioFunction(this.pci, model);
    this.pci.writeConfiguration(COMMAND, Uint8Array.of(6, 0));
    this.driver = new VirtioDriver({
      readRegisters: (offset, length) => this.device.read(offset, length),
      writeRegisters: (offset, bytes) => this.device.write(offset, bytes),
      readMemory: (address, length) => this.memory.slice(address, address + length),
      writeMemory: (address, bytes) => this.memory.set(bytes, address),
    });
  }
}

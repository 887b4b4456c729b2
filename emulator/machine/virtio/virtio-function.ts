/** Virtio over the PCI bus (virtio 1.2, 4.1): a model's queues and configuration behind registers in memory. */
import { readRegisters, writeRegisters } from '../devices/register-file';
import type { PciFunction } from '../pci/pci-function';
import { addVirtioCapabilities, NOTIFY_STRIDE, structures, VIRTIO_RANGE, VIRTIO_REGISTER } from './capabilities';
import { commonRegisters } from './common-registers';
import type { VirtioModel } from './model';
import { deviceStatus, freshState, type VirtioState } from './virtio-state';
import * as virtqueue from './virtqueue';

/** Features that are not of one kind of device (chapter 6). */
const transportFeature = { indirectDescriptors: 1n << 28n, version1: 1n << 32n, accessPlatform: 1n << 33n } as const;
/** Without these there is no virtio 1.0, and no way through the bus's translation. */
const neededFeatures = transportFeature.version1 | transportFeature.accessPlatform;
const offeredByTransport = neededFeatures | transportFeature.indirectDescriptors;

const interruptStatus = { queue: 1, configuration: 2 } as const;

export class VirtioFunction {
  readonly pci: PciFunction;
  readonly model: VirtioModel;
  readonly state: VirtioState;

  constructor(pci: PciFunction, model: VirtioModel) {
    this.pci = pci;
    this.model = model;
    this.state = freshState(model.queues);
    pci.addMessages(1, model.queues + 1);
    pci.addRange({
      register: VIRTIO_REGISTER,
      size: VIRTIO_RANGE,
      space: 'wide',
      prefetchable: true,
      read: (offset, length) => this.read(offset, length),
      write: (offset, bytes) => {
        this.write(offset, bytes);
      },
    });
    addVirtioCapabilities(pci.configuration, this);
  }

  get offeredFeatures(): bigint {
    return this.model.features | offeredByTransport;
  }

  read(offset: number, length: number): Uint8Array {
    const { common, interrupt, device } = structures;
    if (offset < common.offset + common.length)
      return readRegisters(commonRegisters(this), offset - common.offset, length);
    if (offset === interrupt.offset) return this.#takeInterruptStatus(length);
    const bytes = new Uint8Array(length);
    if (offset >= device.offset && offset < device.offset + device.length)
      bytes.set(this.model.configuration.subarray(offset - device.offset, offset - device.offset + length));
    return bytes;
  }
  write(offset: number, bytes: Uint8Array): void {
    const { common, notify } = structures;
    if (offset < common.offset + common.length) writeRegisters(commonRegisters(this), offset - common.offset, bytes);
    else if (offset >= notify.offset && offset < notify.offset + notify.length)
      this.serve(Math.floor((offset - notify.offset) / NOTIFY_STRIDE));
  }

  /** The driver writes the status register; zero resets the device. */
  setStatus(status: number): void {
    const { state } = this;
    if (status === 0) {
      Object.assign(state, freshState(this.model.queues));
      this.pci.setInterrupting(false);
      return;
    }
    const refused = (status & deviceStatus.featuresOk) !== 0 && !this.#featuresAreGood() ? deviceStatus.featuresOk : 0;
    state.status = (status & ~refused) | (state.status & deviceStatus.needsReset);
  }
  #featuresAreGood(): boolean {
    const { driverFeatures } = this.state;
    return (driverFeatures & ~this.offeredFeatures) === 0n && (driverFeatures & neededFeatures) === neededFeatures;
  }

  /** Lets the model look at a queue: its driver has notified it, or something has come in from outside. */
  serve(queue: number): void {
    if (!this.#mayUse(queue)) return;
    const used = new Set<number>();
    this.model.notified(queue, {
      pending: (number) => this.#pending(number),
      take: (number) => this.#take(number),
      giveBack: (number, chain, written) => {
        const state = this.state.queues[number];
        if (!state || !this.#mayUse(number)) return;
        if (virtqueue.giveBack(state, this.pci.dma, chain, written)) used.add(number);
        else this.#fail('the used ring cannot be written');
      },
      fail: (why) => {
        this.#fail(why);
      },
    });
    for (const number of used) this.#interruptFor(number);
  }

  #mayUse(queue: number): boolean {
    const { status, queues } = this.state;
    const isRunning = (status & deviceStatus.driverOk) !== 0 && (status & deviceStatus.needsReset) === 0;
    return isRunning && queues[queue]?.enabled === true;
  }
  #pending(queue: number): number {
    const state = this.state.queues[queue];
    if (!state || !this.#mayUse(queue)) return 0;
    const outcome = virtqueue.available(state, this.pci.dma);
    if (outcome.kind === 'count') return outcome.count;
    this.#fail(outcome.why);
    return 0;
  }
  #take(queue: number) {
    const state = this.state.queues[queue];
    if (!state || !this.#mayUse(queue)) return undefined;
    const outcome = virtqueue.takeChain(state, this.pci.dma);
    if (outcome.kind === 'chain') return outcome.chain;
    this.#fail(outcome.why);
    return undefined;
  }

  #fail(why: string): void {
    if ((this.state.status & deviceStatus.needsReset) !== 0) return;
    this.state.status |= deviceStatus.needsReset;
    this.state.failure = why;
    this.#interrupt(this.state.configurationVector, interruptStatus.configuration);
  }
  #interruptFor(queue: number): void {
    const state = this.state.queues[queue];
    if (state && virtqueue.wantsInterrupt(state, this.pci.dma)) this.#interrupt(state.vector, interruptStatus.queue);
  }
  #interrupt(vector: number, bit: number): void {
    const { messages } = this.pci;
    if (messages?.isEnabled) {
      messages.raise(vector);
      return;
    }
    this.state.interruptStatus |= bit;
    this.pci.setInterrupting(true);
  }
  /** Reading it says why, and takes INTx back (4.1.4.5). */
  #takeInterruptStatus(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    bytes[0] = this.state.interruptStatus;
    this.state.interruptStatus = 0;
    this.pci.setInterrupting(false);
    return bytes;
  }
}

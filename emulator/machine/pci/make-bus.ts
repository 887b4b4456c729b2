/** The PCI bus of a machine, with its devices. */
import type { PhysicalMemory } from '../../host/physical-memory';
import { HOST_MEMORY } from '../../state/layout';
import { restoreInto } from '../state-of-parts';
import type { DeviceConfiguration } from '../configuration';
import type { Console } from '../console';
import type { EmulatedDevice } from '../devices/device';
import type { GuestMemory } from '../guest-memory';
import type { InterruptController } from '../xics/interrupt-controller';
import { DMA_WINDOW, HostBridge } from './host-bridge';
import { LINES, firstLine } from './interrupt-sources';
import { attachDevices, type AttachedDevice } from './make-devices';
import { TranslationControlTable } from './translation-control';

interface BusParts {
  readonly view: DataView;
  readonly physical: PhysicalMemory;
  readonly memory: GuestMemory;
  readonly interrupts: InterruptController;
  readonly console: Console;
}

export class PciBus {
  readonly bridge: HostBridge;
  readonly devices: readonly AttachedDevice[];

  constructor(configuration: readonly DeviceConfiguration[], parts: BusParts) {
    const { view, physical, memory, interrupts, console } = parts;
    this.bridge = new HostBridge({
      view,
      tableBase: HOST_MEMORY + physical.allocate(TranslationControlTable.bytesFor(DMA_WINDOW)),
      memory,
      interrupts,
    });
    this.devices = attachDevices(this.bridge, console, configuration);
    for (let line = 0; line < LINES; line++) interrupts.addSource(firstLine + line, 'level');
    const { first, count } = this.bridge.messageSources;
    for (let message = 0; message < count; message++) interrupts.addSource(first + message, 'message');
    this.bridge.assignAddresses();
  }

  /** What answers the processor's accesses. */
  get places(): readonly EmulatedDevice[] {
    return this.bridge.places;
  }

  /** All that can change but the guest's memory and the translation control entries, as plain data. */
  get state(): readonly object[] {
    return structuredClone(this.#states());
  }
  set state(state: readonly object[]) {
    this.#states().forEach((one, i) => {
      restoreInto(one, state[i] ?? one);
    });
  }
  #states(): readonly object[] {
    return [
      ...this.bridge.functions.flatMap(({ configuration, state, messages }) => [
        configuration.bytes,
        state,
        ...(messages?.vectors ?? []),
      ]),
      ...this.devices.flatMap(({ states }) => states),
    ];
  }
}

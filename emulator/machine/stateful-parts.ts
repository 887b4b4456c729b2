/** What a machine's state consists of, beside the host's memory. */
import type { HostOfGuest } from './host-of-guest';
import { partOf, type StatefulPart } from './stateful-part';
import type { AnsweredExits } from './answered-exits';
import type { Clock } from './clock';
import type { Console } from './console';
import type { HostEvents } from './host-events';
import type { PciBus } from './pci/make-bus';
import type { Scheduler } from './scheduler';
import type { Vcpu } from './vcpu';
import type { InterruptController } from './xics/interrupt-controller';

interface Owners {
  readonly host: HostOfGuest;
  readonly vcpus: readonly Vcpu[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly exits: AnsweredExits;
  readonly console: Console;
  readonly interrupts: InterruptController;
  readonly nonVolatile: Uint8Array;
  readonly hostEvents: HostEvents;
  readonly pci: PciBus | undefined;
  readonly platformDevices: readonly { readonly name: string; readonly state: object }[];
}

export const statefulParts = (owners: Owners): Readonly<Record<string, StatefulPart>> => {
  const { host, vcpus, clock, scheduler, exits, console, interrupts, nonVolatile } = owners;
  const { hostEvents, pci, platformDevices } = owners;
  const { kvm, process, physical, hardware } = host;
  return {
    clock: partOf(
      () => clock.state,
      (state) => (clock.state = state),
    ),
    scheduler: partOf(
      () => scheduler.turn,
      (turn) => (scheduler.turn = turn),
    ),
    exits: partOf(
      () => exits.list,
      (list) => (exits.list = list),
    ),
    console: partOf(
      () => console.state,
      (state) => (console.state = state),
    ),
    interrupts: partOf(
      () => interrupts.state,
      (state) => (interrupts.state = state),
    ),
    nonVolatile: partOf(
      () => nonVolatile,
      (bytes) => {
        nonVolatile.set(bytes);
      },
    ),
    physicalMemory: partOf(
      () => physical.free,
      (free) => (physical.free = free),
    ),
    process: partOf(
      () => process.state,
      (state) => (process.state = state),
    ),
    // One part: a change of a slot that is under way shares the slot's notes with KVM.
    kvm: partOf(
      () => ({
        slots: kvm.slots,
        mmioUpdate: kvm.mmioUpdate,
        streamReaders: kvm.streamReaders,
        notifier: kvm.notifier,
        hostEvents: hostEvents.state,
      }),
      ({ notifier, hostEvents: events, ...fields }) => {
        hostEvents.state = events;
        Object.assign(kvm, fields);
        Object.assign(kvm.notifier, notifier);
      },
    ),
    ...(pci && {
      pci: partOf(
        () => pci.state,
        (state) => (pci.state = state),
      ),
    }),
    ...Object.fromEntries([...hardware, ...platformDevices].map(({ name, state }) => [name, stateOf(state)])),
    ...Object.fromEntries(
      vcpus.map((vcpu) => [
        `vCPU ${String(vcpu.number)}`,
        partOf(
          () => vcpu.captured,
          (captured) => (vcpu.captured = captured),
        ),
      ]),
    ),
  };
};

/** A part that is an object whose fields are replaced. */
const stateOf = (state: object): StatefulPart =>
  partOf(
    () => state,
    (captured) => {
      Object.assign(state, captured);
    },
  );

import { eventDefinitions, type EventKind, type MachineEvent } from '../../emulator/index';

export const isEventKind = (name: string): name is EventKind => Object.hasOwn(eventDefinitions, name);

/** An event that was kept, with its place among all that were. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly event: MachineEvent;
}

/** The newest events of a session, of the kinds that somebody wants to see. */
export class EventLog {
  static readonly capacity = 1000;
  /** None until a client asks: to look at an event costs more than the event. */
  kinds: ReadonlySet<EventKind> = new Set<EventKind>();
  #events: LoggedEvent[] = [];
  #count = 0;

  add(event: MachineEvent): void {
    if (!this.kinds.has(event.kind)) return;
    // The fields are worked out when they are asked for, which must be now.
    const { kind, instructionCount, fields } = event;
    this.#events.push({ sequence: ++this.#count, event: { kind, instructionCount, fields } });
    // Cut now and then, not each time.
    if (this.#events.length > 2 * EventLog.capacity) this.#events = this.#events.slice(-EventLog.capacity);
  }

  /** Newest first. */
  newest(): readonly LoggedEvent[] {
    return this.#events.slice(-EventLog.capacity).reverse();
  }
}

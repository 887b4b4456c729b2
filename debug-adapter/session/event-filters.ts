import { eventDefinitions, type EventKind, type MachineEvent } from '../../emulator/index';
import { eventCondition, type Condition } from '../conditions/condition';
import { ExpressionError } from '../conditions/expression';
import { isEventKind } from './event-log';

/** What was asked for, and what is wrong with it. */
export interface FilterResult {
  readonly problem: string | undefined;
}

/** The events to stop at: DAP's exception breakpoints. */
export class EventFilters {
  #conditions = new Map<EventKind, readonly (Condition<MachineEvent> | undefined)[]>();

  get kinds(): ReadonlySet<EventKind> {
    return new Set(this.#conditions.keys());
  }

  /** Replaces all filters. A filter with a bad condition is left out, and what is wrong is said. */
  set(requested: readonly { readonly filter: string; readonly condition?: string | undefined }[]): FilterResult[] {
    this.#conditions = new Map();
    return requested.map(({ filter, condition }) => {
      try {
        this.#add(filter, condition);
        return { problem: undefined };
      } catch (error) {
        if (error instanceof ExpressionError) return { problem: error.message };
        throw error;
      }
    });
  }

  #add(filter: string, text: string | undefined): void {
    if (!isEventKind(filter)) {
      throw new ExpressionError(
        `There is no filter "${filter}"; known are ${Object.keys(eventDefinitions).join(', ')}.`,
      );
    }
    const condition = text === undefined || text.trim() === '' ? undefined : eventCondition(filter, text);
    this.#conditions.set(filter, [...(this.#conditions.get(filter) ?? []), condition]);
  }

  /** Whether the guest is to stop at an event. */
  match(event: MachineEvent): boolean {
    const conditions = this.#conditions.get(event.kind) ?? [];
    return conditions.some((condition) => condition === undefined || condition.holds(event));
  }
}

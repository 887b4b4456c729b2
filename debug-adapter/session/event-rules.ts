import { eventDefinitions, type EventKind, type MachineEvent } from '../../emulator/index';
import { eventCondition, eventNames, type Condition, type EventSubject } from '../conditions/condition';
import { ExpressionError, type Names } from '../conditions/expression';
import { logMessage, type LogMessage } from './log-message';

const isEventKind = (name: string): name is EventKind => Object.hasOwn(eventDefinitions, name);

/**
 * What is done when an event happens: stop, run until it has happened once and stop there, say it and go on, or only
 * count it.
 */
export const eventVerbs = ['stop', 'until', 'trace', 'count'] as const;
export type EventVerb = (typeof eventVerbs)[number];

/** A rule as a person asks for it. `message` is what a trace says, with expressions in braces. */
export interface EventRequest {
  readonly filter: string;
  readonly verb?: EventVerb;
  readonly condition?: string | undefined;
  readonly message?: string | undefined;
}

/** A rule that is in force. */
export interface EventRule {
  readonly id: number;
  readonly kind: EventKind;
  readonly verb: EventVerb;
  readonly text: string;
  /** How often it has held. */
  readonly count: number;
}

/** What was asked for, and what is wrong with it. */
export interface RuleResult {
  readonly id: number;
  readonly problem: string | undefined;
}

/** Who hears of what a rule has seen. */
export interface RuleListener {
  /** What a trace says of an event that has no message of its own. */
  describe(event: MachineEvent): string;
  say(text: string): void;
}

interface LiveRule {
  readonly id: number;
  readonly kind: EventKind;
  readonly verb: EventVerb;
  readonly text: string;
  readonly isFilter: boolean;
  readonly condition: Condition<EventSubject> | undefined;
  readonly message: LogMessage | undefined;
  count: number;
}

/** "trace: key == 31" has its verb first, as a filter's condition is the only place where a client lets one be written. */
const verbPattern = new RegExp(`^\\s*(${eventVerbs.join('|')})\\s*:(.*)$`, 's');

/** The events that matter to a session: DAP's exception breakpoints, and the rules of the debug console. */
export class EventRules {
  #rules: LiveRule[] = [];
  #nextId = 1;

  get kinds(): ReadonlySet<EventKind> {
    return new Set(this.#rules.map(({ kind }) => kind));
  }
  get rules(): readonly EventRule[] {
    return this.#rules;
  }

  /** Replaces all filters. A filter with a bad condition is left out, and what is wrong is said. */
  setFilters(requested: readonly EventRequest[], guest?: Names): RuleResult[] {
    this.#rules = this.#rules.filter(({ isFilter }) => !isFilter);
    return requested.map((one) => {
      const id = this.#nextId;
      try {
        this.#rules.push(this.#made(withVerb(one), guest, true));
        return { id, problem: undefined };
      } catch (error) {
        if (error instanceof ExpressionError) return { id, problem: error.message };
        throw error;
      }
    });
  }

  /** Adds a rule; throws an ExpressionError where it cannot be. */
  add(request: EventRequest, guest?: Names): EventRule {
    const rule = this.#made(request, guest, false);
    this.#rules.push(rule);
    return rule;
  }
  /** False: there is no such rule. */
  remove(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    return this.#rules.length < before;
  }

  /** Whether the guest is to stop at an event. What nobody asks about is not worked out. Traces are said, and every rule that holds counts. */
  take(event: MachineEvent, namesOfGuest: () => Names | undefined, listener: RuleListener): boolean {
    const holding = this.#rules.filter(
      ({ kind, condition }) => kind === event.kind && (condition?.holds({ event, guest: namesOfGuest() }) ?? true),
    );
    for (const rule of holding) {
      rule.count++;
      if (rule.verb === 'trace')
        listener.say(rule.message?.(eventNames(event.kind, event, namesOfGuest())) ?? listener.describe(event));
    }
    if (holding.some(({ verb }) => verb === 'until'))
      this.#rules = this.#rules.filter((rule) => !(holding.includes(rule) && rule.verb === 'until'));
    return holding.some(({ verb }) => verb === 'stop' || verb === 'until');
  }

  #made(
    { filter, verb = 'stop', condition, message }: EventRequest,
    guest: Names | undefined,
    isFilter: boolean,
  ): LiveRule {
    if (!isEventKind(filter)) {
      throw new ExpressionError(
        `There is no filter "${filter}"; known are ${Object.keys(eventDefinitions).join(', ')}.`,
      );
    }
    const given = condition === undefined || condition.trim() === '' ? undefined : condition.trim();
    const id = this.#nextId++;
    return {
      id,
      kind: filter,
      verb,
      text: `${verb} ${filter}${given === undefined ? '' : ` if ${given}`}`,
      isFilter,
      condition: given === undefined ? undefined : eventCondition(filter, given, guest),
      message: message === undefined ? undefined : logMessage(message, eventNames(filter, undefined, guest)),
      count: 0,
    };
  }
}

function withVerb(request: EventRequest): EventRequest {
  const [, verb, rest] = verbPattern.exec(request.condition ?? '') ?? [];
  return verb === undefined ? request : { ...request, verb: verb as EventVerb, condition: rest };
}

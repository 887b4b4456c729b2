import { eventDefinitions, type EventKind, type MachineEvent } from '../../emulator/index';
import { check } from './check';
import { evaluate, isTrue } from './evaluate';
import { ExpressionError, type Names, type ValueType } from './expression';
import { parseExpression } from './parse';

/** A condition that has been found good. */
export interface Condition<Subject> {
  readonly text: string;
  holds(subject: Subject): boolean;
}

/** Reads a condition over names that `namesOf` gives for each subject; throws an ExpressionError. */
export function condition<Subject>(
  text: string,
  checkedWith: Names,
  namesOf: (subject: Subject) => Names,
): Condition<Subject> {
  const expression = parseExpression(text);
  check(expression, checkedWith);
  return {
    text,
    holds(subject) {
      try {
        return isTrue(evaluate(expression, namesOf(subject)));
      } catch (error) {
        // Dividing by a field that is zero this time does not hold.
        if (error instanceof ExpressionError) return false;
        throw error;
      }
    },
  };
}

/**
 * Names over the fields of one kind of event, and beside them over the guest where it is known. A field hides a
 * register or symbol of the same name.
 */
export function eventNames(kind: EventKind, event: MachineEvent | undefined, guest: Names | undefined): Names {
  const definitions: Readonly<Record<string, { readonly type: ValueType }>> = eventDefinitions[kind].fields;
  const isField = (name: string) => Object.hasOwn(definitions, name);
  return {
    typeOf: (name) => (isField(name) ? definitions[name]?.type : guest?.typeOf(name)),
    valueOf: (name) => (isField(name) ? event?.fields[name] : guest?.valueOf(name)),
    known: () => Object.keys(definitions),
    ...(guest?.functionNamed ? { functionNamed: (name) => guest.functionNamed?.(name) } : {}),
    ...(guest?.doublewordAt ? { doublewordAt: guest.doublewordAt } : {}),
  };
}

/** An event, and the vCPU that it happened on, by its names. */
export interface EventSubject {
  readonly event: MachineEvent;
  readonly guest?: Names | undefined;
}

/** A condition over the fields of one kind of event; `guest` checks the names that are not fields. */
export const eventCondition = (kind: EventKind, text: string, guest?: Names): Condition<EventSubject> =>
  condition(text, eventNames(kind, undefined, guest), (subject) => eventNames(kind, subject.event, subject.guest));

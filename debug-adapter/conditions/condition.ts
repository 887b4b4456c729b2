import { eventDefinitions, type EventKind, type MachineEvent } from '../../emulator/index';
import { check } from './check';
import { evaluate, isTrue } from './evaluate';
import { ExpressionError, type Names } from './expression';
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

/** A condition over the fields of one kind of event. */
export function eventCondition(kind: EventKind, text: string): Condition<MachineEvent> {
  const definitions = new Map(Object.entries(eventDefinitions[kind].fields));
  const names = (event?: MachineEvent): Names => ({
    typeOf: (name) => definitions.get(name)?.type,
    valueOf: (name) => event?.fields[name],
    known: () => [...definitions.keys()],
  });
  return condition(text, names(), names);
}

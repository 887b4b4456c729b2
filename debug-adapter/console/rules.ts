/** Commands that say what is to happen when something does: the four verbs, and watches. */
import { eventDefinitions } from '../../emulator/index';
import { ExpressionError } from '../conditions/expression';
import { errors } from '../errors';
import { namesOf } from '../session/names';
import { eventVerbs, type EventVerb } from '../session/event-rules';
import type { ConsoleCommand } from './command';

const help: Readonly<Record<EventVerb, string>> = {
  stop: 'stop at each such event',
  until: 'stop at the next such event, once',
  trace: 'say each such event and go on; {…} in the text are expressions',
  count: 'count such events; "rules" shows the counts',
};
const pattern = /^(\S+)(?:\s+if\s+(.*?))?(?:\s+say\s+"([^"]*)")?$/s;

export const verbCommands = eventVerbs.map((verb): ConsoleCommand => ({
  name: verb,
  parameters: `EVENT [if CONDITION]${verb === 'trace' ? ' [say "TEXT"]' : ''}`,
  help: help[verb],
  changes: true,
  needsStop: false,
  completion: () => Object.keys(eventDefinitions),
  run: (context, of, rest) => {
    const [, filter, condition, message] = pattern.exec(rest) ?? [];
    if (filter === undefined) throw errors.badExpression(`${verb} needs an event, such as: ${verb} key-fault if store`);
    const made = told(() => context.events.add({ filter, verb, condition, message }, namesOf(of)));
    return { text: `rule ${made.id}: ${made.text}` };
  },
}));

export const watch: ConsoleCommand = {
  name: 'watch',
  parameters: 'PLACE [read|write|readWrite] [if CONDITION]',
  help: 'stop when it changes: gpa:0x1000/8, hpte(ea:0x…).key, slot:0.flags, lpcr.VPM1, slb:3, amr; old and new in conditions',
  changes: true,
  needsStop: false,
  completion: () => ['ea:', 'gpa:', 'hpte(ea:', 'slot:', 'slb:'],
  run: (context, of, rest) => {
    const [, place = '', accessType, condition] =
      /^(.*?)(?:\s+(read|write|readWrite))?(?:\s+if\s+(.*))?$/s.exec(rest) ?? [];
    const { id, problem, description } = context.data.add({ dataId: place, accessType, condition }, of);
    if (problem !== undefined) throw errors.badExpression(problem);
    return { text: `watch ${id}: ${description}` };
  },
};

export const rules: ConsoleCommand = {
  name: 'rules',
  parameters: '',
  help: 'what has been asked for by stop, until, trace, count and watch, and how often each has happened',
  run: (context) => {
    const lines = [
      ...context.events.rules.map(({ id, text, count }) => `${id}: ${text} (${count})`),
      ...context.data.list.map(({ id, description, hits }) => `${id}: watch ${description} (${hits})`),
    ];
    return { text: lines.length === 0 ? 'There are none.' : lines.join('\n') };
  },
};

export const deleteRule: ConsoleCommand = {
  name: 'delete',
  parameters: 'NUMBER',
  help: 'forget a rule or a watch',
  changes: true,
  needsStop: false,
  run: (context, _of, rest) => {
    const id = Number(rest);
    if (rest === '' || !(context.events.remove(id) || context.data.remove(id)))
      throw errors.badExpression(`There is no rule or watch "${rest}".`);
    return { text: `${rest} is gone.` };
  },
};

function told<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ExpressionError) throw errors.badExpression(error.message);
    throw error;
  }
}

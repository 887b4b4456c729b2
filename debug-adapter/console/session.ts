/** Commands about the stop and the run. */
import { explainEvent } from '../explain/event';
import { stackText } from '../explain/stack-text';
import { explainTouched } from '../explain/touched';
import type { ConsoleCommand } from './command';

export const why: ConsoleCommand = {
  name: 'why',
  parameters: '',
  help: 'why the guest has stopped, in words',
  run: ({ stop }, of) => {
    if (stop?.kind === 'event') return { text: explainEvent(of, stop.event) };
    if (stop?.kind === 'touched')
      return { text: explainTouched(of, stop.watch?.description ?? 'what is watched', stop.touched) };
    return { text: stop?.kind === 'stuck' ? stop.why : 'The guest has not stopped on an event.' };
  },
};

export const stack: ConsoleCommand = {
  name: 'stack',
  parameters: '',
  help: 'the call stack through the trap',
  run: (context, of) => ({ text: stackText(context.framesOf(of)) }),
};

export const type: ConsoleCommand = {
  name: 'type',
  parameters: 'TEXT',
  help: 'type a line at the guest’s console',
  changes: true,
  needsStop: false,
  run: (_context, of, rest) => {
    of.target.typeOnConsole(Buffer.from(`${rest}\r`));
    return { text: '' };
  },
};

export const instructions: ConsoleCommand = {
  name: 'instructions',
  parameters: '',
  help: 'how many instructions have run: where this stop is in the run',
  run: (_context, of) => ({ text: String(of.target.instructionCount) }),
};

/** Commands of the debug console: one record each, from which help and completion come too. */
import { errors } from '../errors';
import { explainEvent } from '../explain/event';
import { stackText } from '../explain/stack-text';
import type { VcpuOfGuest } from '../session/guest';
import { decisionValues, verdictText } from '../variables/decision';
import { hexadecimal } from '../variables/format';
import { named, treeText, type NamedValue } from '../variables/named-value';
import { pageTableEntry } from '../variables/page-table';
import { scopesOf } from '../variables/scopes';
import type { Context } from './context';
import { numberFrom } from './expressions';

interface ConsoleCommand {
  readonly name: string;
  readonly parameters: string;
  readonly help: string;
  /** What it says, and what of that can be opened. */
  run(context: Context, of: VcpuOfGuest, rest: string): { readonly text: string; readonly tree?: NamedValue };
}

const accesses = ['load', 'store', 'fetch'] as const;

const translate: ConsoleCommand = {
  name: 'translate',
  parameters: 'ADDRESS [load|store|fetch]',
  help: 'how an access to an effective address would be decided now, step by step',
  run: (_context, of, rest) => {
    const [, address = '', word = 'load'] = /^(.*?)(?:\s+(load|store|fetch))?$/.exec(rest) ?? [];
    const access = accesses.find((one) => one === word) ?? 'load';
    if (address.trim() === '') throw errors.badExpression('translate needs an address, such as: translate r3 store');
    const decision = of.target.explain(of.vcpu.number, numberFrom(of, address), access);
    const children = decisionValues(decision);
    const tree = named(`translate ${hexadecimal(decision.effectiveAddress)} ${access}`, verdictText(decision), {
      children: () => children,
    });
    return { text: treeText(children), tree };
  },
};

const scopeHelp: Readonly<Record<string, readonly [scope: string, help: string]>> = {
  exit: ['Pending MMIO exit', 'the access that waits for user space'],
  slots: ['Memory slots', 'the memory slots, their flags and what the host maps behind them'],
  fault: ['Fault', 'the last access that was refused, and why'],
  mmu: ['MMU', 'MSR, LPCR, SLB, AMR, IAMR, SDR1'],
  registers: ['Registers', 'all registers'],
};
const scopeCommands = Object.entries(scopeHelp).map(([name, [scopeName, help]]): ConsoleCommand => ({
  name,
  parameters: '',
  help,
  run: (_context, of) => {
    const scope = scopesOf(of).find(({ command }) => command === name);
    if (!scope) throw errors.badExpression(`There is no ${scopeName.toLowerCase()} at this stop.`);
    return { text: treeText(scope.children(), 2), tree: named(scopeName, '', { children: scope.children }) };
  },
}));

const pageTable: ConsoleCommand = {
  name: 'hpt',
  parameters: '[INDEX]',
  help: 'one entry of the hashed page table, or all that are in use',
  run: (_context, of, rest) => {
    const { pageTable: table } = of.target;
    if (rest === '') {
      const scope = scopesOf(of).find(({ command }) => command === 'hpt')!;
      const tree = named(scope.name, '', {
        children: scope.children,
        ...(scope.indexed ? { indexed: scope.indexed } : {}),
      });
      return { text: treeText([tree], 2), tree };
    }
    const index = numberFrom(of, rest);
    if (index >= BigInt(table.entryCount)) {
      throw errors.badValue(rest, `an index below ${hexadecimal(table.entryCount)}`);
    }
    const tree = pageTableEntry(table.entry(Number(index)));
    return { text: treeText([tree]), tree };
  },
};

const why: ConsoleCommand = {
  name: 'why',
  parameters: '',
  help: 'why the guest has stopped, in words',
  run: (context, of) => {
    const { stop } = context;
    if (stop?.kind === 'event') return { text: explainEvent(of, stop.event) };
    return { text: stop?.kind === 'stuck' ? stop.why : 'The guest has not stopped on an event.' };
  },
};

const stack: ConsoleCommand = {
  name: 'stack',
  parameters: '',
  help: 'the call stack through the trap',
  run: (context, of) => ({ text: stackText(context.framesOf(of)) }),
};

const type: ConsoleCommand = {
  name: 'type',
  parameters: 'TEXT',
  help: 'type a line at the guest’s console',
  run: (_context, of, rest) => {
    of.target.typeOnConsole(Buffer.from(`${rest}\r`));
    return { text: '' };
  },
};

const instructions: ConsoleCommand = {
  name: 'instructions',
  parameters: '',
  help: 'how many instructions have run: where this stop is in the run',
  run: (_context, of) => ({ text: String(of.target.instructionCount) }),
};

const help: ConsoleCommand = {
  name: 'help',
  parameters: '',
  help: 'this list',
  run: () => ({ text: helpText() }),
};

export const consoleCommands: readonly ConsoleCommand[] = [
  translate,
  why,
  stack,
  ...scopeCommands,
  pageTable,
  instructions,
  type,
  help,
];

function helpText(): string {
  const lines = consoleCommands.map((command): readonly [string, string] => [
    `${command.name} ${command.parameters}`.trim(),
    command.help,
  ]);
  const expressions: readonly (readonly [string, string])[] = [
    ['r3 + 0x10', 'an expression over registers, symbols and numbers'],
    ['*ADDRESS', 'the eight bytes there'],
    ['r3 = 5', 'sets a register'],
  ];
  const width = Math.max(...[...lines, ...expressions].map(([left]) => left.length));
  return [...lines, ...expressions].map(([left, right]) => `${left.padEnd(width)}  ${right}`).join('\n');
}

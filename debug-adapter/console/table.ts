/** Every command of the debug console, and the help that lists them. */
import { guestFunctionDefinitions } from '../session/guest-functions';
import type { ConsoleCommand } from './command';
import { answer, exits } from './exits';
import { hcall } from './hypercall';
import { examine, patch } from './memory';
import { deleteRule, rules, verbCommands, watch } from './rules';
import { instructions, stack, type, why } from './session';
import { lpcr, pageTable, scopeCommands, slb } from './state';
import { explain, translate, where, whoMapsCommand } from './translation';

const help: ConsoleCommand = {
  name: 'help',
  parameters: '[COMMAND]',
  help: 'this list',
  completion: () => consoleCommands.map(({ name }) => name),
  run: (_context, _of, rest) => {
    const one = consoleCommands.find(({ name }) => name === rest);
    return { text: one ? `${one.name} ${one.parameters}\n${one.help}` : helpText() };
  },
};

export const consoleCommands: readonly ConsoleCommand[] = [
  translate,
  explain,
  whoMapsCommand,
  where,
  why,
  stack,
  ...scopeCommands,
  slb,
  lpcr,
  pageTable,
  exits,
  answer,
  ...verbCommands,
  watch,
  rules,
  deleteRule,
  examine,
  patch,
  hcall,
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
    ['r3 + 0x10', 'an expression over registers, fields such as msr.PR, symbols and numbers'],
    ['*ADDRESS', 'the eight bytes there'],
    ['gpa:0x1000', 'a place in one of the address spaces ea, va, gpa, hva, hpa, hpte'],
    ['r3 = 5', 'sets a register, or a field: lpcr.ILE = 1'],
    ...guestFunctionDefinitions.map(({ name, parameters, description }): readonly [string, string] => [
      `${name}(${parameters.join(', ')})`,
      description,
    ]),
  ];
  const all = [...lines, ...expressions];
  const width = Math.min(36, Math.max(...all.map(([left]) => left.length)));
  return all
    .map(([left, right]) =>
      left.length > width ? `${left}\n${''.padEnd(width)}  ${right}` : `${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
}

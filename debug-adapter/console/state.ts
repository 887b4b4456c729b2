/** Commands that show what the views show. */
import { errors } from '../errors';
import { scopesOf } from '../variables/scopes';
import { named, treeText, type NamedValue } from '../variables/named-value';
import { pageTableEntry } from '../variables/page-table';
import { hexadecimal } from '../variables/format';
import { numberFrom } from '../requests/expressions';
import type { VcpuOfGuest } from '../session/guest';
import { filteredEntries, type EntryFilter } from '../variables/page-table';
import type { ConsoleCommand } from './command';

const scopeHelp: Readonly<Record<string, readonly [scope: string, help: string]>> = {
  exit: ['Pending MMIO exit', 'the access that waits for user space'],
  slots: ['Memory slots', 'the memory slots, their flags and what the host maps behind them'],
  fault: ['Fault', 'the last access that was refused, and why'],
  mmu: ['MMU', 'MSR, LPCR, SLB, AMR, IAMR, SDR1'],
  registers: ['Registers', 'all registers'],
};
export const scopeCommands = Object.entries(scopeHelp).map(([name, [scopeName, help]]): ConsoleCommand => ({
  name,
  parameters: '',
  help,
  run: (_context, of) => {
    const scope = scopesOf(of).find(({ command }) => command === name);
    if (!scope) throw errors.badExpression(`There is no ${scopeName.toLowerCase()} at this stop.`);
    return { text: treeText(scope.children(), 2), tree: named(scopeName, '', { children: scope.children }) };
  },
}));

/** One value of the MMU scope with all its fields. */
const partOfMmu = (name: string, help: string): ConsoleCommand => ({
  name,
  parameters: '',
  help,
  run: (_context, of) => {
    const tree = mmuValue(of, name);
    return { text: treeText([tree], 3), tree };
  },
});
function mmuValue(of: VcpuOfGuest, name: string): NamedValue {
  const scope = scopesOf(of).find(({ command }) => command === 'mmu');
  const found = scope?.children().find((value) => value.name === name);
  if (!found) throw errors.noVariable(name);
  return found;
}
export const slb = partOfMmu('slb', 'the segment lookaside buffer');
export const lpcr = partOfMmu('lpcr', 'the logical partitioning control register, bit by bit');

const filterPattern = /^(valid|absent|key|slot|page|group)(?:\s*[:=]?\s*(\S+))?$/;

export const pageTable: ConsoleCommand = {
  name: 'hpt',
  parameters: '[INDEX | valid | absent | key N | slot N | page VA | group N]',
  help: 'one entry of the hashed page table, or those in use, all or some',
  completion: () => ['valid', 'absent', 'key', 'slot', 'page', 'group'],
  run: (_context, of, rest) => {
    const { pageTable: table } = of.target;
    const [, kind, value] = filterPattern.exec(rest) ?? [];
    if (rest === '' || kind !== undefined) {
      const filter = kind === undefined ? undefined : entryFilter(of, kind, value);
      const indexed = filteredEntries(of, filter);
      const name = filter === undefined ? 'Hashed page table' : `HPTEs: ${rest}`;
      const tree = named(name, `${indexed.count} entries`, { indexed });
      return { text: treeText([tree], 2), tree };
    }
    const index = numberFrom(of, rest);
    if (index >= BigInt(table.entryCount))
      throw errors.badValue(rest, `an index below ${hexadecimal(table.entryCount)}`);
    const tree = pageTableEntry(table.entry(Number(index)));
    return { text: treeText([tree]), tree };
  },
};

function entryFilter(of: VcpuOfGuest, kind: string, text: string | undefined): EntryFilter {
  if (kind === 'valid' || kind === 'absent') return ({ state }) => state === kind;
  if (text === undefined) throw errors.badExpression(`hpt ${kind} needs a number.`);
  const value = numberFrom(of, text);
  switch (kind) {
    case 'key':
      return ({ decodedSecond }) => decodedSecond.key === value;
    case 'slot':
      return ({ slot }) => slot !== undefined && BigInt(slot) === value;
    case 'group':
      return ({ group }) => BigInt(group) === value;
    default:
      return ({ page, shifts }) =>
        value >= page.virtualAddress && value < page.virtualAddress + (1n << BigInt(shifts.actual));
  }
}

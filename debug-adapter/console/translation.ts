/** Commands about one address. */
import { errors } from '../errors';
import { explainAccess } from '../explain/access';
import { demandAddress, guestPhysicalOf, namesSpace, typedAddress } from '../session/addresses';
import type { VcpuOfGuest } from '../session/guest';
import { addressValue } from '../variables/address';
import { decisionValues, verdictText } from '../variables/decision';
import { hexadecimal } from '../variables/format';
import { named, treeText } from '../variables/named-value';
import { whoMaps } from '../variables/who-maps';
import { numberFrom } from '../requests/expressions';
import type { ConsoleCommand } from './command';

const accesses = ['load', 'store', 'fetch'] as const;
type Access = (typeof accesses)[number];

/** "ADDRESS [load|store|fetch]", where the address may be an expression. */
function addressAndAccess(of: VcpuOfGuest, command: string, rest: string): { address: bigint; access: Access } {
  const [, text = '', word = 'load'] = /^(.*?)(?:\s+(load|store|fetch))?$/s.exec(rest) ?? [];
  if (text.trim() === '') throw errors.badExpression(`${command} needs an address, such as: ${command} r3 store`);
  const access = accesses.find((one) => one === word) ?? 'load';
  const space = namesSpace(text);
  if (space !== undefined && space !== 'ea')
    throw errors.badExpression(`${command} begins at an effective address; "${text.trim()}" is in another space.`);
  const typed = space === undefined ? undefined : demandAddress(text);
  return { address: typed?.address ?? numberFrom(of, text), access };
}

export const translate: ConsoleCommand = {
  name: 'translate',
  parameters: 'ADDRESS [load|store|fetch]',
  help: 'how an access to an effective address would be decided now, step by step',
  completion: () => ['ea:'],
  run: (_context, of, rest) => {
    const { address, access } = addressAndAccess(of, 'translate', rest);
    const decision = of.target.explain(of.vcpu.number, address, access);
    const children = decisionValues(decision);
    const tree = named(`translate ${hexadecimal(address)} ${access}`, verdictText(decision), {
      children: () => children,
    });
    return { text: treeText(children), tree };
  },
};

export const explain: ConsoleCommand = {
  name: 'explain',
  parameters: 'ADDRESS [load|store|fetch]',
  help: 'the same with what the hypervisor would make of it, and what would have to change for it to get through',
  completion: () => ['ea:'],
  run: (_context, of, rest) => {
    const { address, access } = addressAndAccess(of, 'explain', rest);
    const children = explainAccess(of, address, access);
    return {
      text: treeText(children),
      tree: named(`explain ${hexadecimal(address)} ${access}`, '', { children: () => children }),
    };
  },
};

export const whoMapsCommand: ConsoleCommand = {
  name: 'who-maps',
  parameters: 'gpa:ADDRESS',
  help: 'every HPTE and effective address that reaches a guest page, and the slot that holds it',
  completion: () => ['gpa:', 'ea:', 'va:', 'hva:'],
  run: (_context, of, rest) => {
    const typed = typedAddress(namesSpace(rest) === undefined ? `gpa:${rest.trim()}` : rest);
    if (!typed) throw errors.badAddress(rest);
    const physical = guestPhysicalOf(of, typed);
    if (physical === undefined) return { text: `${rest.trim()} leads to no guest physical address.` };
    const children = whoMaps(of, physical);
    return {
      text: treeText(children, 1),
      tree: named(`gpa:${hexadecimal(physical)}`, '', { children: () => children }),
    };
  },
};

export const where: ConsoleCommand = {
  name: 'where',
  parameters: 'SPACE:ADDRESS',
  help: 'where the same place is in every other address space',
  completion: () => ['ea:', 'va:', 'gpa:', 'hva:', 'hpa:', 'hpte:'],
  run: (_context, of, rest) => {
    const tree = addressValue(of, demandAddress(rest));
    return { text: treeText([tree], 2), tree };
  },
};

import { hypercallNames } from '../../emulator/index';
import { errors } from '../errors';
import { numberFrom } from '../requests/expressions';
import { stateChanged } from '../requests/memory';
import { hexadecimal } from '../variables/format';
import type { ConsoleCommand } from './command';

export const hcall: ConsoleCommand = {
  name: 'hcall',
  parameters: 'NAME|NUMBER [ARGUMENT …]',
  help: 'make a hypercall in the guest’s place; its registers stay as they are',
  changes: true,
  completion: () => [...hypercallNames().values()],
  run: (context, of, rest) => {
    const [name = '', ...words] = rest.split(/\s+/).filter((word) => word !== '');
    const number =
      [...hypercallNames()].find(([, known]) => known === name.toUpperCase())?.[0] ??
      (/^(0x[0-9a-f]+|\d+)$/i.test(name) ? Number(name) : undefined);
    if (number === undefined) throw errors.badExpression(`There is no hypercall "${name}".`);
    if (of.vcpu.levels.length > 0)
      throw errors.badExpression('An access or a call is being held; let it finish first.');
    const { status, results } = of.target.hypercall(
      of.vcpu.number,
      number,
      words.map((word) => numberFrom(of, word)),
    );
    stateChanged(context);
    const shown = results.map((value, index) => `r${4 + index} ${hexadecimal(value)}`);
    return { text: [`status ${BigInt.asIntN(64, status)}`, ...shown].join(', ') };
  },
};

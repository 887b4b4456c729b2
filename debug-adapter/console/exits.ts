/** Commands about MMIO exits. */
import { exitDecisions } from '../../emulator/index';
import { errors } from '../errors';
import { stateChanged } from '../requests/memory';
import { numberFrom } from '../requests/expressions';
import { bytesText, hexadecimal } from '../variables/format';
import { supplyData } from '../variables/mmio-exit';
import type { ConsoleCommand } from './command';

export const exits: ConsoleCommand = {
  name: 'exits',
  parameters: '',
  help: 'the last MMIO exits, and who answered each',
  run: (_context, of) => {
    const lines = of.target
      .answeredExits()
      .map(
        ({ instructionCount, vcpu, guestPhysicalAddress, isWrite, length, data, answeredBy }) =>
          `[${instructionCount}] vCPU ${vcpu}: ${isWrite ? 'store' : 'load'} of ${length} at gpa:${hexadecimal(guestPhysicalAddress)}, bytes ${bytesText(data)}, answered by ${answeredBy}`,
      );
    return { text: lines.length === 0 ? 'No access has left as an MMIO exit yet.' : lines.join('\n') };
  },
};

export const answer: ConsoleCommand = {
  name: 'answer',
  parameters: `VALUE | ${exitDecisions.join(' | ')}`,
  help: 'the pending exit: the data that a load gets or a store writes; or ask the device, try the instruction again, refuse',
  changes: true,
  completion: () => exitDecisions,
  run: (context, of, rest) => {
    const { pendingExit } = of.vcpu;
    if (!pendingExit) throw errors.badExpression('No MMIO exit is waiting.');
    const decision = exitDecisions.find((one) => one === rest);
    if (decision === undefined) supplyData(of, pendingExit, numberFrom(of, rest));
    else of.target.decideExit(of.vcpu.number, decision);
    stateChanged(context);
    return { text: decision === undefined ? `${rest} it is.` : outcomes[decision] };
  },
};
const outcomes = {
  device: 'The device will be asked.',
  retry: 'The instruction will be tried again.',
  'data-storage': 'The guest will take a data storage interrupt.',
  'machine-check': 'The guest will take a machine check.',
} as const;

import { ConfigurationError, createMachine, type DebugTarget, type MachineConfiguration } from '../../emulator/index';
import { errors } from '../errors';
import type { Guest } from './guest';
import type { LaunchConfiguration } from './launch-configuration';

/** Makes a machine; tests put their own in its place. */
export type MachineMaker = (configuration: MachineConfiguration) => DebugTarget;

/** Makes the machine of a launch configuration, or says in words what it cannot be made from. */
export function makeGuest({ program, machine }: LaunchConfiguration, make: MachineMaker = createMachine): Guest {
  try {
    return { program, target: make(machine) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw errors.launch(error.field, sentence(error.message.slice(error.field.length + 2)));
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

import type { MachineConfiguration } from './configuration';
import type { DebugTarget } from './debug-target';
import { Machine } from './machine';
import { makePseries } from './pseries';

/** A machine with its guest loaded, about to begin. Throws a ConfigurationError for a configuration that cannot be. */
export const createMachine = (configuration: MachineConfiguration): DebugTarget =>
  new Machine(makePseries(configuration));

/** The sample guest mmio-trap, on whole machines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMachine, defaultConfiguration, type DebugTarget, type MachineConfiguration } from '../../emulator/index';
import { recorder } from './emulator-guest';

const folder = join(import.meta.dirname, '../../extension/samples/mmio-trap');
export const samplePath = (endian: 'be' | 'le') => join(folder, `mmio-trap.${endian}.elf`);
export const sampleProgram = (endian: 'be' | 'le'): Uint8Array => readFileSync(samplePath(endian));

export const behaviors = ['rfc-2011', 'v3.4', 'v6.1'] as const;
type BehaviorName = (typeof behaviors)[number];

export function startSample(
  behavior: BehaviorName,
  endian: 'be' | 'le',
  cpu: MachineConfiguration['cpu'] = 'power8',
  changed: Partial<MachineConfiguration> = {},
): DebugTarget {
  return createMachine({ ...defaultConfiguration, behavior, cpu, program: sampleProgram(endian), ...changed });
}

/** Runs it to its end, and keeps all that happened. */
export function runWhole(behavior: BehaviorName, endian: 'be' | 'le', cpu: MachineConfiguration['cpu'] = 'power8') {
  const machine = startSample(behavior, endian, cpu);
  const { watch, events, console } = recorder();
  const outcome = machine.run(1e9, watch);
  return { outcome, events, console: console(), instructionCount: machine.instructionCount };
}

import {
  areaKinds,
  behaviorNames,
  defaultConfiguration,
  engineNames,
  processorNames,
  realModeNames,
  type MachineConfiguration,
  type MemorySlotConfiguration,
} from '../../emulator/index';
import { errors } from '../errors';
import { readHostEvent, readRandomHostEvents } from './host-events';
import { address, list, needed, oneOf, record, size, text, truth, wholeNumber } from './launch-fields';
import { loadProgram, readNamedFile, type Program } from '../symbols/program';
import { readDevices } from './launch-devices';

/** A launch request that has been found good. */
export interface LaunchConfiguration {
  readonly program: Program;
  readonly machine: MachineConfiguration;
  readonly stopOnEntry: boolean;
  /** As it was given, to launch the same again. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Infinity: none. */
  readonly maxInstructions: number;
}

/** Reads a launch configuration and the files that it names; every error names the field that is wrong. */
export function readLaunchConfiguration(given: unknown): LaunchConfiguration {
  const fields = record(given, 'launch');
  const kvm = fields.kvm === undefined ? {} : record(fields.kvm, 'kvm');
  const program = loadProgram(text(fields.program, 'program') ?? missing('program'));
  const initrd = text(fields.initrd, 'initrd');
  const machine: MachineConfiguration = {
    ...defaultConfiguration,
    program: program.bytes,
    initrd: initrd === undefined ? undefined : readNamedFile('initrd', initrd),
    append: text(fields.append, 'append') ?? defaultConfiguration.append,
    cpu: oneOf(fields.cpu, processorNames, 'cpu') ?? defaultConfiguration.cpu,
    memory: memorySize(fields.memory) ?? defaultConfiguration.memory,
    smp: wholeNumber(fields.smp, 'smp', 1, 8) ?? defaultConfiguration.smp,
    behavior: oneOf(kvm.behavior, behaviorNames, 'kvm.behavior') ?? defaultConfiguration.behavior,
    realMode: oneOf(kvm.realMode, realModeNames, 'kvm.realMode') ?? defaultConfiguration.realMode,
    memorySlots: list(fields.memorySlots, 'memorySlots', memorySlot),
    devices: readDevices(fields.devices),
    hostEvents: list(fields.hostEvents, 'hostEvents', readHostEvent),
    randomHostEvents: readRandomHostEvents(fields.randomHostEvents, 'randomHostEvents'),
    engine: oneOf(fields.engine, engineNames, 'engine') ?? defaultConfiguration.engine,
  };
  return {
    program,
    machine,
    given: fields,
    stopOnEntry: truth(fields.stopOnEntry, 'stopOnEntry') ?? false,
    maxInstructions: wholeNumber(fields.maxInstructions, 'maxInstructions', 1) ?? Infinity,
  };
}

function missing(field: string): never {
  throw errors.launch(field, 'is missing; it must name the guest, a 64-bit PowerPC ELF file.');
}
function memorySize(value: unknown): number | undefined {
  const bytes = size(value, 'memory');
  return bytes === undefined ? undefined : Number(bytes);
}

const backings = [...areaKinds, 'none'] as const;
function memorySlot(value: unknown, field: string): MemorySlotConfiguration {
  const slot = record(value, field);
  const bytes = needed(size(slot.size, `${field}.size`), `${field}.size`);
  const areas = list(slot.areas, `${field}.areas`, (item, at) => {
    const area = record(item, at);
    return {
      vma: needed(oneOf(area.vma, backings, `${at}.vma`), `${at}.vma`),
      size: needed(size(area.size, `${at}.size`), `${at}.size`),
    };
  });
  if (areas.length > 0 && areas.reduce((sum, area) => sum + area.size, 0n) !== bytes)
    throw errors.launch(`${field}.areas`, 'must have the size of the slot together.');
  return {
    slot: needed(wholeNumber(slot.slot, `${field}.slot`, 0, 511), `${field}.slot`),
    guestPhysicalAddress: address(slot.guestPhysicalAddress, `${field}.guestPhysicalAddress`),
    size: bytes,
    vma: oneOf(slot.vma, backings, `${field}.vma`) ?? 'anonymous',
    flags: BigInt(wholeNumber(slot.flags, `${field}.flags`, 0, 0xffff_ffff) ?? 0),
    ...(areas.length > 0 ? { areas } : {}),
  };
}

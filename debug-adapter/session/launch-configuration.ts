import {
  behaviorNames,
  defaultConfiguration,
  engineNames,
  processorNames,
  realModeNames,
  type MachineConfiguration,
  type MemorySlotConfiguration,
} from '../../emulator/index';
import { errors } from '../errors';
import { loadProgram, readNamedFile, type Program } from '../symbols/program';

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
    memorySlots: memorySlots(fields.memorySlots),
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

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw errors.launch(field, 'must be an object.');
}
function missing(field: string): never {
  throw errors.launch(field, 'is missing; it must name the guest, a 64-bit PowerPC ELF file.');
}
function text(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw errors.launch(field, 'must be a text.');
  return value;
}
function truth(value: unknown, field: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw errors.launch(field, 'must be true or false.');
}
function oneOf<const T extends string>(value: unknown, names: readonly T[], field: string): T | undefined {
  if (value === undefined) return undefined;
  const found = names.find((name) => name === value);
  if (found === undefined) throw errors.launch(field, `${JSON.stringify(value)} is not one of ${names.join(', ')}.`);
  return found;
}
function wholeNumber(value: unknown, field: string, least: number, most = Infinity): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw errors.launch(
    field,
    most === Infinity
      ? `must be a whole number of at least ${least}.`
      : `must be a whole number from ${least} to ${most}.`,
  );
}

const units: Readonly<Record<string, bigint>> = { K: 1n << 10n, M: 1n << 20n, G: 1n << 30n };
/** A size such as "256M". */
function size(value: unknown, field: string): bigint | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit] = /^([1-9]\d{0,11})([KMG])$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (digits === undefined || unit === undefined) {
    throw errors.launch(field, `${JSON.stringify(value)} is not a size such as 256M: a whole number and K, M or G.`);
  }
  return BigInt(digits) * (units[unit] ?? 1n);
}
function memorySize(value: unknown): number | undefined {
  const bytes = size(value, 'memory');
  return bytes === undefined ? undefined : Number(bytes);
}

function memorySlots(value: unknown): readonly MemorySlotConfiguration[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw errors.launch('memorySlots', 'must be a list.');
  return value.map((item: unknown, index) => memorySlot(item, `memorySlots[${index}]`));
}
function memorySlot(value: unknown, field: string): MemorySlotConfiguration {
  const slot = record(value, field);
  const needed = <T>(found: T | undefined, name: string): T => {
    if (found === undefined) throw errors.launch(`${field}.${name}`, 'is missing.');
    return found;
  };
  return {
    slot: needed(wholeNumber(slot.slot, `${field}.slot`, 0, 511), 'slot'),
    guestPhysicalAddress: address(slot.guestPhysicalAddress, `${field}.guestPhysicalAddress`),
    size: needed(size(slot.size, `${field}.size`), 'size'),
    vma: oneOf(slot.vma, ['anonymous', 'device'], `${field}.vma`) ?? 'anonymous',
    flags: BigInt(wholeNumber(slot.flags, `${field}.flags`, 0, 0xffff_ffff) ?? 0),
  };
}
function address(value: unknown, field: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value)) return BigInt(value);
  throw errors.launch(field, 'must be an address such as 0x80000000.');
}

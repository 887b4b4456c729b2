import { parseArgs } from 'node:util';
import type { LaunchArguments } from '../custom-protocol';
import { readDeviceOptions } from './device-options';
import { readLaunchFile } from './launch-file';
import { UsageError } from './usage';

/** What `key31 run` was told. */
export interface RunOptions {
  readonly launch: LaunchArguments;
  readonly stopOn: readonly { readonly filter: string; readonly condition: string | undefined }[];
  /** Disks whose contents are to be written to files at the end. */
  readonly saves: readonly { readonly disk: string; readonly file: string }[];
  readonly stats: boolean;
  /** Where to write the state at an instruction count to. */
  readonly checkpoint: { readonly at: number; readonly file: string } | undefined;
  /** The checkpoint to go on from. */
  readonly from: string | undefined;
  readonly json: boolean;
}

const options = {
  config: { type: 'string' },
  name: { type: 'string' },
  append: { type: 'string' },
  initrd: { type: 'string' },
  cpu: { type: 'string' },
  memory: { type: 'string' },
  smp: { type: 'string' },
  behavior: { type: 'string' },
  engine: { type: 'string' },
  'real-mode': { type: 'string' },
  device: { type: 'string', multiple: true },
  drive: { type: 'string', multiple: true },
  'stop-on': { type: 'string', multiple: true },
  'max-instructions': { type: 'string' },
  'checkpoint-at': { type: 'string' },
  from: { type: 'string' },
  stats: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Reads the words after `key31 run`. Values are checked where a launch configuration's are. */
export function readRunOptions(words: readonly string[]): RunOptions {
  const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
  const at = numeric(values['checkpoint-at'], '--checkpoint-at');
  const checkpointFile = at === undefined ? undefined : positionals.pop();
  if (at !== undefined && positionals.length === 0)
    throw new UsageError('--checkpoint-at needs a count and a file: key31 run GUEST --checkpoint-at N FILE.');
  const [program, ...others] = positionals;
  if (program === undefined && values.config === undefined)
    throw new UsageError('A guest is needed: key31 run GUEST, or key31 run --config FILE.');
  if (others.length > 0) throw new UsageError(`One guest is run at a time; "${others[0] ?? ''}" is one too many.`);
  if (values.name !== undefined && values.config === undefined) throw new UsageError('--name goes with --config.');
  const fromFile = values.config === undefined ? {} : readLaunchFile(values.config, values.name);
  const { devices, saves } = readDeviceOptions(values.device ?? [], values.drive ?? []);
  const onCommandLine = {
    program,
    append: values.append,
    initrd: values.initrd,
    cpu: values.cpu,
    memory: values.memory,
    smp: numeric(values.smp, '--smp'),
    maxInstructions: numeric(values['max-instructions'], '--max-instructions'),
    engine: values.engine,
    devices: devices.length === 0 ? undefined : devices,
  };
  const kvm = given({ behavior: values.behavior, realMode: values['real-mode'] });
  const launch = { ...fromFile, ...given(onCommandLine), kvm: merged(fromFile.kvm, kvm) };
  return {
    // Whether the texts are good is for the reader of launch configurations to say, in its field's name.
    launch: launch as unknown as LaunchArguments,
    stopOn: (values['stop-on'] ?? []).map(filterOf),
    saves,
    stats: values.stats ?? false,
    checkpoint: at === undefined || checkpointFile === undefined ? undefined : { at, file: checkpointFile },
    from: values.from,
    json: values.json ?? false,
  };
}

/** What of an object is not undefined: the command line's words come before the file's. */
const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
/** What is no object is left for the reader of launch configurations to refuse. */
const merged = (below: unknown, above: object): unknown =>
  below === undefined || (typeof below === 'object' && below !== null) ? { ...below, ...above } : below;

function numeric(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[\d_]{1,19}$/.test(text)) throw new UsageError(`${option} must be a whole number, not "${text}".`);
  return Number(text.replaceAll('_', ''));
}

function filterOf(text: string): { filter: string; condition: string | undefined } {
  const colon = text.indexOf(':');
  return colon < 0
    ? { filter: text, condition: undefined }
    : { filter: text.slice(0, colon), condition: text.slice(colon + 1) };
}

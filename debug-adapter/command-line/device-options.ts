import { UsageError } from './usage';

/** Devices as a launch configuration has them, and which disks' contents are to be written to files at the end. */
export interface DeviceOptions {
  readonly devices: readonly Readonly<Record<string, unknown>>[];
  readonly saves: readonly { readonly disk: string; readonly file: string }[];
}

/**
 * Reads `--device TYPE[,FIELD=VALUE]...` and `--drive FILE[,FIELD=VALUE]...`, which is short for a virtio-blk. Drives
 * follow the other devices. Whether types and fields are good is for the reader of launch configurations to say.
 */
export function readDeviceOptions(devices: readonly string[], drives: readonly string[]): DeviceOptions {
  const all = [
    ...devices.map((text) => fieldsOf('--device', 'type', text)),
    ...drives.map((text): Record<string, unknown> => ({ type: 'virtio-blk', ...fieldsOf('--drive', 'file', text) })),
  ];
  const disks = all.filter(({ type }) => type === 'virtio-blk');
  const saves = disks.flatMap(({ save }, number) =>
    typeof save === 'string' ? [{ disk: `virtio-blk${number}`, file: save }] : [],
  );
  return { devices: all.map(({ save: _, ...device }) => device), saves };
}

function fieldsOf(option: string, first: string, text: string): Record<string, unknown> {
  const [value = '', ...others] = text.split(',');
  if (value === '') throw new UsageError(`${option} "${text}" does not begin with a ${first}.`);
  const fields = others.map((other): [string, unknown] => {
    const [, name, given] = /^(\w+)=(.+)$/.exec(other) ?? [];
    if (name === undefined || given === undefined)
      throw new UsageError(`${option} "${text}": "${other}" is not a field and its value, such as readOnly=true.`);
    return [name, valueOf(name, given)];
  });
  return { [first]: value, ...Object.fromEntries(fields) };
}

/** Texts, but where the field is a truth value or a number. */
function valueOf(name: string, given: string): unknown {
  if (name === 'readOnly' && (given === 'true' || given === 'false')) return given === 'true';
  return name === 'seed' && /^\d+$/.test(given) ? Number(given) : given;
}

/** The devices of a launch configuration, and the files that they name. */
import type { DeviceConfiguration } from '../../emulator/index';
import { deviceTypes, MOST_DEVICES, SECTOR, wireNames } from '../../emulator/index';
import { errors } from '../errors';
import { readNamedFile } from '../symbols/program';
import { oneOf, record, size, text, truth, wholeNumber, type Fields } from './launch-fields';

/** What each type of device may be given beside its type. */
const fieldsOf = {
  serial: [],
  'virtio-blk': ['file', 'size', 'readOnly'],
  'virtio-console': [],
  'virtio-rng': ['seed'],
  'virtio-net': ['wire'],
} as const satisfies Record<DeviceConfiguration['type'], readonly string[]>;
const DEFAULT_SEED = 31;

export function readDevices(value: unknown): readonly DeviceConfiguration[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw errors.launch('devices', 'must be a list.');
  if (value.length > MOST_DEVICES)
    throw errors.launch('devices', `are ${value.length}; the bus has ${MOST_DEVICES} slots.`);
  return value.map((item: unknown, index) => readDevice(record(item, `devices[${index}]`), `devices[${index}]`));
}

function readDevice(device: Fields, field: string): DeviceConfiguration {
  const type = oneOf(device.type, deviceTypes, `${field}.type`);
  if (type === undefined)
    throw errors.launch(`${field}.type`, `is missing; it must be one of ${deviceTypes.join(', ')}.`);
  const known: readonly string[] = fieldsOf[type];
  const unknown = Object.keys(device).find((name) => name !== 'type' && !known.includes(name));
  if (unknown !== undefined) throw errors.launch(`${field}.${unknown}`, `is nothing that a ${type} has.`);
  switch (type) {
    case 'serial':
    case 'virtio-console':
      return { type };
    case 'virtio-blk':
      return { type, image: readImage(device, field), readOnly: truth(device.readOnly, `${field}.readOnly`) ?? false };
    case 'virtio-rng':
      return { type, seed: BigInt(wholeNumber(device.seed, `${field}.seed`, 0) ?? DEFAULT_SEED) };
    case 'virtio-net':
      return { type, wire: oneOf(device.wire, wireNames, `${field}.wire`) ?? 'none' };
  }
}

/** A disk's contents: a file's, or nothing but zeroes. */
function readImage(device: Fields, field: string): Uint8Array {
  const file = text(device.file, `${field}.file`);
  const bytes = size(device.size, `${field}.size`);
  if (file === undefined && bytes === undefined)
    throw errors.launch(`${field}.file`, 'is missing; a disk needs a file, or a size to begin empty with.');
  if (file !== undefined && bytes !== undefined)
    throw errors.launch(`${field}.size`, 'is not wanted: the file has a size.');
  if (file === undefined) return emptyImage(bytes ?? 0n, field);
  const image = readNamedFile(`${field}.file`, file);
  if (image.length === 0 || image.length % SECTOR !== 0)
    throw errors.launch(
      `${field}.file`,
      `"${file}" has ${image.length} bytes, which is no whole number of sectors of ${SECTOR}.`,
    );
  return image;
}

const LARGEST_EMPTY = 2n ** 30n;
function emptyImage(bytes: bigint, field: string): Uint8Array {
  if (bytes > LARGEST_EMPTY) throw errors.launch(`${field}.size`, 'is more than 1G, the largest empty disk.');
  return new Uint8Array(Number(bytes));
}

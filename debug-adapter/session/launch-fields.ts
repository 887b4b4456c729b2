/** Readers of a launch configuration's values: each names the field that is wrong. */
import { errors } from '../errors';

export type Fields = Readonly<Record<string, unknown>>;

export function record(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw errors.launch(field, 'must be an object.');
}
export function text(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw errors.launch(field, 'must be a text.');
  return value;
}
export function truth(value: unknown, field: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw errors.launch(field, 'must be true or false.');
}
export function oneOf<const T extends string>(value: unknown, names: readonly T[], field: string): T | undefined {
  if (value === undefined) return undefined;
  const found = names.find((name) => name === value);
  if (found === undefined) throw errors.launch(field, `${JSON.stringify(value)} is not one of ${names.join(', ')}.`);
  return found;
}
export function wholeNumber(value: unknown, field: string, least: number, most = Infinity): number | undefined {
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
export function size(value: unknown, field: string): bigint | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit] = /^([1-9]\d{0,11})([KMG])$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (digits === undefined || unit === undefined) {
    throw errors.launch(field, `${JSON.stringify(value)} is not a size such as 256M: a whole number and K, M or G.`);
  }
  return BigInt(digits) * (units[unit] ?? 1n);
}
export function address(value: unknown, field: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value)) return BigInt(value);
  throw errors.launch(field, 'must be an address such as 0x80000000.');
}

/** A value that has to be there. */
export function needed<T>(found: T | undefined, field: string): T {
  if (found === undefined) throw errors.launch(field, 'is missing.');
  return found;
}
export function list<T>(value: unknown, field: string, read: (item: unknown, field: string) => T): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw errors.launch(field, 'must be a list.');
  return value.map((item: unknown, index) => read(item, `${field}[${index}]`));
}

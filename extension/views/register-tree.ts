import type { GuestStateData, RegisterData } from '../../debug-adapter/custom-protocol';
import type { TreeItem } from './tree-item';

/** What a command on a bit of a register is about. */
export interface FieldReference {
  readonly register: string;
  readonly field: string;
  readonly value: string;
  readonly mask: string;
}

/** Registers with their bits by name. */
export const registerItems = ({ registers }: Pick<GuestStateData, 'registers'>): readonly TreeItem[] =>
  registers.map(registerItem);

function registerItem({ name, value, fields }: RegisterData): TreeItem {
  const set = fields.filter((field) => BigInt(field.value) !== 0n).map((field) => field.name);
  return {
    key: name,
    label: name.toUpperCase(),
    description: set.length === 0 || set.length > MOST_NAMES ? value : `${value} · ${set.join(' ')}`,
    tooltip: `${name.toUpperCase()} = ${value}${set.length === 0 ? '' : `: ${set.join(', ')}`}`,
    icon: 'symbol-constant',
    kind: 'register',
    data: { register: name, field: name, value, mask: '0xffffffffffffffff' } satisfies FieldReference,
    children: fields.map((field) => fieldItem(name, field)),
  };
}
const MOST_NAMES = 12;

function fieldItem(register: string, { name, value, mask }: RegisterData['fields'][number]): TreeItem {
  const isFlag = isSingleBit(BigInt(mask));
  const isSet = BigInt(value) !== 0n;
  return {
    key: `${register}/${name}`,
    label: name,
    description: isFlag ? (isSet ? '1' : '0') : value,
    tooltip: `${register.toUpperCase()}[${name}] = ${value}, mask ${mask}`,
    icon: isFlag ? (isSet ? 'pass-filled' : 'circle-large-outline') : 'symbol-numeric',
    kind: isFlag ? 'flag' : 'field',
    data: { register, field: name, value, mask } satisfies FieldReference,
  };
}

const isSingleBit = (mask: bigint): boolean => mask !== 0n && (mask & (mask - 1n)) === 0n;
const lowestBit = (mask: bigint): bigint => mask & -mask;

/** The register's value with a field replaced; undefined where the number does not fit the field. */
export function withField(word: bigint, mask: bigint, value: bigint): bigint | undefined {
  const shifted = value * lowestBit(mask);
  // A field in pieces is no number that a person could type.
  const isContiguous = (mask & (mask + lowestBit(mask)) & ((1n << 64n) - 1n)) === 0n;
  if (value < 0n || !isContiguous || (shifted & ~mask) !== 0n) return undefined;
  return (word & ~mask) | shifted;
}

/** Words as GNU tools write them. */
import { unsigned64, hexadecimal } from '../word/unsigned';
import type { Encoding } from './encoding';
import { fields, type Field, type FieldName, type Values } from './fields';

/**
 * An extended mnemonic. `when` names the values that fields must have, or tells by all of them.
 *
 * Operand texts name fields: `rt,d(ra0)`. `bf?,` and `bh?` are left away, with the comma, when the field and all
 * such fields after it are 0; `bi.field` is the CR field that a CR bit lies in. A name of no field stands for itself.
 */
export interface Alias<V> {
  readonly mnemonic: string;
  readonly assembly: string;
  readonly when: Partial<V> | ((values: V) => boolean);
  /** Numbers that are written differently from what the fields hold. */
  readonly shown?: (values: V) => Partial<V>;
  /** A branch prediction, which follows all other suffixes. */
  readonly hint?: '+' | '-';
}

/** How all variants of a definition are written, and encoded: what an assembler needs to know of them. */
export interface Syntax {
  readonly mnemonic: string;
  readonly assembly: string;
  readonly aliases: readonly Alias<Values>[];
  readonly encoding: Encoding;
  readonly invalidForm?: ((values: Values) => boolean) | undefined;
}

export interface Disassembly {
  readonly mnemonic: string;
  /** Without a branch target, which is in `target` and which the caller puts last, as an address or a symbol. */
  readonly operands: string;
  readonly target?: bigint;
}

export const crBitNames = ['lt', 'gt', 'eq', 'so'] as const;
const crBitName = (bit: number): string => {
  const name = crBitNames[bit & 3]!;
  return bit < 4 ? name : `4*cr${bit >> 2}+${name}`;
};

function operandText(name: FieldName, value: number): string {
  const field: Field = fields[name];
  switch (field.kind) {
    case 'gpr':
      return `r${value}`;
    case 'gprOrZero':
      return value === 0 ? '0' : `r${value}`;
    case 'fpr':
      return `f${value}`;
    case 'vr':
      return `v${value}`;
    case 'vsr':
      return `vs${value}`;
    case 'crField':
      return `cr${value}`;
    case 'crBit':
      return crBitName(value);
    case 'small':
    case 'immediate':
    case 'variant':
      return field.prefix + String(value);
  }
}

const operandPattern = /([a-z]+\d?)(\.field)?(\?,?)?/g;

function operandsText(assembly: string, values: Values): string {
  const numberOf = (name: string, ofBit: string | undefined) => (values[name as FieldName] ?? 0) >> (ofBit ? 2 : 0);
  const optional = [...assembly.matchAll(operandPattern)].filter(([, , , mark]) => mark);
  const needed = optional.filter(([, name = '', ofBit]) => numberOf(name, ofBit) !== 0);
  const lastNeeded = needed.at(-1)?.index ?? -1;
  return assembly
    .replace(operandPattern, (_, name: string, ofBit: string | undefined, mark: string | undefined, at: number) => {
      if (mark && at > lastNeeded) return '';
      const number = numberOf(name, ofBit);
      const isField = Object.hasOwn(fields, name);
      return (
        (ofBit ? `cr${number}` : isField ? operandText(name as FieldName, number) : name) + (mark === '?,' ? ',' : '')
      );
    })
    .replace(/,$/, '');
}

export const applies = <V>({ when }: Alias<V>, values: V): boolean =>
  typeof when === 'function'
    ? when(values)
    : Object.entries(when).every(([name, value]) => (values as Record<string, unknown>)[name] === value);

interface Written<V> {
  readonly mnemonic: string;
  readonly assembly: string;
  readonly aliases?: readonly Alias<V>[];
}

/** The disassembler of one definition; the suffix is what its variant fields add to the mnemonic. */
export function disassembler<V>(definition: Written<V>, encoding: Encoding, suffix: string) {
  const targetName = encoding.names.find((name) => fields[name].target);
  return (word: number, address: bigint): Disassembly => {
    const values = encoding.read(word);
    const alias = definition.aliases?.find((one) => applies(one, values as V));
    const assembly = alias?.assembly ?? definition.assembly;
    const mnemonic = (alias?.mnemonic ?? definition.mnemonic) + suffix + (alias?.hint ?? '');
    const shown: Values = alias?.shown ? { ...values, ...alias.shown(values as V) } : values;
    if (targetName === undefined) return { mnemonic, operands: operandsText(assembly, shown) };
    const base = values.aa ? 0n : address;
    const others = assembly.replace(new RegExp(`,?${targetName}$`), '');
    return {
      mnemonic,
      operands: operandsText(others, shown),
      target: unsigned64(base + BigInt(values[targetName] ?? 0)),
    };
  };
}

/** One line of assembly, with a branch target as a number unless the caller has a name for it. */
export function assemblyText(
  { mnemonic, operands, target }: Disassembly,
  nameOf: (address: bigint) => string = hexadecimal,
): string {
  const all = [operands, target === undefined ? '' : nameOf(target)].filter((text) => text !== '').join(',');
  return all === '' ? mnemonic : `${mnemonic} ${all}`;
}

import type { Operations } from '../operations/instruction-operations';
import type { Operand, OperandKind } from '../operations/operand';
import type { Sorts } from '../operations/arithmetic';
import { disassembler, type Alias, type Disassembly, type Syntax } from './assembly';
import { parseEncoding } from './encoding';
import { fields, type FieldName, type OperandsOf, type Values, type ValuesOf } from './fields';

export type IsaVersion = '2.06' | '2.07';

export interface Definition<Encoding extends string> {
  readonly mnemonic: string;
  /** Fields from bit 0 on: `value:width` is fixed, `/:width` is ignored, `name^` is a field's high part. */
  readonly encoding: Encoding;
  readonly assembly: string;
  /** Extended mnemonics, of which the first that applies is shown. */
  readonly aliases?: readonly Alias<ValuesOf<Encoding>>[];
  /** The first version that has it; without it, every version we know does. */
  readonly since?: IsaVersion;
  /** The last version that has it. */
  readonly until?: IsaVersion;
  /** Decodes the words that would otherwise be left over: it may overlap with others, which come first. */
  readonly otherwise?: true;
  /** Manages a cache, so that where there is none, as for a device, it does nothing. */
  readonly cacheOperation?: true;
  meaning<S extends Sorts>(op: Operations<S>, operands: OperandsOf<Encoding>): void;
}

/** A definition with its variant fields fixed: what the table decodes to, and what a handler is made for. */
export interface Instruction {
  readonly mnemonic: string;
  readonly mask: number;
  readonly match: number;
  readonly since: IsaVersion;
  readonly until: IsaVersion;
  readonly otherwise: boolean;
  readonly cacheOperation: boolean;
  readonly operands: readonly Operand<OperandKind>[];
  /** The definition's, shared by its variants. */
  readonly syntax: Syntax;
  decode(word: number): Values;
  /** The word with these values in its fields; fields that are not given are zero. */
  encode(values: Values): number;
  disassemble(word: number, address: bigint): Disassembly;
  apply<S extends Sorts>(op: Operations<S>): void;
}

/** How many small operands a pre-decoded record has room for, beside one immediate. */
const OPERAND_SLOTS = 5;

/** Suffixes in the order in which a mnemonic carries them: addo. and bla. */
const suffixes = { oe: 'o', rc: '.', lk: 'l', aa: 'a' } as const;
export const suffixFields = Object.keys(suffixes) as (keyof typeof suffixes)[];
export const suffixOf = (fixed: Values): string =>
  Object.entries(suffixes)
    .map(([name, suffix]) => (fixed[name as FieldName] ? suffix : ''))
    .join('');

function operandsOf(mnemonic: string, names: readonly FieldName[]): Operand<OperandKind>[] {
  let slot = 0;
  const operands = names.map((name) => {
    const { kind } = fields[name];
    return { name, kind, slot: kind === 'immediate' || kind === 'variant' ? -1 : slot++ };
  });
  if (slot > OPERAND_SLOTS || operands.filter((o) => o.kind === 'immediate').length > 1)
    throw new Error(`${mnemonic} has more operands than a record has room for`);
  return operands;
}

/** One instruction for each combination of the variant fields' values. */
export function instruction<const E extends string>(definition: Definition<E>): Instruction[] {
  const { mnemonic, since = '2.06', until = '2.07' } = definition;
  const encoding = parseEncoding(definition.encoding);
  const operands = operandsOf(mnemonic, encoding.names);
  const variants = encoding.names.filter((name) => fields[name].kind === 'variant');
  const combinations = variants.reduce<Values[]>(
    (all, name) =>
      all.flatMap((one) => Array.from({ length: 2 ** fields[name].width }, (_, value) => ({ ...one, [name]: value }))),
    [{}],
  );
  const syntax: Syntax = {
    mnemonic,
    assembly: definition.assembly,
    aliases: (definition.aliases ?? []) as unknown as readonly Alias<Values>[],
    encoding,
  };
  return combinations.map((fixed) => {
    const seen = Object.fromEntries(operands.map((o) => [o.name, fixed[o.name as FieldName] ?? o])) as OperandsOf<E>;
    const match = variants.reduce((bits, name) => bits | encoding.place(name, fixed[name] ?? 0), encoding.match);
    const suffix = suffixOf(fixed);
    return {
      mnemonic: mnemonic + suffix,
      mask: variants.reduce((bits, name) => bits | encoding.maskOf(name), encoding.mask),
      match,
      since,
      until,
      otherwise: definition.otherwise ?? false,
      cacheOperation: definition.cacheOperation ?? false,
      operands: operands.filter((o) => o.kind !== 'variant'),
      syntax,
      decode: (word) => encoding.read(word),
      encode: (values) =>
        encoding.names.reduce((bits, name) => bits | encoding.place(name, fixed[name] ?? values[name] ?? 0), match) >>>
        0,
      disassemble: disassembler(definition, encoding, suffix),
      apply: (op) => definition.meaning(op, seen),
    };
  });
}

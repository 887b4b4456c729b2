import type { Operations } from '../operations/instruction-operations';
import type { Operand, OperandKind } from '../operations/operand';
import type { Sorts } from '../operations/arithmetic';
import { disassembler, type Alias, type Disassembly, type Syntax } from './assembly';
import { parseEncoding, type Encoding } from './encoding';
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
  /** Operands with which the form is invalid, so that the word is no instruction. */
  readonly invalidForm?: (values: ValuesOf<Encoding>) => boolean;
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
  /** Whether a word that matches has operands that the ISA forbids. */
  isInvalidForm(word: number): boolean;
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
export function suffixOf(fixed: Values): string {
  let text = '';
  for (const name of suffixFields) if (fixed[name]) text += suffixes[name];
  return text;
}

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

/** What the variants of a definition share. */
interface Shared<E extends string> {
  readonly definition: Definition<E>;
  readonly encoding: Encoding;
  readonly operands: readonly Operand<OperandKind>[];
  readonly syntax: Syntax;
  readonly since: IsaVersion;
  readonly until: IsaVersion;
}

/** There are two thousand, most of which no guest uses: what only decoding or running one needs is made then. */
class Variant<E extends string> implements Instruction {
  readonly mnemonic: string;
  readonly mask: number;
  readonly match: number;
  readonly #shared: Shared<E>;
  readonly #fixed: Values;
  readonly #suffix: string;
  #seen: OperandsOf<E> | undefined;
  #operands: readonly Operand<OperandKind>[] | undefined;
  #disassemble: ReturnType<typeof disassembler> | undefined;

  constructor(shared: Shared<E>, fixed: Values, mask: number, match: number) {
    this.#shared = shared;
    this.#fixed = fixed;
    this.#suffix = suffixOf(fixed);
    this.mnemonic = shared.definition.mnemonic + this.#suffix;
    this.mask = mask;
    this.match = match;
  }

  get since(): IsaVersion {
    return this.#shared.since;
  }
  get until(): IsaVersion {
    return this.#shared.until;
  }
  get otherwise(): boolean {
    return this.#shared.definition.otherwise ?? false;
  }
  get cacheOperation(): boolean {
    return this.#shared.definition.cacheOperation ?? false;
  }
  get syntax(): Syntax {
    return this.#shared.syntax;
  }
  get operands(): readonly Operand<OperandKind>[] {
    return (this.#operands ??= this.#shared.operands.filter(({ kind }) => kind !== 'variant'));
  }

  isInvalidForm(word: number): boolean {
    const { invalidForm, encoding } = this.#shared.syntax;
    return invalidForm?.(encoding.read(word)) ?? false;
  }
  decode(word: number): Values {
    return this.#shared.encoding.read(word);
  }
  encode(values: Values): number {
    const { encoding } = this.#shared;
    let bits = this.match;
    for (const name of encoding.names) bits |= encoding.place(name, this.#fixed[name] ?? values[name] ?? 0);
    return bits >>> 0;
  }
  disassemble(word: number, address: bigint): Disassembly {
    const { definition, encoding } = this.#shared;
    this.#disassemble ??= disassembler(definition, encoding, this.#suffix);
    return this.#disassemble(word, address);
  }
  apply<S extends Sorts>(op: Operations<S>): void {
    const { definition, operands } = this.#shared;
    this.#seen ??= Object.fromEntries(
      operands.map((one) => [one.name, this.#fixed[one.name as FieldName] ?? one]),
    ) as OperandsOf<E>;
    definition.meaning(op, this.#seen);
  }
}

/** One instruction for each combination of the variant fields' values. */
export function instruction<const E extends string>(definition: Definition<E>): Instruction[] {
  const { mnemonic, assembly, aliases = [], since = '2.06', until = '2.07' } = definition;
  const encoding = parseEncoding(definition.encoding);
  const syntax: Syntax = {
    mnemonic,
    assembly,
    aliases: aliases as unknown as readonly Alias<Values>[],
    encoding,
    invalidForm: definition.invalidForm as Syntax['invalidForm'],
  };
  const operands = operandsOf(mnemonic, encoding.names);
  const shared: Shared<E> = { definition, encoding, operands, syntax, since, until };
  const variants = encoding.names.filter((name) => fields[name].kind === 'variant');
  const mask = variants.reduce((bits, name) => bits | encoding.maskOf(name), encoding.mask);
  const fix = (index: number, fixed: Values, match: number): Instruction[] => {
    const name = variants[index];
    if (name === undefined) return [new Variant(shared, fixed, mask, match)];
    return Array.from({ length: 2 ** fields[name].width }, (_, value) =>
      fix(index + 1, { ...fixed, [name]: value }, match | encoding.place(name, value)),
    ).flat();
  };
  return fix(0, {}, encoding.match);
}

/** What the instruction table says of a mnemonic: its forms, and the records behind them. */
import { formsFor, type Form } from '../../emulator/isa/assembler';
import { fields, type Field, type FieldName, type Values } from '../../emulator/isa/fields';
import type { Instruction, IsaVersion } from '../../emulator/isa/instruction';
import { instructions } from '../../emulator/isa/table';
import { synonym } from './gnu-synonyms';

const newest: IsaVersion = '2.07';
export const processorOf: Readonly<Record<IsaVersion, string>> = { '2.06': 'POWER7', '2.07': 'POWER8' };

/** The ways to write a mnemonic; none where no version has it. */
export const formsOf = (mnemonic: string, isa: IsaVersion = newest): readonly Form[] =>
  formsFor(isa).get(mnemonic) ?? [];

/** Whether the assembler takes it, under its own name or one of GNU's. */
export const isMnemonic = (text: string, isa: IsaVersion = newest): boolean =>
  formsOf(text, isa).length > 0 || formsOf(synonym(text, [])?.mnemonic ?? '', isa).length > 0;

let names: readonly string[] | undefined;
/** Every mnemonic with its suffixes, in the order of the alphabet. */
export const mnemonics = (): readonly string[] => (names ??= [...formsFor(newest).keys()].sort());

const agrees = (fixed: Values, one: Instruction): boolean =>
  Object.entries(fixed).every(([name, value]) => one.decode(one.match)[name as FieldName] === value);

/** The record that a form is assembled to. */
export function instructionOf({ syntax, alias, fixed }: Form): Instruction | undefined {
  const given = typeof alias?.when === 'object' ? alias.when : {};
  const variants = instructions.filter((one) => one.syntax === syntax);
  const wanted = Object.fromEntries(
    Object.entries({ ...given, ...fixed }).filter(([name]) => fields[name as FieldName].kind === 'variant'),
  );
  return variants.find((one) => agrees(wanted, one)) ?? variants[0];
}

/** Operands in the manual's capitals: "RT,D(RA)". */
export const operandText = ({ alias, syntax }: Form): string =>
  (alias?.assembly ?? syntax.assembly).replace(
    /([a-z]+\d?)(\.field)?(\?,?)?/g,
    (_, name: string, _ofBit, mark: string | undefined) => {
      const shown = fieldName(name);
      return mark === undefined ? shown : `[${shown}]${mark.endsWith(',') ? ',' : ''}`;
    },
  );

export const fieldName = (name: string): string =>
  name === 'ra0'
    ? 'RA'
    : name
        .toUpperCase()
        .replace(/^(SH|MB|ME)6$/, '$1')
        .replace(/^(L|UIM)\d$/, '$1');

const kinds = {
  gpr: 'general register',
  gprOrZero: 'general register, or 0 for the value zero',
  fpr: 'floating-point register',
  vr: 'vector register',
  vsr: 'vector-scalar register',
  crField: 'field of the condition register',
  crBit: 'bit of the condition register',
} as const;

/** What may be written for an operand. */
export function roleOf(name: FieldName): string {
  const field: Field = fields[name];
  switch (field.kind) {
    case 'small':
    case 'immediate':
    case 'variant': {
      if (field.target) return `branch target, within ${reach(field)} of here`;
      const [least, most] = range(field);
      const what = field.prefix === '' ? 'number' : `register pair or field after "${field.prefix}", number`;
      return `${what} from ${least} to ${most}${field.scale === 1 ? '' : `, a multiple of ${field.scale}`}`;
    }
    case 'gpr':
    case 'gprOrZero':
    case 'fpr':
    case 'vr':
    case 'vsr':
    case 'crField':
    case 'crBit':
      return kinds[field.kind];
  }
}
function range({ width, highWidth, signed, scale }: Field): readonly [number, number] {
  const count = 2 ** (width + highWidth);
  return signed ? [(-count / 2) * scale, (count / 2 - 1) * scale] : [0, (count - 1) * scale];
}
function reach(field: Field): string {
  const bytes = -range(field)[0];
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;
}

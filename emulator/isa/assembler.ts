/** Lines in GNU syntax back into words, from the same records that the disassembler writes them by. */
import { hexadecimal } from '../word/unsigned';
import { applies, type Alias, type Syntax } from './assembly';
import { CannotAssemble, expression, readCrField, readOperand, type Names, type Reading } from './assembly-operands';
import { fields, type Field, type FieldName, type Values } from './fields';
import { suffixFields, suffixOf, type Instruction, type IsaVersion } from './instruction';
import { instructions } from './table';

export type Assembled =
  { readonly kind: 'word'; readonly word: number } | { readonly kind: 'refused'; readonly why: string };

/** One way to write an instruction: a mnemonic with its suffixes, and what stands behind it. */
export interface Form {
  readonly syntax: Syntax;
  readonly alias: Alias<Values> | undefined;
  /** What the suffixes say. */
  readonly fixed: Values;
  readonly operands: readonly TemplateOperand[];
}
export interface TemplateOperand {
  /** Of a field, or the text itself. */
  readonly name: string;
  readonly field: FieldName | undefined;
  readonly ofBit: boolean;
  readonly optional: boolean;
}

/** rt,d(ra0) is three operands, of which a line writes the last one in parentheses. */
const templateOperands = (assembly: string): TemplateOperand[] =>
  assembly === ''
    ? []
    : assembly
        .replace('(', ',')
        .replace(')', '')
        .split(',')
        .map((text) => {
          const name = text.replace('?', '').replace('.field', '');
          const field = Object.hasOwn(fields, name) ? (name as FieldName) : undefined;
          return { name, field, ofBit: text.includes('.field'), optional: text.includes('?') };
        });

function formsOf(syntax: Syntax): [string, Form][] {
  const present = suffixFields.filter((name) => syntax.encoding.names.includes(name));
  const combinations = present.reduce<Values[]>(
    (all, name) => all.flatMap((one) => [0, 1].map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  return combinations.flatMap((fixed) =>
    [...syntax.aliases, undefined].map((alias): [string, Form] => {
      const mnemonic = (alias?.mnemonic ?? syntax.mnemonic) + suffixOf(fixed) + (alias?.hint ?? '');
      return [mnemonic, { syntax, alias, fixed, operands: templateOperands(alias?.assembly ?? syntax.assembly) }];
    }),
  );
}

type Forms = ReadonlyMap<string, readonly Form[]>;
function collect(isa: IsaVersion): Forms {
  const known = instructions.filter(({ since, until }) => since <= isa && isa <= until);
  const first = (one: Instruction) => (one.otherwise ? 1 : 0);
  const syntaxes = new Set([...known].sort((a, b) => first(a) - first(b)).map(({ syntax }) => syntax));
  const forms = new Map<string, Form[]>();
  for (const syntax of syntaxes)
    for (const [mnemonic, form] of formsOf(syntax)) forms.set(mnemonic, [...(forms.get(mnemonic) ?? []), form]);
  return forms;
}
const forms: Partial<Record<IsaVersion, Forms>> = {};
/** Every way to write an instruction of a version, by mnemonic. Made when somebody first asks. */
export const formsFor = (isa: IsaVersion): Forms => (forms[isa] ??= collect(isa));

/** The operands of a line; a base register in parentheses counts as one of its own. */
function splitOperands(text: string): string[] {
  if (text === '') return [];
  const [, before = text, base] = /^(.*)\(([^()]*)\)$/.exec(text) ?? [];
  const plain = before.split(',').map((one) => one.trim());
  if (base === undefined) return plain;
  const displacement = plain.at(-1) ?? '';
  return [...plain.slice(0, -1), displacement === '' ? '0' : displacement, base.trim()];
}

/** Which operand of the form each of the line's is: those that may be left out are so from the last one on. */
function pair({ operands }: Form, written: readonly string[]): (readonly [TemplateOperand, string])[] {
  const leftOut = operands.length - written.length;
  const optional = operands.filter((one) => one.optional);
  if (leftOut < 0 || leftOut > optional.length) {
    const wanted = operands.length === 0 ? 'no operands' : operands.map(({ name }) => name).join(',');
    throw new CannotAssemble(`It takes ${wanted}, and there are ${written.length || 'none'}.`);
  }
  const missing = new Set(optional.slice(optional.length - leftOut));
  return operands.filter((one) => !missing.has(one)).map((operand, i) => [operand, written[i] ?? '']);
}

/** What a line says of the fields: each a number, or only a number's upper part, or what is shown in its place. */
interface Said {
  readonly values: Values;
  readonly crFields: Values;
}
function readAll(form: Form, written: readonly string[], names: Names): Said {
  const values: Partial<Record<FieldName, number>> = {};
  const crFields: Partial<Record<FieldName, number>> = {};
  const reading: Reading = { names, absolute: form.fixed.aa === 1, wide: form.syntax.mnemonic === 'addis' };
  for (const [{ name, field, ofBit }, text] of pair(form, written))
    if (field === undefined) {
      if (text !== name && text !== hexadecimal(Number(name)))
        throw new CannotAssemble(`"${text}" is not what this form takes, which is ${name}.`);
    } else if (ofBit) crFields[field] = readCrField(text);
    // What an alias shows may lie beyond the field: clrrwi counts bits.
    else if (form.alias?.shown) values[field] = shownNumber(field, text, reading);
    else values[field] = readOperand(field, text, reading);
  for (const { field, ofBit } of form.operands) if (field && ofBit) crFields[field] ??= 0;
  return { values, crFields };
}
function shownNumber(field: FieldName, text: string, reading: Reading): number {
  const { kind, prefix }: Field = fields[field];
  const isNumber = (kind === 'small' || kind === 'variant') && prefix === '';
  return isNumber ? Number(expression(text, reading.names).value) : readOperand(field, text, reading);
}

const MOST_ATTEMPTS = 65_536;
const rangeOf = ({ width, highWidth }: Field): number[] =>
  Array.from({ length: 2 ** (width + highWidth) }, (_, i) => i);

/** Every choice of values for the fields that a line leaves open; of wide ones only zero. */
function* choices(open: readonly FieldName[]): Generator<Values> {
  const size = open.reduce((product, name) => product * rangeOf(fields[name]).length, 1);
  const domains = open.map((name) => (size > MOST_ATTEMPTS ? [0] : rangeOf(fields[name])));
  const total = domains.reduce((product, domain) => product * domain.length, 1);
  for (let index = 0; index < total; index++) {
    let rest = index;
    const chosen: Partial<Record<FieldName, number>> = {};
    open.forEach((name, i) => {
      const domain = domains[i] ?? [0];
      chosen[name] = domain[rest % domain.length] ?? 0;
      rest = Math.floor(rest / domain.length);
    });
    yield chosen;
  }
}

const agrees = (wanted: Values, values: Values): boolean =>
  Object.entries(wanted).every(([name, value]) => values[name as FieldName] === value);

/** Values of all fields that an alias stands for, such that it would show what the line says. */
function solve(alias: Alias<Values>, said: Said, fixed: Values, names: readonly FieldName[]): Values {
  const shown = (values: Values): Values => ({ ...values, ...alias.shown?.(values) });
  const given = typeof alias.when === 'function' ? {} : alias.when;
  const hidden = Object.keys(alias.shown?.({}) ?? {});
  const direct = Object.fromEntries(Object.entries(said.values).filter(([name]) => !hidden.includes(name)));
  const base: Values = { ...direct, ...given, ...fixed };
  const isOpen = typeof alias.when === 'function' || hidden.length > 0;
  const open = names.filter((name) => base[name] === undefined && (isOpen || name in said.crFields));
  for (const chosen of choices(open)) {
    const values: Values = { ...Object.fromEntries(names.map((name) => [name, 0])), ...base, ...chosen };
    const inFields = Object.entries(said.crFields).every(
      ([name, bit]) => ((values[name as FieldName] ?? 0) & ~3) === bit,
    );
    if (inFields && applies(alias, values) && agrees(said.values, shown(values))) return values;
  }
  throw new CannotAssemble('No instruction has such operands.');
}

function wordOf(form: Form, written: readonly string[], names: Names): number {
  const { encoding } = form.syntax;
  const said = readAll(form, written, names);
  const values = form.alias ? solve(form.alias, said, form.fixed, encoding.names) : { ...said.values, ...form.fixed };
  if (form.syntax.invalidForm?.(values)) throw new CannotAssemble('With these registers the form is invalid.');
  return encoding.names.reduce((word, name) => word | encoding.place(name, values[name] ?? 0), encoding.match) >>> 0;
}

function firstThatFits(candidates: readonly Form[], written: readonly string[], names: Names): number {
  let refusal: CannotAssemble | undefined;
  for (const form of candidates)
    try {
      return wordOf(form, written, names);
    } catch (reason) {
      if (!(reason instanceof CannotAssemble)) throw reason;
      refusal ??= reason;
    }
  throw refusal ?? new CannotAssemble('No instruction has such operands.');
}

/** One line as a word at this address, or one sentence that says why not. */
export function assemble(
  text: string,
  address: bigint,
  symbols: ReadonlyMap<string, bigint> = new Map(),
  isa: IsaVersion = '2.07',
): Assembled {
  const [, mnemonic = '', operands = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(text) ?? [];
  const names: Names = { address, symbols };
  try {
    if (mnemonic === '.long') {
      const { value } = expression(operands, names);
      return { kind: 'word', word: Number(BigInt.asUintN(32, value)) };
    }
    const candidates = formsFor(isa).get(mnemonic);
    if (!candidates) return { kind: 'refused', why: `Power ISA ${isa} has no instruction "${mnemonic}".` };
    return { kind: 'word', word: firstThatFits(candidates, splitOperands(operands), names) };
  } catch (reason) {
    if (reason instanceof CannotAssemble) return { kind: 'refused', why: `${mnemonic}: ${reason.message}` };
    throw reason;
  }
}

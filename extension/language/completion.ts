/** What may be written at a place. */
import { fields, type Field, type FieldName } from '../../emulator/isa/fields';
import type { IsaVersion } from '../../emulator/isa/instruction';
import { specialPurposeRegisters } from '../../emulator/isa/special-purpose-registers';
import type { AssemblyFile } from './assembly-file';
import { readSource } from './statements';
import { formsOf, mnemonics, operandText } from './vocabulary';

export interface Proposal {
  readonly label: string;
  readonly kind: 'instruction' | 'directive' | 'register' | 'symbol' | 'macro';
  readonly detail?: string;
  /** Where it is not the label that is put in. */
  readonly insert?: string;
}

const directives = [
  '.align',
  '.ascii',
  '.asciz',
  '.balign',
  '.byte',
  '.endm',
  '.endr',
  '.file',
  '.global',
  '.globl',
  '.hidden',
  '.include',
  '.local',
  '.long',
  '.machine',
  '.macro',
  '.org',
  '.p2align',
  '.popsection',
  '.previous',
  '.pushsection',
  '.quad',
  '.rept',
  '.section',
  '.set',
  '.short',
  '.size',
  '.space',
  '.string',
  '.text',
  '.type',
  '.weak',
  '.zero',
];

/** Proposals for the place before which `line` has been written up to `character`. */
export function completionsAt(file: AssemblyFile, line: number, character: number): Proposal[] {
  const before = (file.source.lines[line] ?? '').slice(0, character);
  if (/^\s*#/.test(before) || /(^|\s)#/.test(before)) return [];
  const statement = readSource(before).statements.at(-1);
  const operation = statement?.operation;
  const inOperands = operation !== undefined && before.length > operation.end;
  if (!inOperands) return operationProposals(file, isaAt(file, line));
  const place = statement === undefined ? 0 : Math.max(0, commas(before.slice(operation.end)));
  return operandProposals(file, operation.text, place, isaAt(file, line));
}

const commas = (text: string): number => text.split(/[,(]/).length - 1;
const isaAt = (file: AssemblyFile, line: number): IsaVersion =>
  file.statements.filter(({ operation }) => (operation?.line ?? Infinity) <= line).at(-1)?.isa ?? '2.07';

const operationProposals = (file: AssemblyFile, isa: IsaVersion): Proposal[] => [
  ...mnemonics()
    .filter((name) => formsOf(name, isa).length > 0)
    .map((name): Proposal => ({ label: name, kind: 'instruction', detail: operandText(formsOf(name, isa)[0]!) })),
  ...directives.map((name): Proposal => ({ label: name, kind: 'directive' })),
  ...file.definitions
    .filter(({ kind }) => kind === 'macro')
    .map(({ place, parameters }): Proposal => ({ label: place.text, kind: 'macro', detail: parameters.join(', ') })),
];

const numbered = (prefix: string, count: number): Proposal[] =>
  Array.from({ length: count }, (_, i) => ({ label: `${prefix}${i}`, kind: 'register' }));
const symbols = (file: AssemblyFile): Proposal[] => {
  const names = new Map(
    file.definitions
      .filter(({ kind, place }) => kind !== 'macro' && !/^\d+$/.test(place.text))
      .map((one) => [one.place.text, one]),
  );
  return [...names.values()].map(({ place, kind, value }) => ({
    label: place.text,
    kind: 'symbol',
    detail: value ?? kind,
  }));
};
/** By number, as GNU as takes them, but found by name. */
const specialRegisters = (isa: IsaVersion): Proposal[] =>
  specialPurposeRegisters
    .filter(({ since = '2.06', until = '2.07', reserved }) => since <= isa && isa <= until && !reserved)
    .map(({ name, number }) => ({
      label: `${name} (${number})`,
      kind: 'register',
      insert: String(number),
      detail: `special-purpose register ${number}`,
    }));

function ofField(file: AssemblyFile, name: FieldName, isa: IsaVersion): Proposal[] {
  const { kind }: Field = fields[name];
  switch (kind) {
    case 'gpr':
      return numbered('r', 32);
    case 'gprOrZero':
      return [{ label: '0', kind: 'register', detail: 'the value zero' }, ...numbered('r', 32).slice(1)];
    case 'fpr':
      return numbered('f', 32);
    case 'vr':
      return numbered('v', 32);
    case 'vsr':
      return numbered('vs', 64);
    case 'crField':
      return numbered('cr', 8);
    case 'crBit':
      return Array.from({ length: 8 }, (_, i) =>
        ['lt', 'gt', 'eq', 'so'].map((bit) => (i === 0 ? bit : `4*cr${i}+${bit}`)),
      )
        .flat()
        .map((label) => ({ label, kind: 'register' }));
    case 'small':
      return name === 'spr' ? specialRegisters(isa) : symbols(file);
    case 'immediate':
    case 'variant':
      return symbols(file);
  }
}

function operandProposals(file: AssemblyFile, mnemonic: string, place: number, isa: IsaVersion): Proposal[] {
  const forms = formsOf(mnemonic, isa);
  if (forms.length === 0) return [...symbols(file), ...numbered('r', 32)];
  const names = new Set(
    forms.flatMap(({ operands }) => {
      // Operands that can be left out come first in the form but need not in the line.
      const optional = operands.filter((one) => one.optional).length;
      return operands.slice(place, place + 1 + optional).flatMap(({ field }) => (field ? [field] : []));
    }),
  );
  // mtspr has a form for each register, whose number is then no field.
  if (/^m[tf]spr$/.test(mnemonic) && place === (mnemonic === 'mtspr' ? 0 : 1)) return specialRegisters(isa);
  const proposals = new Map([...names].flatMap((name) => ofField(file, name, isa)).map((one) => [one.label, one]));
  return [...proposals.values()];
}

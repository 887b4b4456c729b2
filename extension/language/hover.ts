/** What is said of the word under the pointer, as Markdown. */
import { describeMeaning } from '../../emulator/isa/describe-meaning';
import type { Form } from '../../emulator/isa/assembler';
import { specialPurposeRegisters } from '../../emulator/isa/special-purpose-registers';
import { definitionOf, lookupIn, nameAt, type AssemblyFile, type Definition } from './assembly-file';
import { evaluate } from './expression';
import { synonym } from './gnu-synonyms';
import type { Piece } from './statements';
import { fieldName, formsOf, instructionOf, operandText, processorOf, roleOf } from './vocabulary';
import { wordTable } from './words';

export interface Hover {
  readonly piece: Piece;
  readonly markdown: string;
}

export function hoverAt(file: AssemblyFile, line: number, character: number): Hover | undefined {
  const operation = file.statements.find(
    (one) => one.operation?.line === line && one.operation.start <= character && character <= one.operation.end,
  )?.operation;
  const instruction = operation && mnemonicHover(operation.text);
  if (operation && instruction !== undefined) return { piece: operation, markdown: instruction };
  const piece = nameAt(file, line, character);
  const markdown = piece && (numberHover(piece) ?? registerNumberHover(file, piece) ?? nameHover(file, piece));
  return piece && markdown !== undefined ? { piece, markdown } : undefined;
}

const MOST_FORMS = 6;
/** All that the table says of a mnemonic; undefined for one that it does not have. */
export function mnemonicHover(text: string): string | undefined {
  const direct = formsOf(text);
  const other = direct.length > 0 ? undefined : synonym(text, []);
  const forms = other ? formsOf(other.mnemonic) : direct;
  // mtspr and mfspr have a form for each register, and a last one for all others.
  const form = forms.length > MOST_FORMS ? forms.at(-1) : forms[0];
  if (!form) return undefined;
  const shown = forms.length > MOST_FORMS ? [form] : forms;
  const lines = [...new Set(shown.map((one) => `${other?.mnemonic ?? text} ${operandText(one)}`.trimEnd()))];
  return [
    '```text',
    ...lines,
    '```',
    ...(other ? [`GNU as has \`${text}\` for it.`, ''] : []),
    ...formHover(form, text),
  ].join('\n');
}

const MOST_STATEMENTS = 8;
function formHover(form: Form, text: string): string[] {
  const instruction = instructionOf(form);
  if (!instruction) return [];
  const { statements, privilege, facilities } = describeMeaning(instruction);
  const shown = statements.slice(0, MOST_STATEMENTS);
  const more = statements.length - shown.length;
  const needs = [
    instruction.since === '2.07' ? `since Power ISA 2.07 (${processorOf['2.07']})` : 'Power ISA 2.06 and 2.07',
    ...(instruction.until === '2.06' ? ['only until Power ISA 2.06 (POWER7)'] : []),
    ...(privilege === undefined ? [] : [privilege === 'hypervisor' ? 'for the hypervisor only' : 'privileged']),
    ...facilities.map((one) => `facility: ${one}`),
  ];
  return [
    ...(form.alias && form.alias.mnemonic !== text.replace(/[.+-]+$/, '') ? [] : aliasOf(form)),
    ...(shown.length === 0 ? [] : ['```text', ...shown, ...(more > 0 ? [`and ${more} more`] : []), '```']),
    ...form.operands.flatMap(({ name, field }) => (field ? [`- **${fieldName(name)}**: ${roleOf(field)}`] : [])),
    '',
    needs.join('; '),
  ];
}
const aliasOf = ({ alias, syntax }: Form): string[] =>
  alias && alias.mnemonic !== syntax.mnemonic ? [`Extended mnemonic of \`${syntax.mnemonic}\`.`, ''] : [];

function numberHover({ text }: Piece): string | undefined {
  if (!/^(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(text)) return undefined;
  const value = BigInt(text);
  const table = wordTable(value);
  return table === '' ? undefined : table;
}

/** `mtspr 318, r3`: which register that is. */
function registerNumberHover(file: AssemblyFile, piece: Piece): string | undefined {
  const statement = file.statements.find(
    ({ operation, operands }) =>
      /^m[tf]spr$/.test(operation?.text ?? '') &&
      operands.some((one) => one.line === piece.line && one.start === piece.start),
  );
  if (!statement || !/^\d+$/.test(piece.text)) return undefined;
  const register = specialPurposeRegisters.find(({ number }) => number === Number(piece.text));
  if (!register) return undefined;
  return `**${register.name}**, special-purpose register ${register.number}, ${register.width} bits. Read: ${register.read}; write: ${register.write}.`;
}

const kindText: Readonly<Record<Definition['kind'], string>> = {
  label: 'label',
  macro: 'macro',
  constant: 'constant',
  define: '#define',
};

function nameHover(file: AssemblyFile, piece: Piece): string | undefined {
  const definition = definitionOf(file, piece.text, piece.line);
  if (!definition) return undefined;
  const { kind, place, value, parameters } = definition;
  const head = `${kindText[kind]} \`${[place.text, ...parameters].join(' ')}\`, line ${place.line + 1}${place.uri === file.uri ? '' : ` of ${fileName(place.uri)}`}`;
  const number = value === undefined ? undefined : evaluate(value, lookupIn(file));
  if (number === undefined) return value === undefined || value === '' ? head : `${head}: \`${value}\``;
  const signed = number < 0n ? `-0x${(-number).toString(16)}` : `0x${number.toString(16)}`;
  const table = wordTable(number);
  return [`${head}: ${number} = ${signed}`, ...(table === '' ? [] : ['', table])].join('\n');
}
const fileName = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));

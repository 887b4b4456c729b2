/** The operands of the instruction that is being written. */
import type { AssemblyFile } from './assembly-file';
import { readSource } from './statements';
import { fieldName, formsOf, operandText, roleOf } from './vocabulary';

export interface Signature {
  readonly label: string;
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[];
}
export interface Signatures {
  readonly signatures: readonly Signature[];
  readonly active: number;
  readonly parameter: number;
}

export function signaturesAt(file: AssemblyFile, line: number, character: number): Signatures | undefined {
  const before = (file.source.lines[line] ?? '').slice(0, character);
  const operation = readSource(before).statements.at(-1)?.operation;
  if (!operation || before.length <= operation.end) return undefined;
  const signatures = formsOf(operation.text).map((form): Signature => ({
    label: `${operation.text} ${operandText(form)}`,
    parameters: form.operands.map(({ name, field }) => ({
      label: field ? fieldName(name) : name,
      documentation: field ? roleOf(field) : 'written as it stands',
    })),
  }));
  const distinct = [...new Map(signatures.map((one) => [one.label, one])).values()].slice(0, MOST_SIGNATURES);
  if (distinct.length === 0) return undefined;
  const parameter = before.slice(operation.end).split(/[,(]/).length - 1;
  const fitting = distinct.findIndex(({ parameters }) => parameter < parameters.length);
  return { signatures: distinct, active: Math.max(0, fitting), parameter };
}
/** mtspr has a form for each register. */
const MOST_SIGNATURES = 8;

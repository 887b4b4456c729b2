/** What is wrong with a file's instructions, as the assembler made from the table sees it. */
import { assemble, type Form } from '../../emulator/isa/assembler';
import { describeMeaning, type Meaning } from '../../emulator/isa/describe-meaning';
import type { IsaVersion } from '../../emulator/isa/instruction';
import type { AssemblyFile } from './assembly-file';
import { lookupIn } from './assembly-file';
import { evaluate, type Lookup } from './expression';
import { maskForm, synonym } from './gnu-synonyms';
import { invalidForm } from './invalid-forms';
import type { Piece, Statement } from './statements';
import { formsOf, instructionOf, isMnemonic, processorOf } from './vocabulary';

export interface Finding {
  readonly piece: Piece;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly code: 'unknown-mnemonic' | 'bad-operands' | 'not-on-processor' | 'privileged';
  readonly message: string;
}

/** Every finding of a file; none for another machine's assembly. */
export function findings(file: AssemblyFile): Finding[] {
  if (!file.isPowerPc) return [];
  const macros = new Set(
    file.definitions.filter(({ kind }) => kind === 'macro' || kind === 'define').map(({ place }) => place.text),
  );
  const lookup = lookupIn(file);
  return file.statements.flatMap((statement) => {
    const { operation, isa } = statement;
    if (operation === undefined || !isPlainName(operation.text) || macros.has(operation.text)) return [];
    if (isMnemonic(operation.text, isa))
      return [...operandFindings(statement, operation, isa, lookup), ...privilege(operation, isa)];
    if (isMnemonic(operation.text)) return [notOnProcessor(operation, isa)];
    return [unknown(operation, file.isComplete)];
  });
}

/** No directive, and nothing that a macro's argument completes. */
const isPlainName = (text: string): boolean => /^[a-z][\w.]*([+-][\w.]*)?$/i.test(text);

const unknown = (piece: Piece, isComplete: boolean): Finding => ({
  piece,
  severity: isComplete ? 'warning' : 'information',
  code: 'unknown-mnemonic',
  message: isComplete
    ? `Neither the Power ISA 2.07 nor this file has an instruction or macro "${piece.text}".`
    : `The Power ISA 2.07 has no instruction "${piece.text}"; a file that is included here and was not found may have a macro of that name.`,
});
const notOnProcessor = (piece: Piece, isa: IsaVersion): Finding => ({
  piece,
  severity: 'error',
  code: 'not-on-processor',
  message: `${processorOf[isa]} (Power ISA ${isa}) has no instruction "${piece.text}": it came with Power ISA 2.07.`,
});

const levels = new Map<string, Meaning['privilege']>();
/** What all forms of a mnemonic need alike. */
function levelOf(mnemonic: string, isa: IsaVersion): Meaning['privilege'] {
  const key = `${isa} ${mnemonic}`;
  if (!levels.has(key)) {
    const all = formsOf(mnemonic, isa)
      .flatMap((form) => instructionOf(form) ?? [])
      .map((one) => describeMeaning(one).privilege);
    levels.set(key, all.every((one) => one === all[0]) ? all[0] : undefined);
  }
  return levels.get(key);
}

function privilege(piece: Piece, isa: IsaVersion): Finding[] {
  const level = levelOf(piece.text, isa);
  if (level === undefined) return [];
  const whom = level === 'privileged' ? 'problem state gets' : 'whoever is not the hypervisor gets';
  return [
    {
      piece,
      severity: 'hint',
      code: 'privileged',
      message: `${piece.text} is privileged: ${whom} a program interrupt.`,
    },
  ];
}

/** What stands in for an operand whose value only the linker or the preprocessor knows. */
const samples = ['0', '1', '2', '4', '8', '16', '32'];

/** An operand as the assembler can take it; undefined where its value is not to be known here. */
function plain(text: string, lookup: Lookup): string | undefined {
  if (/^%?(r|f|v|vs|cr)\d+$/.test(text) || /^(4\s*\*\s*%?cr[0-7]\s*\+\s*)?(lt|gt|eq|so|un)$/.test(text))
    return text.replace(/[\s%]/g, '');
  const meant = lookup(text);
  if (meant !== undefined && /^%?(r|f|v|vs|cr)\d+$/.test(meant)) return meant;
  return evaluate(text, lookup)?.toString();
}

/** The parts of an operand: a displacement and its base register are two. */
function parts({ text }: Piece, hasBase: boolean): readonly string[] {
  const [, before = '', base] = (hasBase ? /^(.*?)\(([^()]*)\)$/s.exec(text) : null) ?? [];
  return base === undefined ? [text] : [before.trim() === '' ? '0' : before, base.trim()];
}

const takesBase = (forms: readonly Form[]): boolean =>
  forms.some(({ alias, syntax }) => (alias?.assembly ?? syntax.assembly).includes('('));

function operandFindings({ operands }: Statement, operation: Piece, isa: IsaVersion, lookup: Lookup): Finding[] {
  const direct = formsOf(operation.text, isa);
  const hasBase = takesBase(direct) || operation.text === 'la';
  const texts = operands.flatMap((operand) => parts(operand, hasBase).map((text) => plain(text, lookup)));
  if (operands.some(({ text }) => text.includes('\\') && text.includes(' '))) return [];
  const why = refusal(operation.text, texts, isa, direct.length > 0);
  return why === undefined
    ? []
    : [{ piece: culprit(operands, operation, why), severity: 'error', code: 'bad-operands', message: why }];
}

/** Why no value of the unknown operands makes an instruction of it; undefined when one does. */
function refusal(
  mnemonic: string,
  texts: readonly (string | undefined)[],
  isa: IsaVersion,
  isDirect: boolean,
): string | undefined {
  let first: string | undefined;
  for (const sample of texts.includes(undefined) ? samples : ['0']) {
    const filled = texts.map((text) => text ?? sample);
    const { mnemonic: name, operands } = (isDirect ? maskForm(mnemonic, filled) : synonym(mnemonic, filled)) ?? {
      mnemonic,
      operands: filled,
    };
    const result = assembled(`${name} ${operands.join(',')}`, isa);
    if (result === undefined) return undefined;
    first ??= result;
  }
  return first;
}

/** Lines repeat, in a file and from one keystroke to the next. */
const known = new Map<string, string | undefined>();
const MOST_KNOWN = 20_000;
function assembled(line: string, isa: IsaVersion): string | undefined {
  const key = `${isa} ${line}`;
  if (known.has(key)) return known.get(key);
  const result = assemble(line, 0n, undefined, isa);
  if (known.size >= MOST_KNOWN) known.clear();
  const why = result.kind === 'refused' ? result.why : invalidForm(result.word);
  known.set(key, why);
  return why;
}

/** The operand that a refusal names, or all that the instruction was given. */
function culprit(operands: readonly Piece[], operation: Piece, why: string): Piece {
  const named = operands.find(({ text }) => text !== '' && !/^[\d]$/.test(text) && why.includes(text));
  const last = operands.at(-1);
  return named ?? (last ? { ...operation, end: Math.max(operation.end, last.end) } : operation);
}

/** A file with all that it includes: the names that it defines, and where they are used. */
import type { IsaVersion } from '../../emulator/isa/instruction';
import { readSource, type Piece, type SourceText, type Statement } from './statements';
import { isMnemonic } from './vocabulary';

/** A piece of a file. */
export interface Place extends Piece {
  readonly uri: string;
}

export type SymbolKind = 'label' | 'macro' | 'constant' | 'define';
export interface Definition {
  readonly kind: SymbolKind;
  readonly place: Place;
  /** What a constant or #define stands for, where it is one expression. */
  readonly value: string | undefined;
  readonly parameters: readonly string[];
}

export interface AssemblyFile {
  readonly uri: string;
  readonly source: SourceText;
  readonly statements: readonly (Statement & { readonly isa: IsaVersion; readonly inMacro: boolean })[];
  /** Definitions of this file and of those that it includes; numeric labels can stand several times. */
  readonly definitions: readonly Definition[];
  /** False when an included file was not found: a name may then be a macro that nobody here knows. */
  readonly isComplete: boolean;
  /** Whether this is PowerPC assembly at all: other machines' has the same suffix. */
  readonly isPowerPc: boolean;
}

const machines: Readonly<Record<string, IsaVersion>> = { power7: '2.06', pwr7: '2.06', power8: '2.07', pwr8: '2.07' };
const constantDirectives = new Set(['.set', '.equ', '.equiv']);

function* definitionsOf(uri: string, { statements, defines }: SourceText): Generator<Definition> {
  const at = (piece: Piece): Place => ({ ...piece, uri });
  for (const { name, hasArguments, body } of defines)
    yield { kind: 'define', place: at(name), value: hasArguments ? undefined : body, parameters: [] };
  for (const { labels, operation, operands } of statements) {
    for (const label of labels) yield { kind: 'label', place: at(label), value: undefined, parameters: [] };
    const [first, second] = operands;
    if (operation === undefined || first === undefined) continue;
    if (operation.text === '.macro') yield macro(uri, first, operands);
    else if (constantDirectives.has(operation.text) && second)
      yield { kind: 'constant', place: at(first), value: second.text, parameters: [] };
  }
}

/** `.macro name first, second=3`: what stands between commas or spaces. */
function macro(uri: string, first: Piece, operands: readonly Piece[]): Definition {
  const [name = '', ...more] = first.text.split(/\s+/);
  const parameters = [...more, ...operands.slice(1).flatMap(({ text }) => text.split(/\s+/))];
  const place = { ...first, uri, end: first.start + name.length, text: name };
  return { kind: 'macro', place, value: undefined, parameters: parameters.filter((one) => one !== '') };
}

/** The statements with the processor that `.machine` has chosen before each, and whether a macro holds them. */
function* located(statements: readonly Statement[], chosen: IsaVersion): Generator<AssemblyFile['statements'][number]> {
  let isa = chosen;
  let depth = 0;
  const pushed: IsaVersion[] = [];
  for (const statement of statements) {
    const name = statement.operation?.text;
    if (name === '.endm') depth = Math.max(0, depth - 1);
    yield { ...statement, isa, inMacro: depth > 0 };
    if (name === '.macro') depth++;
    if (name !== '.machine') continue;
    const machine = (statement.operands[0]?.text ?? '').replaceAll('"', '').toLowerCase();
    if (machine === 'push') pushed.push(isa);
    else if (machine === 'pop') isa = pushed.pop() ?? chosen;
    else isa = machines[machine] ?? chosen;
  }
}

/** How to find an included file: its address and text, or undefined. */
export type FindIncluded = (from: string, name: string) => { readonly uri: string; readonly text: string } | undefined;

/** Reads a file with what it includes, each once. `chosen` is the processor where no `.machine` says another. */
export function readAssemblyFile(
  uri: string,
  text: string,
  find: FindIncluded = () => undefined,
  chosen: IsaVersion = '2.07',
): AssemblyFile {
  const source = readSource(text);
  const definitions = [...definitionsOf(uri, source)];
  const seen = new Set([uri]);
  let isComplete = true;
  const include = (from: string, { includes }: SourceText): void => {
    for (const { name } of includes) {
      const found = find(from, name);
      if (!found) isComplete = false;
      if (!found || seen.has(found.uri)) continue;
      seen.add(found.uri);
      const inner = readSource(found.text);
      definitions.push(...definitionsOf(found.uri, inner));
      include(found.uri, inner);
    }
  };
  include(uri, source);
  const statements = [...located(source.statements, chosen)];
  return { uri, source, statements, definitions, isComplete, isPowerPc: looksLikePowerPc(statements, definitions) };
}

function looksLikePowerPc(statements: readonly Statement[], definitions: readonly Definition[]): boolean {
  const macros = new Set(definitions.filter(({ kind }) => kind === 'macro').map(({ place }) => place.text));
  const operations = statements.flatMap(({ operation }) => (operation ? [operation.text] : []));
  if (operations.includes('.machine')) return true;
  const instructions = operations.filter((one) => /^[a-z]/i.test(one) && !macros.has(one));
  return instructions.filter((one) => isMnemonic(one)).length * 2 >= instructions.length;
}

const isNumeric = (name: string): boolean => /^\d+$/.test(name);

/** The definition that a name at a line means: `1b` and `1f` are the nearest 1 before and after it. */
export function definitionOf(file: AssemblyFile, name: string, line: number): Definition | undefined {
  const [, digits, direction] = /^(\d+)([bf])$/.exec(name) ?? [];
  if (digits === undefined) return file.definitions.find(({ place }) => place.text === name && !isNumeric(name));
  const labels = file.definitions.filter(
    ({ kind, place }) => kind === 'label' && place.uri === file.uri && place.text === digits,
  );
  return direction === 'b'
    ? labels.filter(({ place }) => place.line <= line).at(-1)
    : labels.find(({ place }) => place.line > line);
}

/** The name at a place of the file, if one is there. */
export function nameAt({ source }: AssemblyFile, line: number, character: number): Piece | undefined {
  const code = source.code[line] ?? '';
  for (const match of code.matchAll(/[\w.$]+/g)) {
    const end = match.index + match[0].length;
    if (match.index <= character && character <= end) return { line, start: match.index, end, text: match[0] };
  }
  return undefined;
}

/** Every place of this file where the definition's name is written, with the definition itself. */
export function referencesTo(file: AssemblyFile, definition: Definition): readonly Piece[] {
  return file.source.code.flatMap((code, line) =>
    [...code.matchAll(/[\w.$]+/g)]
      .map((match): Piece => ({ line, start: match.index, end: match.index + match[0].length, text: match[0] }))
      .filter((piece) => means(file, piece, definition)),
  );
}
function means(file: AssemblyFile, piece: Piece, { place }: Definition): boolean {
  if (piece.text === place.text && isNumeric(piece.text))
    return file.uri === place.uri && piece.line === place.line && piece.start === place.start;
  const found = definitionOf(file, piece.text, piece.line);
  return found?.place.uri === place.uri && found.place.line === place.line && found.place.start === place.start;
}

/** What names stand for, for the evaluation of expressions. */
export const lookupIn =
  (file: AssemblyFile) =>
  (name: string): string | undefined =>
    file.definitions.find(({ kind, place }) => place.text === name && (kind === 'define' || kind === 'constant'))
      ?.value;

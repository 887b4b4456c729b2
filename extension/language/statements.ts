/** The lines of an assembly file, taken apart: labels, an operation, its operands. Nothing here knows an instruction. */

/** A stretch of one line. */
export interface Piece {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One statement; a line can hold several, parted by semicolons. */
export interface Statement {
  readonly labels: readonly Piece[];
  /** A mnemonic, a directive such as ".long", or a macro's name. */
  readonly operation: Piece | undefined;
  readonly operands: readonly Piece[];
}

/** `#define`, of which only those that stand for one expression are worth something to us. */
export interface CppDefine {
  readonly name: Piece;
  readonly hasArguments: boolean;
  readonly body: string;
}

export interface SourceText {
  readonly lines: readonly string[];
  /** The lines with comments blanked out, so that columns stay. */
  readonly code: readonly string[];
  readonly statements: readonly Statement[];
  readonly defines: readonly CppDefine[];
  /** The names between quotes of #include and .include; those in <> are the system's. */
  readonly includes: readonly { readonly name: string; readonly isSystem: boolean }[];
}

const blank = (text: string): string => ' '.repeat(text.length);

/** Strings are kept, comments become spaces. `open` is whether a comment goes on from the line before. */
function withoutComments(line: string, open: boolean): { readonly code: string; readonly open: boolean } {
  if (open) {
    const end = line.indexOf('*/');
    if (end < 0) return { code: blank(line), open };
    const rest = withoutComments(line.slice(end + 2), false);
    return { code: blank(line.slice(0, end + 2)) + rest.code, open: rest.open };
  }
  // A # that begins a line is the preprocessor's; what follows one further right is a comment.
  const isCpp = /^\s*#/.test(line);
  for (let at = 0; at < line.length; at++) {
    const two = line.slice(at, at + 2);
    if (line[at] === '"') at = endOfString(line, at);
    else if (two === '/*') {
      const rest = withoutComments(line.slice(at + 2), true);
      return { code: `${line.slice(0, at)}  ${rest.code}`, open: rest.open };
    } else if (two === '//' || (line[at] === '#' && !isCpp))
      return { code: line.slice(0, at) + blank(line.slice(at)), open: false };
  }
  return { code: line, open: false };
}
function endOfString(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '"') return at;
  }
  return line.length;
}

/** Pieces between the separators that stand outside strings and brackets. */
function split(line: number, code: string, from: number, separator: string): Piece[] {
  const pieces: Piece[] = [];
  let depth = 0;
  let start = from;
  const add = (end: number) => pieces.push(trimmed(line, code, start, end));
  for (let at = from; at < code.length; at++) {
    const one = code[at] ?? '';
    if (one === '"') at = endOfString(code, at);
    else if (one === '(') depth++;
    else if (one === ')') depth--;
    else if (one === separator && depth <= 0) {
      add(at);
      start = at + 1;
    }
  }
  add(code.length);
  return pieces;
}
function trimmed(line: number, code: string, start: number, end: number): Piece {
  const raw = code.slice(start, end);
  const before = raw.length - raw.trimStart().length;
  const text = raw.trim();
  return { line, start: start + before, end: start + before + text.length, text };
}

const labelPattern = /^\s*([\w.$\\@]+):(?!:)/;
const operationPattern = /^\s*([\w.$\\@]+(?:[+-][\w.]*)?)(?=\s|$)/;

function statementOf({ line, start, text }: Piece): Statement | undefined {
  const labels: Piece[] = [];
  let rest = text;
  let at = start;
  for (let found = labelPattern.exec(rest); found; found = labelPattern.exec(rest)) {
    const name = found[1] ?? '';
    const column = at + found[0].length - 1 - name.length;
    labels.push({ line, start: column, end: column + name.length, text: name });
    at += found[0].length;
    rest = rest.slice(found[0].length);
  }
  const found = operationPattern.exec(rest);
  if (!found) return labels.length === 0 ? undefined : { labels, operation: undefined, operands: [] };
  const name = found[1] ?? '';
  const column = at + found[0].length - name.length;
  const code = ' '.repeat(at) + rest;
  const operands = split(line, code, column + name.length, ',');
  return {
    labels,
    operation: { line, start: column, end: column + name.length, text: name },
    operands: operands.length === 1 && operands[0]?.text === '' ? [] : operands,
  };
}

const includePattern = /^\s*(?:#\s*|\.)include\s+(["<])([^">]+)[">]/;
const definePattern = /^(\s*#\s*define\s+)(\w+)(\()?(.*)$/;

/** Takes a file apart. Anything can be handed over: what is no statement is left out. */
export function readSource(text: string): SourceText {
  const lines = text.split(/\r\n|\r|\n/);
  const code: string[] = [];
  let open = false;
  for (const line of lines) {
    const read = withoutComments(line, open);
    code.push(read.code);
    open = read.open;
  }
  const defines: CppDefine[] = [];
  const includes: SourceText['includes'][number][] = [];
  const statements: Statement[] = [];
  let continues = false;
  code.forEach((one, line) => {
    const include = includePattern.exec(one);
    if (include) includes.push({ name: include[2] ?? '', isSystem: include[1] === '<' });
    const define = definePattern.exec(one);
    if (define) {
      const [, before = '', name = '', bracket, body = ''] = define;
      defines.push({
        name: { line, start: before.length, end: before.length + name.length, text: name },
        hasArguments: bracket !== undefined,
        body: body.trim(),
      });
    }
    const isCpp = continues || /^\s*#/.test(one);
    continues = isCpp && one.trimEnd().endsWith('\\');
    if (isCpp) return;
    for (const piece of split(line, one, 0, ';')) {
      const statement = statementOf(piece);
      if (statement) statements.push(statement);
    }
  });
  return { lines, code, statements, defines, includes };
}

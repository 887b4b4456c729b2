/** Instructions into columns, as hand-written assembly has them. Comments, strings and preprocessor lines stay. */
import { readSource, type Piece, type Statement } from './statements';

const OPERATION_COLUMN = 8;
const OPERAND_COLUMN = 16;

/** The lines that change, by number. */
export function formatted(text: string): ReadonlyMap<number, string> {
  const { lines, code, statements } = readSource(text);
  const changed = new Map<number, string>();
  lines.forEach((line, number) => {
    const now = formattedLine(
      line,
      code[number] ?? '',
      statements.filter((one) => lineOf(one) === number),
    );
    if (now !== line) changed.set(number, now);
  });
  return changed;
}
const lineOf = ({ labels, operation }: Statement): number | undefined => labels[0]?.line ?? operation?.line;

function formattedLine(line: string, code: string, statements: readonly Statement[]): string {
  const [statement, ...others] = statements;
  // Several statements in a line are somebody's own arrangement.
  if (!statement || others.length > 0 || code.includes(';')) return line.trimEnd();
  const { labels, operation, operands } = statement;
  const end = Math.max(
    ...[...labels.map((one) => one.end + 1), operation?.end ?? 0, ...operands.map((one) => one.end)],
  );
  const comment = line.slice(end).trim();
  const start = line.slice(0, Math.min(...[labels[0], operation].flatMap((one) => (one ? [one.start] : []))));
  // What lies between the operands must be theirs alone: a comment there would be lost.
  if (start.trim() !== '' || line.slice(0, end) !== code.slice(0, end)) return line.trimEnd();
  const head = labels.map(({ text }) => `${text}:`).join(' ');
  const text =
    operation === undefined ? head : `${toColumn(head, OPERATION_COLUMN)}${operationText(operation, operands)}`;
  return comment === '' ? text : toColumn(text, line.indexOf(comment, end)) + comment;
}

function operationText(operation: Piece, operands: readonly Piece[]): string {
  if (operands.length === 0) return operation.text;
  const list = operands.map(({ text }) => text).join(', ');
  return `${operation.text.padEnd(OPERAND_COLUMN - OPERATION_COLUMN - 1)} ${list}`;
}
const toColumn = (head: string, column: number): string =>
  head.length < column || head === '' ? head.padEnd(column) : `${head} `;

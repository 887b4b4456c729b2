/** What the records of the vector-scalar facility are made of (Book I chapter 7): lanes, forms, results. */
import type { FloatingPointFunction } from '../floating-point/arithmetic';
import { ENABLES } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { interruptIf, judge, RESULT_BITS, setResultAndStatus } from './floating-point-status';
import { low32 } from './idioms';
import { instruction, type IsaVersion } from './instruction';

type Register = Operand<'vsr'>;

/** Which parts of a register an operation reads: doublewords, words, or of each doubleword its first word. */
export type Source = 'doublewords' | 'words' | 'first words';
/**
 * Where results go. Those of one word for each doubleword stand in its first word; what the second one holds is
 * undefined, and is the same as on POWER8: a copy.
 */
export type Target = 'doublewords' | 'words' | 'both words';

const DOUBLEWORDS = [0, 1] as const;
const firstWord = <S extends Sorts>(op: Operations<S>, value: S['value']): S['value'] =>
  op.shiftRight(value, op.constant(32));
export const joinWords = <S extends Sorts>(op: Operations<S>, first: S['value'], second: S['value']): S['value'] =>
  op.or(op.shiftLeft(first, op.constant(32)), low32(op, second));

export function lanesOf<S extends Sorts>(op: Operations<S>, register: Register, source: Source): S['value'][] {
  const doublewords = DOUBLEWORDS.map((index) => op.vsr(register, index));
  if (source === 'doublewords') return doublewords;
  if (source === 'first words') return doublewords.map((value) => firstWord(op, value));
  return doublewords.flatMap((value) => [firstWord(op, value), low32(op, value)]);
}
/** The two doublewords that lanes fill. */
export function gather<S extends Sorts>(
  op: Operations<S>,
  lanes: readonly S['value'][],
  target: Target,
): readonly [S['value'], S['value']] {
  const doubleword = (index: 0 | 1): S['value'] => {
    if (target === 'words') return joinWords(op, lanes[index * 2]!, lanes[index * 2 + 1]!);
    const value = lanes[index]!;
    return target === 'doublewords' ? value : joinWords(op, value, value);
  };
  return [doubleword(0), doubleword(1)];
}

/** How an operation uses registers. */
export interface Use {
  readonly lanes: 'scalar' | 'vector';
  readonly source: Source;
  readonly target: Target;
  /** Of the FPSCR, for scalars; a vector operation leaves FR, FI and FPRF alone (7.3.3). */
  readonly replaced?: number;
}

/** Each operation of a vector as if alone; an exception that is enabled in one of them keeps all from being written. */
function performVector<S extends Sorts>(
  op: Operations<S>,
  target: Register,
  operation: FloatingPointFunction,
  operands: readonly Register[],
  use: Use,
): void {
  const before = op.special('fpscr');
  const columns = operands.map((register) => lanesOf(op, register, use.source));
  const outcomes = columns[0]!.map((_, lane) =>
    op.floatingPoint(
      operation,
      columns.map((column) => column[lane]!),
      before,
    ),
  );
  const status = outcomes.map((one) => one.status).reduce((all, one) => op.or(all, one));
  const { fpscr, suppressed, enabled } = judge(op, status, 0, ENABLES);
  const results = gather(
    op,
    outcomes.map(({ result }) => result),
    use.target,
  );
  op.setVsr(
    target,
    op.select(suppressed, op.vsr(target, 0), results[0]),
    op.select(suppressed, op.vsr(target, 1), results[1]),
  );
  op.setSpecial('fpscr', fpscr);
  interruptIf(op, enabled);
}

export function perform<S extends Sorts>(
  op: Operations<S>,
  target: Register,
  operation: FloatingPointFunction,
  operands: readonly Register[],
  use: Use,
): void {
  op.requireFacility('vsx');
  if (use.lanes === 'vector') return performVector(op, target, operation, operands, use);
  const values = operands.map((register) => lanesOf(op, register, use.source)[0]!);
  const { result, status } = op.floatingPoint(operation, values, op.special('fpscr'));
  const placed = use.target === 'both words' ? joinWords(op, result, result) : result;
  setResultAndStatus(op, target, { result: placed, status }, use.replaced ?? RESULT_BITS);
}

export interface FormOptions {
  readonly since?: IsaVersion;
}
/** XX2-form. */
export const ofOne = (
  mnemonic: string,
  extended: number,
  operation: FloatingPointFunction,
  use: Use,
  options: FormOptions = {},
) =>
  instruction({
    mnemonic,
    encoding: `60:6 xt /:5 xb ${extended}:9 xb^ xt^` as const,
    assembly: 'xt,xb',
    ...options,
    meaning: (op, { xt, xb }) => perform(op, xt, operation, [xb], use),
  });
/** XX3-form. */
export const ofTwo = (
  mnemonic: string,
  extended: number,
  operation: FloatingPointFunction,
  use: Use,
  options: FormOptions = {},
) =>
  instruction({
    mnemonic,
    encoding: `60:6 xt xa xb ${extended}:8 xa^ xb^ xt^` as const,
    assembly: 'xt,xa,xb',
    ...options,
    meaning: (op, { xt, xa, xb }) => perform(op, xt, operation, [xa, xb], use),
  });

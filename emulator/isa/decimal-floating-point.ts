/** What the records of decimal floating point share: numbers in one FPR or two, results, and the FPSCR. */
import type { DecimalFunction } from '../decimal/arithmetic';
import { decimal128, decimal64, type Format } from '../decimal/format';
import { environmentOf } from '../decimal/round';
import { EXCEPTIONS } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import {
  CONDITION_BITS,
  fpr,
  interruptIf,
  judge,
  RESULT_BITS,
  setCr1,
  setFieldFrom,
  setFpr,
  withExceptions,
} from './floating-point-status';

/** Where a number is: an FPR, or an even one and the odd one after it (Book I 5.3). */
export interface Place {
  readonly words: 1 | 2;
  read<S extends Sorts>(op: Operations<S>): S['value'][];
  write<S extends Sorts>(op: Operations<S>, words: readonly S['value'][]): void;
}
export const inRegister = (register: Operand<'fpr'>): Place => ({
  words: 1,
  read: (op) => [fpr(op, register)],
  write: (op, [word]) => setFpr(op, register, word),
});
export function inPair(register: Operand<'small'>): Place {
  const numbers = <S extends Sorts>(op: Operations<S>): readonly [S['value'], S['value']] => {
    const even = op.operand(register);
    return [even, op.or(even, op.constant(1))];
  };
  return {
    words: 2,
    read: (op) => numbers(op).map((number) => op.fprNumbered(number)),
    write: (op, words) => numbers(op).forEach((number, i) => op.setFprNumbered(number, words[i])),
  };
}

/** An operation with what an instruction says beside its operands: an exponent, a mask, a count. */
export type Parameterized = (parameter: number) => DecimalFunction;

const joined = (words: readonly bigint[]) => words.reduce((all, one) => (all << 64n) | one, 0n);

interface Calculated<S extends Sorts> {
  readonly words: readonly S['value'][];
  readonly status: S['value'];
}
function calculate<S extends Sorts>(
  op: Operations<S>,
  operation: Parameterized,
  sources: readonly Place[],
  words: 1 | 2,
  parameter: Operand<'small' | 'immediate'> | undefined,
): Calculated<S> {
  const compute = (fpscr: bigint, value: bigint, ...all: bigint[]) => {
    const rest = [...all];
    const operands = sources.map((source) => joined(rest.splice(0, source.words)));
    const { bits, status } = operation(Number(BigInt.asIntN(64, value)))(operands, environmentOf(fpscr));
    return { high: bits >> 64n, low: BigInt.asUintN(64, bits), status: BigInt.asUintN(32, BigInt(status)) };
  };
  const given = parameter === undefined ? op.constant(0) : op.operand(parameter);
  const inputs = sources.flatMap((source) => source.read(op));
  const { high, low, status } = op.evaluate(compute, op.special('fpscr'), given, ...inputs);
  return { words: words === 1 ? [low] : [high, low], status };
}

export interface Calculation {
  readonly operation: Parameterized;
  readonly sources: readonly Place[];
  readonly parameter?: Operand<'small' | 'immediate'>;
}
export interface Result extends Calculation {
  readonly target: Place;
  readonly rc: number;
  /** Which bits of the FPSCR it replaces; none for what is no arithmetic. */
  readonly replaced?: number;
}
/** All that an instruction with a result does. An exception that suppresses it leaves the target as it was. */
export function setDecimal<S extends Sorts>(op: Operations<S>, result: Result): void {
  op.requireFacility('fp');
  const { target, rc, replaced = RESULT_BITS, parameter } = result;
  const { words, status } = calculate(op, result.operation, result.sources, target.words, parameter);
  if (replaced === 0) {
    target.write(op, words);
    if (rc) setCr1(op, op.special('fpscr'));
    return;
  }
  const { fpscr, suppressed, enabled } = judge(op, status, replaced);
  const before = target.read(op);
  target.write(
    op,
    words.map((word, i) => op.select(suppressed, before[i], word)),
  );
  op.setSpecial('fpscr', fpscr);
  if (rc) setCr1(op, fpscr);
  interruptIf(op, enabled);
}

/** A comparison or test: the CR field and FPCC receive its outcome, whatever is enabled (Book I 5.6.3). */
export function setDecimalField<S extends Sorts>(
  op: Operations<S>,
  field: Operand<'crField'>,
  { operation, sources, parameter }: Calculation,
): void {
  op.requireFacility('fp');
  const { words, status } = calculate(op, operation, sources, 1, parameter);
  const kept = op.and(op.special('fpscr'), op.constant(~BigInt(CONDITION_BITS)));
  const { enabled } = judge(op, status, 0);
  const conditions = op.and(status, op.constant(CONDITION_BITS));
  const fpscr = withExceptions(op, op.or(kept, conditions), op.and(status, op.constant(EXCEPTIONS)));
  setFieldFrom(op, field, words[0]);
  op.setSpecial('fpscr', fpscr);
  interruptIf(op, enabled);
}

/** An operation that needs nothing but its operands. */
export const plain =
  (operation: DecimalFunction): Parameterized =>
  () =>
    operation;
export type Make = (format: Format) => DecimalFunction;
export { decimal128 as extended, decimal64 as long };

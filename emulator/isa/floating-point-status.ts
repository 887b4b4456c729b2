/** What every record of floating point shares: results, the FPSCR, CR1 and the interrupt of an enabled exception. */
import type { FloatingPointFunction } from '../floating-point/arithmetic';
import { ENABLES, EXCEPTION_TO_ENABLE, EXCEPTIONS, FPSCR, INVALID_OPERATIONS } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { hasAny, invert } from './idioms';
import { MSR } from './machine-state-register';

/** Which bits an operation replaces whenever it is done, beside the exceptions, which it can only set. */
export const RESULT_BITS = FPSCR.FR | FPSCR.FI | FPSCR.FPRF;
/** An operation whose result has no class: to an integer. */
export const ROUNDING_BITS = FPSCR.FR | FPSCR.FI;
export const CONDITION_BITS = FPSCR.FPCC;

export const fpr = <S extends Sorts>(op: Operations<S>, register: Operand<'fpr'>): S['value'] => op.vsr(register, 0);
/** The other half of the register becomes undefined (Book I 7.2.1.1): zero. */
export const setFpr = <S extends Sorts>(op: Operations<S>, register: Operand<'fpr'>, value: S['value']): void =>
  op.setVsr(register, value, op.constant(0));

const bitIf = <S extends Sorts>(op: Operations<S>, condition: S['condition'], bit: number): S['value'] =>
  op.select(condition, op.constant(bit), op.constant(0));
/** The enable bits to which these exception bits, VX among them, belong. */
const enablesOf = <S extends Sorts>(op: Operations<S>, exceptions: S['value']): S['value'] =>
  op.and(op.shiftRight(exceptions, op.constant(EXCEPTION_TO_ENABLE)), op.constant(ENABLES));
const summaryOf = <S extends Sorts>(op: Operations<S>, exceptions: S['value']): S['value'] =>
  op.or(exceptions, bitIf(op, hasAny(op, exceptions, INVALID_OPERATIONS), FPSCR.VX));

/** The FPSCR with VX and FEX as the other bits make them (Book I 4.2.2). */
export function withSummaries<S extends Sorts>(op: Operations<S>, fpscr: S['value']): S['value'] {
  const plain = op.and(fpscr, op.constant(~BigInt(FPSCR.VX | FPSCR.FEX)));
  const withInvalid = summaryOf(op, plain);
  const enabled = op.and(enablesOf(op, withInvalid), withInvalid);
  return op.or(withInvalid, bitIf(op, hasAny(op, enabled, ENABLES), FPSCR.FEX));
}
/** As before, with these exceptions set, and FX if one of them was not. */
export function withExceptions<S extends Sorts>(
  op: Operations<S>,
  fpscr: S['value'],
  exceptions: S['value'],
): S['value'] {
  const fresh = hasAny(op, op.and(exceptions, invert(op, fpscr)), EXCEPTIONS);
  return withSummaries(op, op.or(op.or(fpscr, exceptions), bitIf(op, fresh, FPSCR.FX)));
}

/** CR1 of a record form: FX, FEX, VX and OX. */
export function setCr1<S extends Sorts>(op: Operations<S>, fpscr: S['value']): void {
  const bit = (mask: number) => hasAny(op, fpscr, mask);
  op.setCrField('cr1', [bit(FPSCR.FX), bit(FPSCR.FEX), bit(FPSCR.VX), bit(FPSCR.OX)]);
}
/** With both of FE0 and FE1 zero exceptions are ignored; we are precise in the three other modes. */
export const interruptIf = <S extends Sorts>(op: Operations<S>, exception: S['condition']): void =>
  op.floatingPointInterrupt(op.both(exception, hasAny(op, op.special('msr'), MSR.FE0 | MSR.FE1)));

interface Judgement<S extends Sorts> {
  /** The FPSCR afterwards. */
  readonly fpscr: S['value'];
  /** An exception was raised whose enable bit is among `suppressing`: the target stays as it was. */
  readonly suppressed: S['condition'];
  readonly enabled: S['condition'];
}
/** What keeps a scalar result from being written (Book I 4.4.1, 4.4.2). */
const SCALAR_SUPPRESSING = FPSCR.VE | FPSCR.ZE;

export function judge<S extends Sorts>(
  op: Operations<S>,
  status: S['value'],
  replaced: number,
  suppressing: number = SCALAR_SUPPRESSING,
): Judgement<S> {
  const before = op.special('fpscr');
  const exceptions = op.and(status, op.constant(EXCEPTIONS));
  const enabled = op.and(enablesOf(op, summaryOf(op, exceptions)), before);
  const suppressed = hasAny(op, enabled, suppressing);
  // Without a result FPRF stays too.
  const changed = op.select(suppressed, op.constant(replaced & ~FPSCR.FPRF), op.constant(replaced));
  const kept = op.and(before, invert(op, changed));
  const fpscr = withExceptions(op, op.or(kept, op.and(status, changed)), exceptions);
  return { fpscr, suppressed, enabled: hasAny(op, enabled, ENABLES) };
}

/** What an instruction whose result goes to a register ends with. */
export function setResultAndStatus<S extends Sorts>(
  op: Operations<S>,
  target: Operand<'fpr' | 'vsr'>,
  { result, status }: { readonly result: S['value']; readonly status: S['value'] },
  replaced: number,
  rc = 0,
): void {
  const { fpscr, suppressed, enabled } = judge(op, status, replaced);
  const first = op.select(suppressed, op.vsr(target, 0), result);
  const second = op.select(suppressed, op.vsr(target, 1), op.constant(0));
  op.setVsr(target, first, second);
  op.setSpecial('fpscr', fpscr);
  if (rc) setCr1(op, fpscr);
  interruptIf(op, enabled);
}

/** A comparison: the CR field and FPCC receive the order, whatever is enabled (Book I 4.6.8). */
export function setComparison<S extends Sorts>(
  op: Operations<S>,
  field: Operand<'crField'>,
  comparison: FloatingPointFunction,
  a: S['value'],
  b: S['value'],
): void {
  const { result, status } = op.floatingPoint(comparison, [a, b], op.special('fpscr'));
  // FPCC is kept by `judge` where an exception is enabled, but this one has a result all the same.
  const before = op.and(op.special('fpscr'), op.constant(~BigInt(CONDITION_BITS)));
  const { enabled } = judge(op, status, 0);
  const conditions = op.and(status, op.constant(CONDITION_BITS));
  const fpscr = withExceptions(op, op.or(before, conditions), op.and(status, op.constant(EXCEPTIONS)));
  setFieldFrom(op, field, result);
  op.setSpecial('fpscr', fpscr);
  interruptIf(op, enabled);
}
/** A CR field from a number of four bits. */
export function setFieldFrom<S extends Sorts>(op: Operations<S>, field: Operand<'crField'>, value: S['value']): void {
  op.setCrField(field, [hasAny(op, value, 8), hasAny(op, value, 4), hasAny(op, value, 2), hasAny(op, value, 1)]);
}

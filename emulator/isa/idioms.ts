/** What many meanings share, itself written over the abstract operations. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';

export const low32 = <S extends Sorts>(op: Operations<S>, value: S['value']): S['value'] =>
  op.and(value, op.constant(0xffff_ffff));
export const invert = <S extends Sorts>(op: Operations<S>, value: S['value']): S['value'] =>
  op.xor(value, op.constant(-1));
export const negate = <S extends Sorts>(op: Operations<S>, value: S['value']): S['value'] =>
  op.subtract(op.constant(0), value);
export const isNegative = <S extends Sorts>(op: Operations<S>, value: S['value']): S['condition'] =>
  op.lessSigned(value, op.constant(0));
export const isZero = <S extends Sorts>(op: Operations<S>, value: S['value']): S['condition'] =>
  op.equal(value, op.constant(0));
export const hasAny = <S extends Sorts>(op: Operations<S>, value: S['value'], bits: bigint | number): S['condition'] =>
  op.not(isZero(op, op.and(value, op.constant(bits))));
/** 1 or 0. */
export const asNumber = <S extends Sorts>(op: Operations<S>, condition: S['condition']): S['value'] =>
  op.select(condition, op.constant(1), op.constant(0));
/** `old` with the bits under `mask` taken from `value`. */
export const merge = <S extends Sorts>(op: Operations<S>, old: S['value'], value: S['value'], mask: S['value']) =>
  op.xor(old, op.and(op.xor(old, value), mask));

/** Sets a CR field to the order of a and b, with SO copied from the XER. */
export function setOrder<S extends Sorts>(
  op: Operations<S>,
  field: Operand<'crField'> | 'cr0',
  a: S['value'],
  b: S['value'],
  order: 'signed' | 'unsigned' = 'signed',
): void {
  const less = (x: S['value'], y: S['value']) => (order === 'signed' ? op.lessSigned(x, y) : op.lessUnsigned(x, y));
  op.setCrField(field, [less(a, b), less(b, a), op.equal(a, b), op.flag('so')]);
}

/** Writes a result register; a record form (Rc) also compares the result, as the mode sees it, with zero into CR0. */
export function setResult<S extends Sorts>(
  op: Operations<S>,
  target: Operand<'gpr'>,
  value: S['value'],
  rc: number,
): void {
  op.setGpr(target, value);
  if (rc) setOrder(op, 'cr0', op.inMode(value, 'signed'), op.constant(0));
}

/** An overflow form (OE) sets OV, and SO, which stays set until it is cleared by hand. */
export function setOverflow<S extends Sorts>(op: Operations<S>, overflow: S['condition']): void {
  op.setFlag('ov', overflow);
  op.setFlag('so', op.either(op.flag('so'), overflow));
}

/** What a link register gets. */
export const nextInstruction = <S extends Sorts>(op: Operations<S>): S['value'] =>
  op.inMode(op.add(op.currentAddress(), op.constant(4)), 'unsigned');

/** The effective address of a D-form and of an X-form access. */
export const displaced = <S extends Sorts>(
  op: Operations<S>,
  base: Operand<'gpr' | 'gprOrZero'>,
  d: Operand<'immediate'>,
): S['value'] => op.add(op.gpr(base), op.operand(d));
export const indexed = <S extends Sorts>(
  op: Operations<S>,
  base: Operand<'gpr' | 'gprOrZero'>,
  index: Operand<'gpr'>,
): S['value'] => op.add(op.gpr(base), op.gpr(index));

/** The bytes of a value in the opposite order. */
export function byteReverse<S extends Sorts>(op: Operations<S>, value: S['value'], bytes: 1 | 2 | 4 | 8): S['value'] {
  const swap = (x: S['value'], by: number, mask: bigint) =>
    op.or(
      op.shiftLeft(op.and(x, op.constant(mask)), op.constant(by)),
      op.and(op.shiftRight(x, op.constant(by)), op.constant(mask)),
    );
  const pairs = swap(value, 8, 0x00ff_00ff_00ff_00ffn);
  const quads = swap(pairs, 16, 0x0000_ffff_0000_ffffn);
  const whole = swap(quads, 32, 0x0000_0000_ffff_ffffn);
  return bytes === 8 ? whole : op.shiftRight(whole, op.constant(64 - bytes * 8));
}

import type { Registers } from '../cpu/registers';
import { environmentOf } from '../floating-point/fpscr';
import type { FloatingPointOperations } from '../operations/floating-point-operations';
import type { Operand } from '../operations/operand';
import type { ReferenceSorts } from './reference-sorts';
import { Refused } from './refusals';

/** The floating-point vocabulary over the registers of one vCPU; `number` tells which register an operand names. */
export const referenceFloatingPoint = (
  registers: Registers,
  number: (operand: Operand<'fpr' | 'vsr'>) => number,
): FloatingPointOperations<ReferenceSorts> => ({
  vsr: (register, doubleword) => registers.vsrDoubleword(number(register), doubleword),
  setVsr(register, first, second) {
    const n = number(register);
    registers.setVsrDoubleword(n, 0, first);
    registers.setVsrDoubleword(n, 1, second);
  },
  fprNumbered: (n) => registers.vsrDoubleword(Number(n), 0),
  setFprNumbered(n, value) {
    registers.setVsrDoubleword(Number(n), 0, value);
    registers.setVsrDoubleword(Number(n), 1, 0n);
  },
  floatingPoint({ compute }, operands, fpscr) {
    const { bits, status } = compute(operands, environmentOf(Number(BigInt.asUintN(32, fpscr))));
    return { result: bits, status: BigInt(status) };
  },
  floatingPointInterrupt(when) {
    if (when) throw new Refused('floating-point');
  },
});

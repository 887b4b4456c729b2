import type { Registers } from '../cpu/registers';
import { bigintVectors } from '../operations/bigint-vectors';
import type { Operand } from '../operations/operand';
import type { VectorOperations } from '../operations/vector-operations';
import type { ReferenceSorts } from './reference-sorts';

/** The vector registers are the last 32 VSRs (Book I 7.2.1). */
const FIRST_VECTOR_REGISTER = 32;

/** The vector vocabulary over the registers of one vCPU; `number` tells which register an operand names. */
export function referenceVectors(
  registers: Registers,
  number: (operand: Operand<'vr'>) => number,
): VectorOperations<ReferenceSorts> {
  return {
    ...bigintVectors,
    vr(register) {
      const n = FIRST_VECTOR_REGISTER + number(register);
      return (registers.vsrDoubleword(n, 0) << 64n) | registers.vsrDoubleword(n, 1);
    },
    setVr(register, value) {
      const n = FIRST_VECTOR_REGISTER + number(register);
      registers.setVsrDoubleword(n, 0, value >> 64n);
      registers.setVsrDoubleword(n, 1, value);
    },
  };
}

import type { FloatingPointFunction } from '../floating-point/arithmetic';
import type { Sorts } from './arithmetic';
import type { Operand } from './operand';

/** A floating-point register is the first doubleword of one of the first 32 vector-scalar registers (Book I 7.2.1). */
type VectorScalar = Operand<'fpr' | 'vsr'>;

/** What floating point and the vector-scalar facility add to the vocabulary (Book I chapters 4 and 7). */
export interface FloatingPointOperations<S extends Sorts, V = S['value'], C = S['condition']> {
  vsr(register: VectorScalar, doubleword: 0 | 1): V;
  setVsr(register: VectorScalar, first: V, second: V): void;
  fprNumbered(number: V): V;
  setFprNumbered(number: V, value: V): void;
  /** `status` has exceptions, FR, FI and FPRF where the FPSCR has them; of `fpscr` it reads the control bits. */
  floatingPoint(
    operation: FloatingPointFunction,
    operands: readonly V[],
    fpscr: V,
  ): { readonly result: V; readonly status: V };
  /**
   * The program interrupt of an enabled exception. Unlike other failures it comes when everything has been written, as
   * the last thing that a meaning asks for; SRR0 then has the address of the instruction (Book III-S 6.5.9).
   */
  floatingPointInterrupt(when: C): void;
}

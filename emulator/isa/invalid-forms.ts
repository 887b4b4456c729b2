/**
 * Operands with which the Power ISA calls a form invalid. A word that has them is no instruction here, as the manual
 * allows and objdump agrees.
 */
const GPRS = 32;

/** The address of an update form cannot go into r0, which is no base. */
export const updatesNothing = ({ ra }: { readonly ra: number }): boolean => ra === 0;

/** Nor into the register that is loaded. */
export const updatesWhatItLoads = ({ ra, rt }: { readonly ra: number; readonly rt: number }): boolean =>
  ra === 0 || ra === rt;

interface Run {
  readonly first: number;
  /** 0 stands for r0, though that is not read. */
  readonly ra0: number;
}

/** lmw, whose registers go on to r31. */
export const loadsItsBase = ({ first, ra0 }: Run): boolean => ra0 >= first;

/** lswi, of `nb` bytes or 32, four to a register, with r0 after r31. */
export const stringLoadsItsBase = ({ first, ra0, nb }: Run & { readonly nb: number }): boolean =>
  (ra0 - first + GPRS) % GPRS < Math.ceil((nb || 32) / 4);

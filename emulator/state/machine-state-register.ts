import { bitfield, flag } from '../word/bitfield';

/** Machine State Register (Book III-S 3.2.1). */
export const msr = bitfield({
  SF: flag(0),
  HV: flag(3),
  /** Transactional memory. TS, bits 29 and 30, stays zero: no transaction ever begins. */
  TM: flag(31),
  VEC: flag(38),
  VSX: flag(40),
  EE: flag(48),
  PR: flag(49),
  FP: flag(50),
  ME: flag(51),
  FE0: flag(52),
  SE: flag(53),
  BE: flag(54),
  FE1: flag(55),
  IR: flag(58),
  DR: flag(59),
  PMM: flag(61),
  RI: flag(62),
  LE: flag(63),
});

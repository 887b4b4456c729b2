/** Bits of the MSR (Power ISA, Book III-S 3.2.1). */
export const MSR = {
  SF: 1n << 63n,
  HV: 1n << 60n,
  VEC: 1n << 25n,
  VSX: 1n << 23n,
  EE: 1n << 15n,
  PR: 1n << 14n,
  FP: 1n << 13n,
  ME: 1n << 12n,
  FE0: 1n << 11n,
  SE: 1n << 10n,
  BE: 1n << 9n,
  FE1: 1n << 8n,
  IR: 1n << 5n,
  DR: 1n << 4n,
  PMM: 1n << 2n,
  RI: 1n << 1n,
  LE: 1n,
} as const;

/** The bits that this processor keeps; the others, transactional memory among them, always read as zero. */
export const IMPLEMENTED_MSR_BITS = Object.values(MSR).reduce((all, bit) => all | bit, 0n);

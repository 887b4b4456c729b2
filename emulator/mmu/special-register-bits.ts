import { bitfield, bits, flag } from '../word/bitfield';

export { msr } from '../state/machine-state-register';

/** Logical Partitioning Control Register (Book III-S 2.2). */
export const lpcr = bitfield({
  VPM0: flag(0),
  VPM1: flag(1),
  ISL: flag(2),
  KBV: flag(3),
  DPFD: bits([9, 11]),
  /** L and LP of the segment that guests in real mode use. */
  VRMASD: bits([12, 16]),
  RMLS: bits([34, 37]),
  ILE: flag(38),
  AIL: bits([39, 40]),
  ONL: flag(45),
  PECE: bits([47, 51]),
  MER: flag(52),
  TC: flag(54),
  LPES0: flag(60),
  LPES1: flag(61),
  RMI: flag(62),
  HDICE: flag(63),
});
/** LPCR[VRMASD] holds an SLB entry's L and LP, moved up by this much. Linux: LPCR_VRMASD_SH with its encoding. */
export const VRMASD_SHIFT = 43n;

/** DSISR and HDSISR (Book III-S 6.5.3, 6.5.16), by the names that Linux gives them. */
export const dsisr = bitfield({
  NOHPTE: flag(33),
  NOEXEC_OR_G: flag(35),
  PROTFAULT: flag(36),
  BADACCESS: flag(37),
  ISSTORE: flag(38),
  DABRMATCH: flag(41),
  /** The class key of the page: AMR. */
  KEYFAULT: flag(42),
});

/** SRR1 and HSRR1 bits of an instruction storage interrupt (Book III-S 6.5.5). */
export const instructionStorage = bitfield({
  NOPT: flag(33),
  N_G_OR_CIP: flag(35),
  PROT: flag(36),
  /** IAMR. */
  KEYFAULT: flag(42),
});

/** Real mode limits by LPCR[RMLS] (Book III-S 5.7.3.2); undefined where reserved. */
export function realModeLimit(selector: bigint): bigint | undefined {
  const shift = ({ 0: 38, 1: 34, 2: 30, 3: 26, 4: 28, 7: 27, 8: 25 } as Readonly<Record<string, number>>)[
    String(selector)
  ];
  return shift === undefined ? undefined : 1n << BigInt(shift);
}
export const realModeLimitSelectors = [8n, 3n, 7n, 4n, 2n, 1n, 0n] as const;

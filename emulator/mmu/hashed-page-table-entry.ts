import { bitfield, bits, flag, type Decoded } from '../word/bitfield';

/** First doubleword of an HPTE (Power ISA 2.07, Book III-S 5.7.7.1). Bits 57 to 60 are software's. */
export const hpteFirst = bitfield({
  segmentSize: bits([0, 1]),
  abbreviatedPage: bits([2, 56]),
  /** KVM's lock bit. Linux: HPTE_V_HVLOCK. */
  lockedByHost: flag(57),
  /** Valid for the guest, not for the hardware. Linux: HPTE_V_ABSENT. */
  absent: flag(58),
  bolted: flag(59),
  lockedByGuest: flag(60),
  large: flag(61),
  secondaryHash: flag(62),
  valid: flag(63),
});

/** Second doubleword. */
export const hpteSecond = bitfield({
  protection: bits([0, 0], [62, 63]),
  /** Tag bit in the hardware's entry; KVM's "changed since the last stream" in the guest view. */
  modified: flag(1),
  key: bits([2, 3], [52, 54]),
  realPage: bits([4, 51]),
  referenced: flag(55),
  changed: flag(56),
  wimg: bits([57, 60]),
  noExecute: flag(61),
});

export type HpteFirst = Decoded<typeof hpteFirst.fields>;
export type HpteSecond = Decoded<typeof hpteSecond.fields>;

export const HPTE_BYTES = 16;
export const ENTRIES_IN_GROUP = 8;
export const GROUP_BYTES = HPTE_BYTES * ENTRIES_IN_GROUP;

/** The key that the hypervisor reserves for pages without memory. */
export const RESERVED_KEY = 31n;

/** The page protection of Power ISA Book III-S 5.7.9.1 by key (Ks or Kp) and pp (PP0 highest). */
export const pageProtection = (key: 0 | 1, pp: bigint): 'none' | 'read' | 'read-write' => {
  const byProtection =
    key === 0 ? (['rw', 'rw', 'rw', 'r', '', '', 'r', ''] as const) : (['', 'r', 'rw', 'r', '', '', '', ''] as const);
  const rights = byProtection[Number(pp)] ?? '';
  return rights === 'rw' ? 'read-write' : rights === 'r' ? 'read' : 'none';
};

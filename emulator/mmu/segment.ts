import { bitfield, bits, flag } from '../word/bitfield';

/** slbmte's RB, and the first word of an SLB entry (Power ISA 2.07, Book III-S 5.9.3.1). */
export const slbEsidWord = bitfield({ esid: bits([0, 35]), valid: flag(36), index: bits([52, 63]) });

/** slbmte's RS, and the second word of an SLB entry. The VSID's low bits are the 1 TB segment's VA bits when B = 1. */
export const slbVsidWord = bitfield({
  segmentSize: bits([0, 1]),
  vsid: bits([2, 51]),
  ks: flag(52),
  kp: flag(53),
  noExecute: flag(54),
  large: flag(55),
  class: flag(56),
  pageSizeSelector: bits([58, 59]),
});

export const isTerabyteSegment = (vsidWord: bigint): boolean => (vsidWord & (1n << 62n)) !== 0n;
/** log2 of the segment's size. */
export const segmentShift = (vsidWord: bigint): 28 | 40 => (isTerabyteSegment(vsidWord) ? 40 : 28);
/** The VSID of an entry, without what its size leaves unused. */
export const virtualSegment = (vsidWord: bigint): bigint =>
  (vsidWord & ~(3n << 62n)) >> (isTerabyteSegment(vsidWord) ? 24n : 12n);

/** The segment that KVM's guests in real mode use: 1 TB, VSID 0x1FFFFFF, page size from LPCR[VRMASD]. Linux: SLB_VSID_VRMA. */
export const VRMA_VSID_WORD = 0x4001_ffff_ff00_0000n;

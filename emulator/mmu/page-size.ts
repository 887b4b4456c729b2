/** Page sizes as SLB entries and HPTEs encode them (facts: Linux hpte_base_page_size(), hpte_actual_page_size()). */

export interface PageShifts {
  /** log2 of the segment's base page size, which the hash uses; 0 where the encoding is reserved. */
  readonly base: number;
  /** log2 of the page's own size. */
  readonly actual: number;
}
const reserved: PageShifts = { base: 0, actual: 0 };

/** By the low eight bits of the page number in an HPTE with L = 1. */
export function largePageShifts(encoding: number): PageShifts {
  const low = encoding & 0xf;
  const high = encoding >> 4;
  switch (low) {
    case 0:
      return high === 0 ? { base: 24, actual: 24 } : reserved;
    case 1:
      return { base: 16, actual: 16 };
    case 3:
      return high === 0 ? { base: 34, actual: 34 } : reserved;
    case 7:
      return { base: 12, actual: 16 };
    case 8:
      if (high === 0) return { base: 16, actual: 24 };
      return high === 3 ? { base: 12, actual: 24 } : reserved;
    default:
      return reserved;
  }
}

const LARGE = 0x4n;
/** Of a whole HPTE. */
export const hptePageShifts = (first: bigint, second: bigint): PageShifts =>
  (first & LARGE) === 0n ? { base: 12, actual: 12 } : largePageShifts(Number((second >> 12n) & 0xffn));

/** Base page shift by L and LP of an SLB entry's VSID word; 0 where reserved. */
export function segmentPageShift(vsidWord: bigint): number {
  const encoding = Number(vsidWord & 0x130n);
  switch (encoding) {
    case 0x000:
      return 12;
    case 0x110:
      return 16;
    case 0x100:
      return 24;
    case 0x120:
      return 34;
    default:
      return 0;
  }
}

/**
 * What the host's memory management tells who has copies of its page table (Linux: struct mmu_notifier_ops). Addresses
 * are the host process's.
 */
export interface MmuNotifier {
  /** What is mapped from `start` up to `end` is about to change, and must not be used until the end. */
  invalidateRangeStart(start: bigint, end: bigint): void;
  invalidateRangeEnd(start: bigint, end: bigint): void;
  /** Between start and end: the page there is another one now. */
  changePte(address: bigint): void;
  /** Whether any page of the range has been used since the last time; it counts as unused from now on. */
  clearFlushYoung(start: bigint, end: bigint): boolean;
  /** The same of one page, and nothing changes. */
  testYoung(address: bigint): boolean;
}

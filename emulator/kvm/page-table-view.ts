import type { PageShifts } from '../mmu/page-size';
import type { HpteFirst, HpteSecond } from '../mmu/hashed-page-table-entry';
import type { VirtualPageAddress } from '../mmu/hashed-page-table';

/** An HPTE as the hardware sees it, beside what the guest believes stands there. */
export interface PageTableEntryView {
  readonly index: number;
  readonly group: number;
  readonly state: 'valid' | 'absent' | 'empty';
  /** The real entry. */
  readonly first: bigint;
  readonly second: bigint;
  /** The second doubleword as the guest entered it. Linux: revmap_entry.guest_rpte. */
  readonly guestSecond: bigint;
  readonly decodedFirst: HpteFirst;
  readonly decodedSecond: HpteSecond;
  readonly decodedGuestSecond: HpteSecond;
  readonly page: VirtualPageAddress;
  readonly shifts: PageShifts;
  /** By the guest view, masked to the page size. */
  readonly guestPhysicalAddress: bigint;
  /** Number of the slot that holds it. */
  readonly slot: number | undefined;
}

import { HOST_MEMORY } from '../state/layout';
import { GROUP_BYTES, HPTE_BYTES, hpteFirst } from './hashed-page-table-entry';
import { hptePageShifts } from './page-size';
import { isTerabyteSegment } from './segment';

/** Orders that KVM accepts for a table: log2 of its bytes. */
export const pageTableOrders = { smallest: 18, largest: 46 } as const;

/** Entries that are told apart in `HashedPageTable.written`. */
export const WRITTEN_STRETCH = 4096;

/** The table as the hardware reads it, big-endian, where it lies in the host's memory. */
export class HashedPageTable {
  readonly order: number;
  /** Host real address. */
  readonly address: number;
  readonly entryCount: number;
  readonly groupCount: number;
  readonly #view: DataView;
  /** While somebody watches: what stood in each entry before it was first written to. */
  journal: Map<number, { readonly first: bigint; readonly second: bigint }> | undefined;
  /** Stretches of WRITTEN_STRETCH entries that have been written to since somebody took them out of here. */
  readonly written = new Set<number>();

  constructor(view: DataView, address: number, order: number) {
    this.#view = view;
    this.address = address;
    this.order = order;
    this.entryCount = 2 ** order / HPTE_BYTES;
    this.groupCount = 2 ** order / GROUP_BYTES;
  }

  /** SDR1: where the table starts, and log2 of its size less 18 (Book III-S 5.7.7.2). */
  get sdr1(): bigint {
    return BigInt(this.address) | BigInt(this.order - pageTableOrders.smallest);
  }

  first(index: number): bigint {
    return this.#view.getBigUint64(this.#at(index));
  }
  second(index: number): bigint {
    return this.#view.getBigUint64(this.#at(index) + 8);
  }
  setFirst(index: number, value: bigint): void {
    this.#note(index);
    this.#view.setBigUint64(this.#at(index), value);
  }
  setSecond(index: number, value: bigint): void {
    this.#note(index);
    this.#view.setBigUint64(this.#at(index) + 8, value);
  }
  #note(index: number): void {
    this.written.add(Math.floor(index / WRITTEN_STRETCH));
    if (this.journal && !this.journal.has(index))
      this.journal.set(index, { first: this.first(index), second: this.second(index) });
  }

  #at(index: number): number {
    if (index < 0 || index >= this.entryCount) throw new Error(`the table has no entry ${String(index)}`);
    return HOST_MEMORY + this.address + index * HPTE_BYTES;
  }
}

export interface VirtualPageAddress {
  /** 78-bit virtual address of the page's first byte. */
  readonly virtualAddress: bigint;
  readonly segmentShift: 28 | 40;
  readonly vsid: bigint;
}

/**
 * The virtual page that an entry maps. The AVPN lacks the page number's low bits; the group's number, undone of the
 * VSID, has them (Book III-S 5.7.7.3 read backwards; Linux does it in hpte_decode()).
 */
export function virtualPageOf(first: bigint, second: bigint, group: number, groupCount: number): VirtualPageAddress {
  const { abbreviatedPage, secondaryHash } = hpteFirst.decode(first);
  const shift = BigInt(hptePageShifts(first, second).base || 12);
  const hashMask = BigInt(groupCount - 1);
  const hash = (secondaryHash ? ~BigInt(group) : BigInt(group)) & hashMask;
  // The AVPN is the virtual address without its low 23 bits.
  const known = abbreviatedPage << 23n;
  const terabyte = isTerabyteSegment(first);
  const segmentShift = terabyte ? 40 : 28;
  const vsid = known >> BigInt(segmentShift);
  const mixed = terabyte ? vsid ^ (vsid << 25n) : vsid;
  const lowPageNumber = (hash ^ mixed) & hashMask;
  const missing = shift < 23n ? (lowPageNumber << shift) & ((1n << 23n) - 1n) : 0n;
  return { virtualAddress: known | missing, segmentShift, vsid };
}

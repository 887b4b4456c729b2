/**
 * KVM's own notes beside the hashed page table: what the guest entered, and which entries map a guest page (Linux:
 * struct revmap_entry, kvm_memory_slot.arch.rmap). Kept in the host's memory, as KVM does.
 */
import { HOST_MEMORY } from '../state/layout';
import type { HashedPageTable } from '../mmu/hashed-page-table';

const ENTRY_BYTES = 16;
const FORWARD = 8;
const BACK = 12;
export const reverseMapBytes = (entryCount: number): number => entryCount * ENTRY_BYTES;

/** One word a guest page. Linux: KVMPPC_RMAP_*. */
const PRESENT = 1n << 32n;
const INDEX = 0xffff_ffffn;
/** R and C of a page's entries that are gone, above the index. Linux: KVMPPC_RMAP_RC_SHIFT. */
const HARVEST_SHIFT = 32n;

export class ReverseMap {
  readonly #view: DataView;
  readonly #at: number;
  /** By guest page number; pages that never had an entry are not listed. */
  readonly #words = new Map<bigint, bigint>();

  constructor(view: DataView, address: number, table: HashedPageTable) {
    this.#view = view;
    this.#at = HOST_MEMORY + address;
    new Uint8Array(view.buffer).fill(0, this.#at, this.#at + reverseMapBytes(table.entryCount));
  }

  /** The second doubleword as the guest entered it. Linux: guest_rpte. */
  guestSecond(index: number): bigint {
    return this.#view.getBigUint64(this.#at + index * ENTRY_BYTES, true);
  }
  setGuestSecond(index: number, value: bigint): void {
    this.#view.setBigUint64(this.#at + index * ENTRY_BYTES, value, true);
  }

  word(page: bigint): bigint {
    return this.#words.get(page) ?? 0n;
  }
  /** R and C bits harvested from entries of this page, in an HPTE's places. */
  harvested(page: bigint): bigint {
    return (this.word(page) >> HARVEST_SHIFT) & 0x180n;
  }
  harvest(page: bigint, referencedAndChanged: bigint): void {
    this.#words.set(page, this.word(page) | (referencedAndChanged << HARVEST_SHIFT));
  }

  /** The entries that map a page, in the order in which they were added. */
  entriesOf(page: bigint): readonly number[] {
    const word = this.word(page);
    if ((word & PRESENT) === 0n) return [];
    const head = Number(word & INDEX);
    const entries = [head];
    for (let next = this.#link(head, FORWARD); next !== head; next = this.#link(next, FORWARD)) entries.push(next);
    return entries;
  }

  /** Linux: kvmppc_add_revmap_chain(). */
  add(page: bigint, index: number): void {
    const word = this.word(page);
    if ((word & PRESENT) === 0n) {
      this.#setLinks(index, index, index);
      this.#words.set(page, (word & ~INDEX) | PRESENT | BigInt(index));
      return;
    }
    const head = Number(word & INDEX);
    const tail = this.#link(head, BACK);
    this.#setLinks(index, head, tail);
    this.#setLink(tail, FORWARD, index);
    this.#setLink(head, BACK, index);
  }

  /** Linux: remove_revmap_chain(). An entry that is not in the chain leaves it as it is. */
  remove(page: bigint, index: number): void {
    if (!this.entriesOf(page).includes(index)) return;
    const word = this.word(page);
    const forward = this.#link(index, FORWARD);
    const back = this.#link(index, BACK);
    this.#setLink(back, FORWARD, forward);
    this.#setLink(forward, BACK, back);
    const wasHead = Number(word & INDEX) === index;
    if (forward === index) this.#words.set(page, word & ~(PRESENT | INDEX));
    else if (wasHead) this.#words.set(page, (word & ~INDEX) | BigInt(forward));
  }

  #link(index: number, which: number): number {
    return this.#view.getUint32(this.#at + index * ENTRY_BYTES + which, true);
  }
  #setLink(index: number, which: number, value: number): void {
    this.#view.setUint32(this.#at + index * ENTRY_BYTES + which, value, true);
  }
  #setLinks(index: number, forward: number, back: number): void {
    this.#setLink(index, FORWARD, forward);
    this.#setLink(index, BACK, back);
  }
}

/**
 * KVM's own notes beside the hashed page table: what the guest entered, and which entries map a guest page (Linux:
 * struct revmap_entry, kvm_memory_slot.arch.rmap). The entries' notes are kept in the host's memory, as KVM does.
 */
import { HOST_MEMORY } from '../state/layout';
import type { HashedPageTable } from '../mmu/hashed-page-table';

const ENTRY_BYTES = 16;
const FORWARD = 8;
const BACK = 12;
export const reverseMapBytes = (entryCount: number): number => entryCount * ENTRY_BYTES;

/**
 * One word a page of a slot (Linux: KVMPPC_RMAP_*). The lock, bit 43, is never seen set: whatever takes it is one move
 * of the machine.
 */
const INDEX = 0xffff_ffffn;
const PRESENT = 1n << 32n;
/** The entries are HPTEs. */
const HASHED = 1n << 56n;
/** R and C of a page's entries that are gone, above the index. Linux: KVMPPC_RMAP_RC_SHIFT. */
const HARVEST_SHIFT = 32n;

/** The place of a page's word: the page of a slot (Linux: &memslot->arch.rmap[gfn - base_gfn]). */
export interface PageNotes {
  readonly words: Map<number, bigint>;
  readonly page: number;
}
const wordAt = ({ words, page }: PageNotes): bigint => words.get(page) ?? 0n;

export class ReverseMap {
  readonly #view: DataView;
  readonly #at: number;

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

  /** R and C bits harvested from entries of this page, in an HPTE's places. */
  harvested(notes: PageNotes): bigint {
    return (wordAt(notes) >> HARVEST_SHIFT) & 0x180n;
  }
  harvest(notes: PageNotes, referencedAndChanged: bigint): void {
    if (referencedAndChanged === 0n) return;
    notes.words.set(notes.page, wordAt(notes) | (referencedAndChanged << HARVEST_SHIFT));
  }
  forget(notes: PageNotes, referencedAndChanged: bigint): void {
    notes.words.set(notes.page, wordAt(notes) & ~(referencedAndChanged << HARVEST_SHIFT));
  }

  /** An entry that maps this page, or undefined. */
  head(notes: PageNotes): number | undefined {
    const word = wordAt(notes);
    return (word & PRESENT) === 0n ? undefined : Number(word & INDEX);
  }
  /** The entries that map a page, from the head on. */
  entriesOf(notes: PageNotes): readonly number[] {
    const head = this.head(notes);
    if (head === undefined) return [];
    const entries = [head];
    for (let next = this.#link(head, FORWARD); next !== head; next = this.#link(next, FORWARD)) entries.push(next);
    return entries;
  }

  /** Linux: kvmppc_add_revmap_chain(). */
  add(notes: PageNotes, index: number): void {
    const head = this.head(notes);
    if (head === undefined) {
      this.#setLinks(index, index, index);
      notes.words.set(notes.page, (wordAt(notes) & ~INDEX) | PRESENT | HASHED | BigInt(index));
      return;
    }
    const tail = this.#link(head, BACK);
    this.#setLinks(index, head, tail);
    this.#setLink(tail, FORWARD, index);
    this.#setLink(head, BACK, index);
  }

  /** Takes out an entry that is in the page's chain. Linux: remove_revmap_chain(). */
  remove(notes: PageNotes, index: number): void {
    const word = wordAt(notes);
    const forward = this.#link(index, FORWARD);
    const back = this.#link(index, BACK);
    this.#setLink(back, FORWARD, forward);
    this.#setLink(forward, BACK, back);
    if (Number(word & INDEX) !== index) return;
    const head = forward === index ? 0n : PRESENT | BigInt(forward);
    notes.words.set(notes.page, (word & ~(PRESENT | INDEX)) | head);
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

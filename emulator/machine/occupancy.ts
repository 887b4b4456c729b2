import { isPresent } from '../kvm/entry-rules';
import { WRITTEN_STRETCH, type HashedPageTable } from '../mmu/hashed-page-table';

/** Which entries of the table are in use. Only what has been written to since the last time is looked at again. */
export class Occupancy {
  readonly #table: HashedPageTable;
  readonly #stretches: (readonly number[])[] = [];
  #all: readonly number[] | undefined;

  constructor(table: HashedPageTable) {
    this.#table = table;
    for (let stretch = 0; stretch * WRITTEN_STRETCH < table.entryCount; stretch++) table.written.add(stretch);
  }

  /** Indexes of entries that are valid or absent, in order. */
  get indexes(): readonly number[] {
    const { written } = this.#table;
    if (this.#all && written.size === 0) return this.#all;
    for (const stretch of written) this.#stretches[stretch] = this.#occupiedIn(stretch);
    written.clear();
    return (this.#all = this.#stretches.flat());
  }

  #occupiedIn(stretch: number): readonly number[] {
    const start = stretch * WRITTEN_STRETCH;
    const end = Math.min(start + WRITTEN_STRETCH, this.#table.entryCount);
    const found: number[] = [];
    for (let index = start; index < end; index++) if (isPresent(this.#table.first(index))) found.push(index);
    return found;
  }
}

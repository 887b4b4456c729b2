import {
  codePages,
  dataTlb,
  HOST_MEMORY,
  jumpCache,
  NO_PAGE,
  pageRecords,
  records,
  TLB_PAGE_SIZE,
  vcpuBase,
} from '../../state/layout';
import type { ByteOrder } from './home';

/** Records of one page of real memory, decoded in one way. */
interface Block {
  /** Number of the real page. */
  readonly page: number;
  /** What decoding depends on beside the page: byte order and breakpoints. */
  readonly key: string;
  /** Linear address of its first record. */
  readonly place: number;
}

/**
 * The machine's pre-decoded pages: so many, and then the oldest makes room. Marks the pages in codePages, so that stores
 * to them come to `written`, whoever does them.
 */
export class RecordBlocks {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #vcpus: number;
  readonly #byPage = new Map<number, Block[]>();
  /** In the order in which they were made. */
  readonly #blocks: Block[] = [];
  readonly #free: number[] = [];
  /** The real page of each block in use, by its place. */
  readonly #pages = new Map<number, number>();

  constructor(view: DataView, vcpus: number) {
    this.#view = view;
    this.#bytes = new Uint8Array(view.buffer);
    this.#vcpus = vcpus;
    for (let index = records.blocks - 1; index >= 0; index--) this.#free.push(records.base + index * records.blockSize);
  }

  /** Place of the records of a real page; none of a new block's has been decoded. */
  placeOf(page: number, byteOrder: ByteOrder, stops: readonly number[], pageEnd: number): number {
    const key = `${byteOrder} ${stops.join()}`;
    const found = this.#byPage.get(page)?.find((block) => block.key === key);
    const place = found?.place ?? this.#make(page, key, pageEnd);
    if (stops.length === 0) this.#setPageRecords(page, place + (byteOrder === 'big' ? pageRecords.bigEndian : 0));
    return place;
  }

  /** The real page whose records begin at this place. */
  realPageOf(place: number): number | undefined {
    return this.#pages.get(place);
  }

  /** Bytes of these real pages are about to change, or have. */
  written(first: number, last = first): void {
    for (let page = first; page <= last; page++) for (const block of this.#byPage.get(page) ?? []) this.#drop(block);
  }
  /** The memory itself, records and marks included, has been replaced. */
  memoryReplaced(): void {
    for (const block of [...this.#blocks]) this.#drop(block);
    this.#bytes.fill(0, codePages.base, codePages.base + codePages.size);
    this.#bytes.fill(0, pageRecords.base, pageRecords.base + pageRecords.size);
  }

  #make(page: number, key: string, pageEnd: number): number {
    const oldest = this.#blocks[0];
    if (this.#free.length === 0 && oldest) this.#drop(oldest);
    const place = this.#free.pop();
    if (place === undefined) throw new Error('there is no room for decoded instructions');
    const end = place + (TLB_PAGE_SIZE / 4) * records.size;
    this.#bytes.fill(0, place, end);
    this.#view.setUint16(end, pageEnd, true);
    const block = { page, key, place };
    this.#blocks.push(block);
    this.#pages.set(place, page);
    this.#byPage.set(page, [...(this.#byPage.get(page) ?? []), block]);
    if (((this.#bytes[codePages.base + page] ?? 0) & codePages.code) === 0) this.#mark(page);
    return place;
  }

  #drop(block: Block): void {
    this.#blocks.splice(this.#blocks.indexOf(block), 1);
    this.#free.push(block.place);
    this.#pages.delete(block.place);
    this.#setPageRecords(block.page, 0);
    const others = (this.#byPage.get(block.page) ?? []).filter((other) => other !== block);
    if (others.length > 0) this.#byPage.set(block.page, others);
    else {
      this.#byPage.delete(block.page);
      this.#bytes[codePages.base + block.page]! &= ~codePages.code;
    }
    this.#forgetJumpsTo(block.place);
  }

  /** Generated code finds one block of a page without us; the others of it come to placeOf. */
  #setPageRecords(page: number, place: number): void {
    this.#view.setInt32(pageRecords.base + page * 4, place, true);
  }

  #forgetJumpsTo(place: number): void {
    for (let vcpu = 0; vcpu < this.#vcpus; vcpu++)
      for (let index = 0; index < jumpCache.entries; index++) {
        const entry = vcpuBase(vcpu) + jumpCache.offset + index * jumpCache.entrySize;
        if (this.#view.getInt32(entry + jumpCache.records, true) === place)
          this.#view.setBigUint64(entry + jumpCache.tag, 0n, true);
      }
  }

  /** From now on stores to the page are to be noticed: no TLB may know it as one that can be written. */
  #mark(page: number): void {
    this.#bytes[codePages.base + page]! |= codePages.code;
    const start = HOST_MEMORY + page * TLB_PAGE_SIZE;
    for (let vcpu = 0; vcpu < this.#vcpus; vcpu++)
      for (let index = 0; index < dataTlb.entries; index++) {
        const entry = vcpuBase(vcpu) + dataTlb.offset + index * dataTlb.entrySize;
        const inPage = this.#view.getInt32(entry + dataTlb.writeTag, true) & -TLB_PAGE_SIZE;
        if (((inPage + this.#view.getInt32(entry + dataTlb.addend, true)) | 0) === (start | 0))
          this.#view.setBigInt64(entry + dataTlb.writeTag, NO_PAGE, true);
      }
  }
}

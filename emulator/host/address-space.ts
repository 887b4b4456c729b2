/** The host process whose memory a guest's is: its virtual memory areas, and the pages that are present in them. */
import { HOST_PAGE_SIZE, pageSizeOf, partOf, type Area, type AreaKind } from './area';
import type { MmuNotifier } from './mmu-notifier';
import type { PhysicalMemory } from './physical-memory';

/** A present page: what a host PTE says. */
export interface HostPage {
  readonly realAddress: bigint;
  readonly pageSize: number;
  readonly writable: boolean;
  readonly cacheInhibited: boolean;
}
export type UserPage =
  | { readonly kind: 'page'; readonly page: HostPage; readonly by: 'fast' | 'slow' }
  /** VM_PFNMAP: there is no struct page to get. KVM may look at the area itself. */
  | { readonly kind: 'pfn-mapped'; readonly page: HostPage; readonly area: Area }
  /** Linux: -EFAULT. */
  | { readonly kind: 'fault'; readonly why: 'no area' | 'not readable' | 'not writable' };

/** A page of the process: in a frame, or written out. */
type ProcessPage =
  | { readonly kind: 'present'; readonly frame: bigint; readonly writable: boolean }
  | { readonly kind: 'swapped'; readonly contents: Uint8Array };

/** All that changes, as plain data, for checkpoints. */
export interface ProcessState {
  readonly areas: Area[];
  /** By the address of the page's first byte: the process's page table. */
  readonly pages: Map<bigint, ProcessPage>;
  /** How many hold a frame that is not held by one page alone: other pages, a file, a child, KVM. */
  readonly holders: Map<bigint, number>;
  /** Frames of files' pages, by file name and offset. */
  readonly files: Map<string, Map<bigint, bigint>>;
  /** Frames that a slot of the patch of 2011 holds for ever. */
  readonly pinned: Set<bigint>;
  /** What each child holds since it was forked: frames by address. */
  readonly children: ReadonlyMap<bigint, bigint>[];
  nextAddress: bigint;
}

const MAP_ALIGNMENT = 0x100_0000n;

export class AddressSpace {
  state: ProcessState;
  readonly memory: PhysicalMemory;
  readonly #notifiers: MmuNotifier[] = [];

  constructor(memory: PhysicalMemory) {
    this.memory = memory;
    this.state = {
      areas: [],
      pages: new Map(),
      holders: new Map(),
      files: new Map(),
      pinned: new Set(),
      children: [],
      nextAddress: 0x7fff_4000_0000n,
    };
  }

  /** Linux: mmu_notifier_register(). */
  register(notifier: MmuNotifier): void {
    this.#notifiers.push(notifier);
  }

  /** An address range of this size in which nothing is mapped. */
  reserve(size: bigint): bigint {
    const start = this.state.nextAddress;
    this.state.nextAddress = ((start + size + MAP_ALIGNMENT - 1n) / MAP_ALIGNMENT + 1n) * MAP_ALIGNMENT;
    return start;
  }
  /** mmap: an area of this size, at an address that the host chooses, or in place of what is mapped at `at`. */
  map(kind: AreaKind, size: bigint, name: string, options: { frames?: bigint; at?: bigint } = {}): Area {
    const start = options.at ?? this.reserve(size);
    if (options.at !== undefined) this.unmap(start, start + size);
    const area: Area = {
      start,
      end: start + size,
      kind,
      pageSize: pageSizeOf(kind),
      name,
      readable: true,
      writable: true,
      frames: options.frames,
      fileOffset: 0n,
    };
    this.#insert([area]);
    return area;
  }
  /** munmap. */
  unmap(start: bigint, end: bigint): void {
    this.#change(start, end, () => {
      for (const address of this.#pagesIn(start, end)) this.#drop(address);
      this.#cut(start, end);
    });
  }
  /** mprotect. Pages become read-only at once, and writable again when they are next written to. */
  protect(start: bigint, end: bigint, rights: { readable: boolean; writable: boolean }): void {
    this.#change(start, end, () => {
      for (const address of this.#pagesIn(start, end)) this.#setWritable(address, false);
      const parts = this.areasIn(start, end).flatMap((area) => partOf(area, start, end) ?? []);
      this.#cut(start, end);
      this.#insert(parts.map((area) => ({ ...area, ...rights })));
    });
  }

  /** Linux: find_vma(), for an address inside an area. */
  areaAt(address: bigint): Area | undefined {
    return this.state.areas.find(({ start, end }) => address >= start && address < end);
  }
  areasIn(start: bigint, end: bigint): readonly Area[] {
    return this.state.areas.filter((area) => area.start < end && start < area.end);
  }

  /** What the host's page table says now; undefined when no page is there yet. Linux: a lookup of the Linux PTE. */
  presentPage(address: bigint): HostPage | undefined {
    const area = this.areaAt(address);
    if (!area?.readable) return undefined;
    if (area.frames !== undefined) return fixedPage(area, area.frames, address);
    const page = this.state.pages.get(pageStart(address, area.pageSize));
    return page?.kind === 'present' ? hostPage(area, page.frame, page.writable && area.writable) : undefined;
  }

  /** Linux: get_user_pages() of one page, the fast way if the page is there as wanted; else it is brought in. */
  userPage(address: bigint, write: boolean): UserPage {
    const area = this.areaAt(address);
    if (!area) return { kind: 'fault', why: 'no area' };
    if (!area.readable) return { kind: 'fault', why: 'not readable' };
    if (write && !area.writable) return { kind: 'fault', why: 'not writable' };
    const present = this.presentPage(address);
    if (area.kind === 'device' && present) return { kind: 'pfn-mapped', page: present, area };
    if (present && (present.writable || !write)) return { kind: 'page', page: present, by: 'fast' };
    const page = this.#faultIn(area, pageStart(address, area.pageSize), write);
    return { kind: 'page', page, by: 'slow' };
  }

  /** Linux: handle_mm_fault(). */
  #faultIn(area: Area, address: bigint, write: boolean): HostPage {
    const { pages } = this.state;
    const page = pages.get(address);
    if (page?.kind === 'present')
      return write ? this.#breakSharing(area, address, page.frame) : hostPage(area, page.frame, page.writable);
    if (page?.kind === 'swapped') {
      const frame = this.#newFrame(area);
      this.memory.fill(frame, page.contents);
      return this.#install(area, address, frame, area.writable);
    }
    if (area.kind === 'shared-file') return this.#install(area, address, this.#filePage(area, address), area.writable);
    if (area.kind === 'private-file') {
      this.#install(area, address, this.#filePage(area, address), false);
      return this.#faultIn(area, address, write);
    }
    return this.#install(area, address, this.#newFrame(area), area.writable);
  }
  /** A write to a page that is read-only: a copy of its own, unless nobody else holds it. Linux: do_wp_page(). */
  #breakSharing(area: Area, address: bigint, frame: bigint): HostPage {
    const alone = (this.state.holders.get(frame) ?? 1) <= 1;
    if (alone || area.kind === 'shared-file') return this.#install(area, address, frame, true);
    const copy = this.#newFrame(area);
    this.memory.fill(copy, this.memory.bytes(frame, area.pageSize));
    this.#change(address, address + BigInt(area.pageSize), () => {
      this.letGo(frame, area.pageSize);
      this.#install(area, address, copy, true);
      for (const notifier of this.#notifiers) notifier.changePte(address);
    });
    return hostPage(area, copy, true);
  }
  #filePage(area: Area, address: bigint): bigint {
    const file = this.state.files.get(area.name) ?? new Map<bigint, bigint>();
    this.state.files.set(area.name, file);
    const offset = area.fileOffset + (address - area.start);
    const frame = file.get(offset) ?? this.#newFrame(area);
    if (!file.has(offset)) this.hold(frame, 1);
    else this.hold(frame);
    file.set(offset, frame);
    return frame;
  }

  #newFrame(area: Area): bigint {
    return BigInt(this.memory.allocate(area.pageSize));
  }
  #install(area: Area, address: bigint, frame: bigint, writable: boolean): HostPage {
    this.state.pages.set(address, { kind: 'present', frame, writable });
    return hostPage(area, frame, writable);
  }
  #setWritable(address: bigint, writable: boolean): void {
    const page = this.state.pages.get(address);
    if (page?.kind === 'present') this.state.pages.set(address, { ...page, writable });
  }

  /** One more holds a frame. `already`: how many did, if that was not noted. */
  hold(frame: bigint, already = this.state.holders.get(frame) ?? 1): void {
    this.state.holders.set(frame, already + 1);
  }
  /** One less holds a frame; the last gives it back. */
  letGo(frame: bigint, bytes: number): void {
    const left = (this.state.holders.get(frame) ?? 1) - 1;
    if (left > 1) this.state.holders.set(frame, left);
    else this.state.holders.delete(frame);
    if (left === 0) this.memory.release(Number(frame), bytes);
  }
  /** Linux: get_user_pages() without a put_page(). */
  pin(frame: bigint): void {
    this.hold(frame);
    this.state.pinned.add(frame);
  }
  #drop(address: bigint): void {
    const page = this.state.pages.get(address);
    const area = this.areaAt(address);
    if (page?.kind === 'present' && area) this.letGo(page.frame, area.pageSize);
    this.state.pages.delete(address);
  }

  /** The process's pages in a range, present or written out, by address. */
  #pagesIn(start: bigint, end: bigint): readonly bigint[] {
    return [...this.state.pages.keys()].filter((address) => {
      const bytes = BigInt(this.areaAt(address)?.pageSize ?? HOST_PAGE_SIZE);
      return address < end && start < address + bytes;
    });
  }
  /** Does what a range's page table entries need, with KVM told before and after. */
  #change(start: bigint, end: bigint, change: () => void): void {
    this.beginChange(start, end);
    change();
    this.endChange(start, end);
  }
  beginChange(start: bigint, end: bigint): void {
    for (const notifier of this.#notifiers) notifier.invalidateRangeStart(start, end);
  }
  endChange(start: bigint, end: bigint): void {
    for (const notifier of this.#notifiers) notifier.invalidateRangeEnd(start, end);
  }
  /** Replaces present pages of a range by what `replace` says, for the host's own ends; see memory-pressure.ts. */
  replacePages(
    start: bigint,
    end: bigint,
    replace: (page: PresentPage) => ProcessPage | undefined,
    kind: 'invalidate' | 'change-pte' = 'invalidate',
  ): number {
    let replaced = 0;
    this.#change(start, end, () => {
      for (const address of this.#pagesIn(start, end)) {
        const page = this.state.pages.get(address);
        const area = this.areaAt(address);
        if (page?.kind !== 'present' || !area) continue;
        const other = replace({ address, area, frame: page.frame, writable: page.writable });
        if (!other) continue;
        this.state.pages.set(address, other);
        replaced++;
        if (kind === 'change-pte') for (const notifier of this.#notifiers) notifier.changePte(address);
      }
    });
    return replaced;
  }
  young(start: bigint, end: bigint, clear: boolean): boolean {
    const ask = (one: MmuNotifier) => (clear ? one.clearFlushYoung(start, end) : one.testYoung(start));
    return this.#notifiers.map(ask).includes(true);
  }

  #insert(areas: readonly Area[]): void {
    this.state.areas.push(...areas);
    this.state.areas.sort((a, b) => (a.start < b.start ? -1 : 1));
  }
  #cut(start: bigint, end: bigint): void {
    const kept = this.state.areas.flatMap((area) =>
      [partOf(area, area.start, start), partOf(area, end, area.end)].filter((part) => part !== undefined),
    );
    this.state.areas.splice(0, this.state.areas.length, ...kept);
  }
}

export interface PresentPage {
  readonly address: bigint;
  readonly area: Area;
  readonly frame: bigint;
  readonly writable: boolean;
}

const hostPage = (area: Area, frame: bigint, writable: boolean): HostPage => ({
  realAddress: frame,
  pageSize: area.pageSize,
  writable,
  cacheInhibited: false,
});
const fixedPage = (area: Area, frames: bigint, address: bigint): HostPage => ({
  realAddress: frames + (pageStart(address, area.pageSize) - area.start),
  pageSize: area.pageSize,
  writable: area.writable,
  cacheInhibited: area.kind === 'device',
});
const pageStart = (address: bigint, pageSize: number): bigint => address & -BigInt(pageSize);

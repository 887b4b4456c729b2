/** The host process whose memory a guest's is: its virtual memory areas, and the pages that are present in them. */
import type { PhysicalMemory } from './physical-memory';

/** What the host's kernel manages memory in; a Linux for servers has 64 KiB pages on Power. */
export const HOST_PAGE_SIZE = 0x10000;

export type AreaKind =
  | 'anonymous'
  /** hugetlbfs: pages of 16 MiB. */
  | 'hugetlb'
  /** A stretch of contiguous memory that KVM_ALLOCATE_RMA gave. */
  | 'rma'
  /** remap_pfn_range() over a device's registers: VM_IO and VM_PFNMAP, present from the start, cache-inhibited. */
  | 'device';

/** Linux: struct vm_area_struct. */
export interface Area {
  readonly start: bigint;
  readonly end: bigint;
  readonly kind: AreaKind;
  readonly pageSize: number;
  readonly name: string;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Host real address of the first byte, for kinds whose frames are fixed. */
  readonly frames: bigint | undefined;
}

/** A present page: what a host PTE says. */
export interface HostPage {
  readonly realAddress: bigint;
  readonly pageSize: number;
  readonly writable: boolean;
  readonly cacheInhibited: boolean;
}
export type UserPage =
  | { readonly kind: 'page'; readonly page: HostPage }
  /** Linux: -EFAULT. */
  | { readonly kind: 'fault'; readonly why: 'no area' | 'not readable' | 'not writable' };

const pageSizes: Readonly<Record<AreaKind, number>> = {
  anonymous: HOST_PAGE_SIZE,
  hugetlb: 0x100_0000,
  rma: HOST_PAGE_SIZE,
  device: HOST_PAGE_SIZE,
};

export class AddressSpace {
  readonly #memory: PhysicalMemory;
  readonly #areas: Area[] = [];
  /** By the address of the page's first byte: the host's page table. */
  readonly #present = new Map<bigint, HostPage>();
  #nextAddress = 0x7fff_4000_0000n;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
  }

  /** mmap: an area of this size at an address that the host chooses. */
  map(kind: AreaKind, size: bigint, name: string, frames?: bigint): Area {
    const alignment = 0x100_0000n;
    const start = this.#nextAddress;
    this.#nextAddress = ((start + size + alignment - 1n) / alignment + 1n) * alignment;
    const area: Area = {
      start,
      end: start + size,
      kind,
      pageSize: pageSizes[kind],
      name,
      readable: true,
      writable: true,
      frames,
    };
    this.#areas.push(area);
    return area;
  }

  /** Linux: find_vma(), for an address inside an area. */
  areaAt(address: bigint): Area | undefined {
    return this.#areas.find(({ start, end }) => address >= start && address < end);
  }
  areasIn(start: bigint, end: bigint): readonly Area[] {
    return this.#areas.filter((area) => area.start < end && start < area.end);
  }

  /** What the host's page table says now; undefined when no page is there yet. Linux: a lookup of the Linux PTE. */
  presentPage(address: bigint): HostPage | undefined {
    const area = this.areaAt(address);
    if (!area) return undefined;
    if (area.frames !== undefined) return this.#fixedPage(area, area.frames, address);
    return this.#present.get(pageStart(address, area.pageSize));
  }

  /** Linux: get_user_pages() of one page, which brings it in. */
  userPage(address: bigint, write: boolean): UserPage {
    const area = this.areaAt(address);
    if (!area) return { kind: 'fault', why: 'no area' };
    if (!area.readable) return { kind: 'fault', why: 'not readable' };
    if (write && !area.writable) return { kind: 'fault', why: 'not writable' };
    return { kind: 'page', page: this.presentPage(address) ?? this.#bringIn(area, address) };
  }

  #fixedPage(area: Area, frames: bigint, address: bigint): HostPage {
    const offset = pageStart(address, area.pageSize) - area.start;
    return {
      realAddress: frames + offset,
      pageSize: area.pageSize,
      writable: area.writable,
      cacheInhibited: area.kind === 'device',
    };
  }
  #bringIn(area: Area, address: bigint): HostPage {
    const page: HostPage = {
      realAddress: BigInt(this.#memory.allocate(area.pageSize)),
      pageSize: area.pageSize,
      writable: area.writable,
      cacheInhibited: false,
    };
    this.#present.set(pageStart(address, area.pageSize), page);
    return page;
  }
}

const pageStart = (address: bigint, pageSize: number): bigint => address & -BigInt(pageSize);

/** The names that Linux gives an area's flags. */
export function areaFlagNames(area: Area): readonly string[] {
  const names = [area.readable && 'VM_READ', area.writable && 'VM_WRITE'];
  if (area.kind === 'device') names.push('VM_IO', 'VM_PFNMAP');
  if (area.kind === 'hugetlb') names.push('VM_HUGETLB');
  return names.filter((name) => name !== false);
}

/**
 * The translation control entries (TCEs) of one logical I/O bus: what lets a device reach the guest's memory (PAPR
 * 14.5.1.2; Linux: arch/powerpc/kvm/book3s_64_vio.c). They lie in the modelled host's memory, as KVM keeps them.
 */

/** Bytes that an entry maps: the page of the default window. */
export const IO_PAGE = 0x1000n;
const ENTRY_BYTES = 8;
export const tceBits = { read: 1n, write: 2n } as const;

export class TranslationControlTable {
  /** Logical I/O bus number. */
  readonly bus: number;
  /** Bytes that all entries together map, from bus address 0. */
  readonly windowSize: bigint;
  readonly #view: DataView;
  readonly #base: number;

  /** `base`: place of the first entry in linear memory. */
  constructor(bus: number, windowSize: bigint, view: DataView, base: number) {
    this.bus = bus;
    this.windowSize = windowSize;
    this.#view = view;
    this.#base = base;
  }
  static bytesFor(windowSize: bigint): number {
    return Number(windowSize / IO_PAGE) * ENTRY_BYTES;
  }

  /** Whether so many pages from this bus address on are pages of the window. Linux: kvmppc_ioba_validate(). */
  holds(busAddress: bigint, pages: bigint): boolean {
    return busAddress % IO_PAGE === 0n && pages >= 0n && busAddress + pages * IO_PAGE <= this.windowSize;
  }
  /** The entry of a bus address within the window. */
  get(busAddress: bigint): bigint {
    return this.#view.getBigUint64(this.#place(busAddress));
  }
  put(busAddress: bigint, entry: bigint): void {
    this.#view.setBigUint64(this.#place(busAddress), entry);
  }
  #place(busAddress: bigint): number {
    return this.#base + Number(busAddress / IO_PAGE) * ENTRY_BYTES;
  }
}

/** An entry that KVM takes: an address of a page, and the two permissions. Linux: kvmppc_tce_validate(). */
export const isEntry = (entry: bigint): boolean => (entry & (IO_PAGE - 1n) & ~(tceBits.read | tceBits.write)) === 0n;
/** Guest physical address of the page that an entry maps. */
export const pageOfEntry = (entry: bigint): bigint => entry & -IO_PAGE;

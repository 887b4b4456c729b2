/**
 * What must hold of a guest's memory whatever KVM and its host do: what the host process has mapped with which rights,
 * what each of its pages holds, and what the guest has entered in its page table.
 */
import { HOST_PAGE_SIZE } from '../../emulator/host/area';

export const HOST_PAGE = BigInt(HOST_PAGE_SIZE);
export const SMALL_PAGE = 0x1000n;

export interface ModelEntry {
  readonly index: number;
  readonly guestPage: bigint;
  readonly size: bigint;
  readonly writable: boolean;
  referenced: boolean;
  changed: boolean;
}
export interface ModelSlot {
  readonly number: number;
  base: bigint;
  readonly size: bigint;
  readonly host: bigint;
  /** Numbers of pages written to since the log was last read; undefined: not logging. */
  dirty: Set<number> | undefined;
}
interface Rights {
  readonly readable: boolean;
  readonly writable: boolean;
}
interface Child {
  readonly frames: ReadonlyMap<bigint, bigint>;
  readonly contents: ReadonlyMap<bigint, bigint>;
}

export class GuestMemoryModel {
  /** By the effective address of its page. */
  readonly entries = new Map<bigint, ModelEntry>();
  slots: ModelSlot[] = [];
  /** By the address of the host's page; none: nothing is mapped. */
  readonly rights = new Map<bigint, Rights>();
  /** A doubleword for each 4 KiB of the host process that is not zero. */
  readonly contents = new Map<bigint, bigint>();
  readonly children: Child[] = [];

  mapped(start: bigint, end: bigint, rights: Rights | undefined, fresh: boolean): void {
    for (let page = start; page < end; page += HOST_PAGE) {
      if (rights) this.rights.set(page, rights);
      else this.rights.delete(page);
      if (!fresh) continue;
      for (let small = page; small < page + HOST_PAGE; small += SMALL_PAGE) this.contents.delete(small);
    }
  }
  forked(frames: ReadonlyMap<bigint, bigint>): void {
    const contents = new Map<bigint, bigint>();
    for (const page of frames.keys())
      for (let small = page; small < page + HOST_PAGE; small += SMALL_PAGE)
        contents.set(small, this.contents.get(small) ?? 0n);
    this.children.push({ frames, contents });
  }

  slotAt(guest: bigint): ModelSlot | undefined {
    return this.slots.find(({ base, size }) => guest >= base && guest < base + size);
  }
  hostOf(guest: bigint): bigint | undefined {
    const slot = this.slotAt(guest);
    return slot && slot.host + (guest - slot.base);
  }
  /** What an access must come to, as things stand now. */
  verdict(effectiveAddress: bigint, pageOf: (address: bigint) => bigint, store: boolean) {
    const entry = this.entries.get(pageOf(effectiveAddress));
    if (!entry) return { kind: 'no-entry' } as const;
    if (store && !entry.writable) return { kind: 'refused' } as const;
    const guest = entry.guestPage + (effectiveAddress & (entry.size - 1n));
    const host = this.hostOf(guest);
    if (host === undefined) return { kind: 'mmio' } as const;
    const rights = this.rights.get(host & -HOST_PAGE);
    if (!rights?.readable || (store && !rights.writable)) return { kind: 'efault' } as const;
    return { kind: 'done', entry, guest, host } as const;
  }
  wrote(guest: bigint, host: bigint, value: bigint): void {
    this.contents.set(host & -SMALL_PAGE, value);
    const slot = this.slotAt(guest);
    slot?.dirty?.add(Number((guest - slot.base) / HOST_PAGE));
  }
}

/** What the host's kernel does with a process's pages by itself. Each returns how many pages it did it to. */
import type { AddressSpace, PresentPage } from './address-space';

/** Pages that somebody holds by their frame cannot move: the patch of 2011 holds all of a slot's. */
const isPinned = (space: AddressSpace, { frame }: PresentPage): boolean => space.state.pinned.has(frame);
const canMove = (space: AddressSpace, page: PresentPage): boolean =>
  !isPinned(space, page) && (page.area.kind === 'anonymous' || page.area.kind === 'private-file');

/** Writes pages out. Linux: shrink_page_list(), try_to_unmap(). */
export function swapOut(space: AddressSpace, start: bigint, end: bigint): number {
  return space.replacePages(start, end, (page) => {
    if (!canMove(space, page)) return undefined;
    const contents = space.memory.bytes(page.frame, page.area.pageSize).slice();
    space.letGo(page.frame, page.area.pageSize);
    return { kind: 'swapped', contents };
  });
}

/** Moves pages to other frames. Linux: migrate_pages(). */
export function migrate(space: AddressSpace, start: bigint, end: bigint): number {
  return space.replacePages(start, end, (page) => {
    const alone = (space.state.holders.get(page.frame) ?? 1) <= 1;
    if (!canMove(space, page) || !alone) return undefined;
    const bytes = page.area.pageSize;
    const frame = BigInt(space.memory.allocate(bytes));
    space.memory.fill(frame, space.memory.bytes(page.frame, bytes));
    space.letGo(page.frame, bytes);
    return { kind: 'present', frame, writable: page.writable };
  });
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => one.every((byte, index) => byte === other[index]);

/** Same-page merging: pages of equal contents share one frame, read-only. Linux: mm/ksm.c try_to_merge_one_page(). */
export function merge(space: AddressSpace, start: bigint, end: bigint): number {
  const kept: bigint[] = [];
  return space.replacePages(
    start,
    end,
    (page) => {
      if (!canMove(space, page) || page.area.kind !== 'anonymous') return undefined;
      const bytes = space.memory.bytes(page.frame, page.area.pageSize);
      const twin = kept.find((frame) => sameBytes(space.memory.bytes(frame, page.area.pageSize), bytes));
      if (twin === undefined) kept.push(page.frame);
      if (twin === undefined || twin === page.frame) return { kind: 'present', frame: page.frame, writable: false };
      space.letGo(page.frame, page.area.pageSize);
      space.hold(twin);
      return { kind: 'present', frame: twin, writable: false };
    },
    'change-pte',
  );
}

/**
 * The process forks: a child that never runs holds every page of the range as it is now, and who writes next has a copy
 * made. Linux: copy_page_range().
 */
export function fork(space: AddressSpace, start: bigint, end: bigint): number {
  const child = new Map<bigint, bigint>();
  space.state.children.push(child);
  return space.replacePages(start, end, ({ address, area, frame }) => {
    if (area.kind === 'shared-file') return undefined;
    space.hold(frame);
    child.set(address, frame);
    return { kind: 'present', frame, writable: false };
  });
}

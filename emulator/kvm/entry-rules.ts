/** What KVM asks of an HPTE and makes of it (Linux: asm/kvm_book3s_64.h). */
import { hpteFirst, hpteSecond, RESERVED_KEY } from '../mmu/hashed-page-table-entry';
import { hptePageShifts } from '../mmu/page-size';

const PP = hpteSecond.mask.protection;
export const KEY = hpteSecond.mask.key;
export const WIMG = hpteSecond.mask.wimg;
export const MEMORY_COHERENCE = 0x10n;
const WRITE_THROUGH = 0x40n;
const CACHE_INHIBITED = 0x20n;
export const REFERENCED_AND_CHANGED = hpteSecond.mask.referenced | hpteSecond.mask.changed;
/** What H_ENTER takes out of a guest's first doubleword before it puts its own there. */
export const SOFTWARE_STATE = hpteFirst.mask.valid | hpteFirst.mask.absent | hpteFirst.mask.lockedByHost;

export const isPresent = (first: bigint): boolean => (first & (hpteFirst.mask.valid | hpteFirst.mask.absent)) !== 0n;
export const hasReservedKey = (second: bigint): boolean => hpteSecond.decode(second).key === RESERVED_KEY;
/** KVM's mark of a page that has no memory slot. Linux: is_mmio_hpte(). */
export const isEmulatedMmio = (first: bigint, second: bigint): boolean =>
  (first & hpteFirst.mask.absent) !== 0n && hasReservedKey(second);

/** pp as KVM counts it: PP0 alone makes it larger than every pp below 4. */
const protection = (second: bigint): bigint => hpteSecond.decode(second).protection;
/** Linux: hpte_read_permission(). */
export function readable(second: bigint, storageKey: boolean): boolean {
  const pp = protection(second);
  return storageKey ? pp >= 1n && pp <= 3n : true;
}
/** Linux: hpte_write_permission(). */
export function writable(second: bigint, storageKey: boolean): boolean {
  const pp = protection(second);
  return storageKey ? pp === 2n : pp <= 2n;
}
/** Linux: hpte_make_readonly(). */
export function madeReadOnly(second: bigint): bigint {
  const pp = protection(second);
  const withoutProtection = second & ~PP;
  return pp >= 4n || pp === 0n ? withoutProtection | hpteSecond.encode({ protection: 6n }) : withoutProtection | 3n;
}
/** Linux: hpte_is_writable(), for either storage key. */
export const canBeWritten = (second: bigint): boolean => protection(second) !== 3n && protection(second) !== 6n;

/** The two AMR bits of an entry's key. Linux: hpte_get_skey_perm(). */
export const keyPermission = (second: bigint, amr: bigint): bigint =>
  (amr >> (62n - 2n * hpteSecond.decode(second).key)) & 3n;

/** Linux: hpte_cache_flags_ok(). */
export function cacheFlagsAgree(second: bigint, cacheInhibited: boolean): boolean {
  const wimg = second & WIMG;
  if (cacheInhibited) return (wimg & CACHE_INHIBITED) !== 0n && (wimg & WRITE_THROUGH) === 0n;
  const strongAccessOrder = WRITE_THROUGH | CACHE_INHIBITED | MEMORY_COHERENCE;
  return wimg === MEMORY_COHERENCE || wimg === strongAccessOrder;
}

/** Guest physical address and size of the page that an entry maps, by the guest's view; undefined for a reserved size. */
export function guestPage(first: bigint, guestSecond: bigint): { address: bigint; size: bigint } | undefined {
  const { actual } = hptePageShifts(first, guestSecond);
  if (actual === 0) return undefined;
  const size = 1n << BigInt(actual);
  return { address: guestSecond & hpteSecond.mask.realPage & ~(size - 1n), size };
}

/** The guest's second doubleword with the host's page put in: PP, key and what lies below the page size stay. */
export function withHostPage(guestSecond: bigint, hostAddress: bigint, pageSize: bigint): bigint {
  const kept = hpteSecond.mask.protection | (pageSize - 1n) | (KEY & (3n << 60n));
  return (guestSecond & kept) | hostAddress;
}

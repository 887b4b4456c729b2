/** What a guest must see of its page table, whatever KVM does behind it: a map from index to what was entered. */
import type { BehaviorName } from '../../emulator/machine/configuration';
import {
  H_AVPN,
  H_ANDCOND,
  H_EXACT,
  H_NOT_FOUND,
  H_PARAMETER,
  H_PTEG_FULL,
  H_SUCCESS,
  HPTE_R_KEY,
  HPTE_R_N,
  HPTE_R_PP0,
  HPTE_V_ABSENT,
  HPTE_V_HVLOCK,
  HPTE_V_VALID,
  keyOf,
  type KvmUnderTest,
} from './emulator-kvm';
import { architecture } from './emulator-mmu-oracle';

interface GuestEntry {
  readonly first: bigint;
  readonly second: bigint;
}
interface Answer {
  readonly status: bigint;
  readonly index?: number;
  readonly entry?: GuestEntry;
}
const REPLACED = HPTE_R_PP0 | 3n | HPTE_R_N | HPTE_R_KEY;

export class PageTableModel {
  readonly entries = new Map<number, GuestEntry>();
  readonly #tested: KvmUnderTest;
  readonly #behavior: BehaviorName;

  constructor(tested: KvmUnderTest, behavior: BehaviorName) {
    this.#tested = tested;
    this.#behavior = behavior;
  }
  get #refusesKey31(): boolean {
    return this.#behavior === 'rfc-2011';
  }

  /** The checks of kvmppc_do_h_enter() in their order (facts 5). */
  enter(flags: bigint, pteIndex: bigint, first: bigint, second: bigint): Answer {
    const { kvm } = this.#tested;
    const refused = { status: H_PARAMETER };
    if (this.#behavior === 'v6.1' && first >> 63n !== 0n) return refused;
    const size = architecture.pageSize(first, second);
    if (!size) return refused;
    if (this.#refusesKey31 && keyOf(second) === 31n) return refused;
    const bytes = 1n << BigInt(size[1]);
    const address = second & 0x0fff_ffff_ffff_f000n & -bytes;
    const slot = kvm.slots.find((one) => address >= one.baseAddress && address < one.baseAddress + one.size);
    if (slot) {
      if (slot.baseAddress % bytes !== 0n || slot.size % bytes !== 0n) return refused;
      const page = kvm.process.presentPage(slot.hostVirtualAddress + address - slot.baseAddress);
      if (page && BigInt(page.pageSize) < bytes) return refused;
      if (page?.cacheInhibited === true && (second & 0x60n) !== 0x20n) return refused;
    }
    if (pteIndex >= BigInt(kvm.table.entryCount)) return refused;
    const exact = (flags & H_EXACT) !== 0n;
    const candidates = exact ? [pteIndex] : Array.from({ length: 8 }, (_, i) => (pteIndex & ~7n) + BigInt(i));
    const free = candidates.map(Number).find((index) => !this.entries.has(index));
    if (free === undefined) return { status: H_PTEG_FULL };
    const kept = first & ~(HPTE_V_ABSENT | HPTE_V_HVLOCK);
    this.entries.set(free, { first: kept | HPTE_V_VALID, second: second & ~(1n << 62n) });
    return { status: H_SUCCESS, index: free };
  }

  #found(flags: bigint, pteIndex: bigint, avpn: bigint): Answer {
    if (pteIndex >= BigInt(this.#tested.kvm.table.entryCount)) return { status: H_PARAMETER };
    const index = Number(pteIndex);
    const entry = this.entries.get(index);
    if (!entry) return { status: H_NOT_FOUND };
    if ((flags & H_AVPN) !== 0n && (entry.first & ~0x7fn) !== avpn) return { status: H_NOT_FOUND };
    return { status: H_SUCCESS, index, entry };
  }

  remove(flags: bigint, pteIndex: bigint, avpn: bigint): Answer {
    const found = this.#found(flags, pteIndex, avpn);
    if (!found.entry || found.index === undefined) return found;
    // ANDCOND looks at what stands in the table, where an absent entry has no V.
    const real = this.#tested.kvm.table.first(found.index);
    if ((flags & H_ANDCOND) !== 0n && (real & avpn) !== 0n) return { status: H_NOT_FOUND };
    this.entries.delete(found.index);
    return found;
  }

  protect(flags: bigint, pteIndex: bigint, avpn: bigint): Answer {
    const found = this.#found(flags, pteIndex, avpn);
    if (!found.entry || found.index === undefined) return found;
    const wanted = ((flags << 55n) & HPTE_R_PP0) | ((flags << 48n) & (3n << 60n)) | (flags & 0xe07n);
    if (this.#refusesKey31 && keyOf(wanted) === 31n) return { status: H_PARAMETER };
    this.entries.set(found.index, { ...found.entry, second: (found.entry.second & ~REPLACED) | wanted });
    return { status: H_SUCCESS };
  }
}

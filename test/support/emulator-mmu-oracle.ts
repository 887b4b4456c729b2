/**
 * The MMU once more, with nothing of the emulator's: every entry of the table is decoded to the virtual page that it
 * maps, and a translation asks which of them holds the address. So the hash is tested, not repeated. The rules are
 * data, so that a test can break one and see the disagreement.
 */
import type { ProcessorState, World, WorldSegment } from './emulator-mmu-world';
import { HOST_BYTES } from './emulator-mmu-world';
import type { Access } from '../../emulator/mmu/storage-fault';

export type OracleVerdict =
  'mapped' | 'segment-miss' | 'segment-no-execute' | 'no-entry' | 'refused' | 'beyond-real-mode-limit';

export interface OracleAnswer {
  readonly verdict: OracleVerdict;
  /** DSISR or SRR1, for what is refused. */
  readonly status: bigint;
  readonly realAddress: bigint | undefined;
  /** Of the entry that was taken, and its second doubleword afterwards. */
  readonly entry: { readonly index: number; readonly second: bigint } | undefined;
  /** What the software TLB may remember; undefined where the real address is no memory. */
  readonly remembered: { readonly load: boolean; readonly store: boolean } | undefined;
}

type Rights = '' | 'r' | 'rw';

/** Power ISA 2.07 Book III-S 5.7, as facts 1.2 to 1.6 and 2 have it. */
export const architecture = {
  /** 5.7.7.3: the hash of a virtual page number's segment part. */
  hashedSegment: (vsid: bigint, terabyte: boolean): bigint => (terabyte ? vsid ^ (vsid << 25n) : vsid),
  /** The number of the other group: the ones' complement of the hash. */
  otherGroup: (group: bigint, mask: bigint): bigint => mask - group,
  /** 5.7.9.1: by storage key, then pp with PP0 as its highest bit. */
  rights: [
    ['rw', 'rw', 'rw', 'r', '', '', 'r', ''],
    ['', 'r', 'rw', 'r', '', '', '', ''],
  ] as readonly (readonly Rights[])[],
  storageKey: (problem: boolean, ks: boolean, kp: boolean): 0 | 1 => ((problem ? kp : ks) ? 1 : 0),
  classKey: (second: bigint): number => Number(((second & (3n << 60n)) >> 57n) | ((second & 0xe00n) >> 9n)),
  keyField: (register: bigint, key: number): number => Number((register >> BigInt(62 - 2 * key)) & 3n),
  /** Which of the two bits bars which access. */
  bars: { load: 1, store: 2, fetch: 1 } as Readonly<Record<Access, number>>,
  /** Storage keys count only where translation is on. */
  keysInRealMode: false,
  noExecute: (second: bigint): boolean => (second & 0xcn) !== 0n,
  /** Base and actual page size of an entry; undefined where reserved (facts 1.3, "Decoder"). */
  pageSize(first: bigint, second: bigint): readonly [base: number, actual: number] | undefined {
    if ((first & 4n) === 0n) return [12, 12];
    const low = Number((second >> 12n) & 0xfn);
    const high = Number((second >> 16n) & 0xfn);
    if (low === 0) return high === 0 ? [24, 24] : undefined;
    if (low === 1) return [16, 16];
    if (low === 3) return high === 0 ? [34, 34] : undefined;
    if (low === 7) return [12, 16];
    if (low === 8 && high === 0) return [16, 24];
    return low === 8 && high === 3 ? [12, 24] : undefined;
  },
  comparesSegmentSize: true,
  setsChangedOn: ['store'] as readonly Access[],
  remembersLoadsOfStores: (loadAllowed: boolean): boolean => loadAllowed,
  realModeLimit: (selector: bigint): bigint =>
    ({ 0: 1n << 38n, 1: 1n << 34n, 2: 1n << 30n, 3: 1n << 26n, 4: 1n << 28n, 7: 1n << 27n, 8: 1n << 25n })[
      Number(selector)
    ] ?? 0n,
  offsetInto: (address: bigint, rmor: bigint): bigint => address | rmor,
};
export type Rules = typeof architecture;

interface DecodedEntry {
  readonly index: number;
  readonly first: bigint;
  readonly segmentSize: bigint;
  readonly baseShift: number;
  readonly actualShift: number;
  /** The virtual address that it maps from on; undefined: it stands where no search for it comes by. */
  readonly page: bigint | undefined;
  readonly secondary: boolean;
}

/** Tries every page number that the AVPN leaves open, and keeps the one that would be looked for in this group. */
function pageMappedBy(rules: Rules, first: bigint, baseShift: number, group: number, mask: bigint): bigint | undefined {
  const known = ((first >> 7n) & ((1n << 55n) - 1n)) << 23n;
  const terabyte = first >> 62n === 1n;
  const segmentShift = terabyte ? 40n : 28n;
  const shift = BigInt(baseShift);
  const hashed = rules.hashedSegment(known >> segmentShift, terabyte);
  const secondary = (first & 2n) !== 0n;
  const wanted = secondary ? rules.otherGroup(BigInt(group), mask) : BigInt(group);
  const inSegment = known & ((1n << segmentShift) - 1n);
  if (shift > 23n) {
    if ((known & ((1n << shift) - 1n)) !== 0n) return undefined;
    return ((hashed ^ (inSegment >> shift)) & mask) === wanted ? known : undefined;
  }
  const open = 1 << (23 - baseShift);
  const lowest = Number((hashed ^ (inSegment >> shift) ^ wanted) & mask & BigInt(open - 1));
  for (let number = 0; number < open; number++) {
    if (number !== lowest) continue;
    const page = known | (BigInt(number) << shift);
    const hash = (hashed ^ ((page & ((1n << segmentShift) - 1n)) >> shift)) & mask;
    if (hash === wanted) return page;
  }
  return undefined;
}

export class Oracle {
  readonly #world: World;
  readonly #rules: Rules;
  readonly #entries: readonly DecodedEntry[];

  constructor(world: World, changed: Partial<Rules> = {}) {
    this.#world = world;
    this.#rules = { ...architecture, ...changed };
    const { table } = world;
    const entries: DecodedEntry[] = [];
    for (let index = 0; index < table.entryCount; index++) {
      const first = table.first(index);
      if ((first & 0x21n) === 0n) continue;
      const size = this.#rules.pageSize(first, table.second(index));
      if (!size) continue;
      const page = pageMappedBy(this.#rules, first, size[0], index >> 3, BigInt(table.groupCount - 1));
      const secondary = (first & 2n) !== 0n;
      const segmentSize = first >> 62n;
      entries.push({ index, first, segmentSize, baseShift: size[0], actualShift: size[1], page, secondary });
    }
    this.#entries = entries;
  }

  /** The entry that maps an address of a segment: all are asked, those of primary groups before the others. */
  #entryOf(
    segment: Pick<WorldSegment, 'vsidWord'>,
    effectiveAddress: bigint,
    states: bigint,
  ): DecodedEntry | undefined {
    const { vsidWord } = segment;
    const segmentSize = vsidWord >> 62n;
    const segmentShift = segmentSize === 1n ? 40n : 28n;
    const vsid = (vsidWord & ((1n << 62n) - 1n)) >> (segmentSize === 1n ? 24n : 12n);
    const baseShift = { 0: 12, 0x110: 16, 0x100: 24 }[Number(vsidWord & 0x130n)];
    if (baseShift === undefined) throw new Error('the world has no such segment');
    const virtualAddress = (vsid << segmentShift) | (effectiveAddress & ((1n << segmentShift) - 1n));
    const page = (virtualAddress >> BigInt(baseShift)) << BigInt(baseShift);
    const sizeAgrees = (one: DecodedEntry) => one.segmentSize === segmentSize || !this.#rules.comparesSegmentSize;
    const mapping = this.#entries.filter(
      (one) => one.page === page && one.baseShift === baseShift && sizeAgrees(one) && (one.first & states) !== 0n,
    );
    return mapping.find(({ secondary }) => !secondary) ?? mapping[0];
  }

  #segmentOf(effectiveAddress: bigint): { readonly slot: number; readonly vsidWord: bigint } | undefined {
    for (let slot = 0; slot < 32; slot++) {
      const { esid, vsid } = this.#world.registers.slbEntry(slot);
      const size = vsid >> 62n === 1n ? 1n << 40n : 1n << 28n;
      const start = esid & ~0xfff_ffffn;
      const valid = (esid & 0x0800_0000n) !== 0n;
      if (valid && effectiveAddress >= start && effectiveAddress < start + size) return { slot, vsidWord: vsid };
    }
    return undefined;
  }

  /** Linux: kvmppc_hv_find_lock_hpte(), which takes absent entries too. */
  search(state: ProcessorState, effectiveAddress: bigint, access: Access) {
    const relocated = (state.msr & (access === 'fetch' ? 0x20n : 0x10n)) !== 0n;
    const segment = relocated ? this.#segmentOf(effectiveAddress) : this.#lent(state);
    if (!segment) return { verdict: 'segment-miss' } as const;
    const entry = this.#entryOf(segment, effectiveAddress, 0x21n);
    if (!entry) return { verdict: 'no-entry', vsidWord: segment.vsidWord } as const;
    return { verdict: 'mapped', vsidWord: segment.vsidWord, index: entry.index } as const;
  }

  segmentSlot(effectiveAddress: bigint): number | undefined {
    return this.#segmentOf(effectiveAddress)?.slot;
  }

  #lent({ lpcr }: ProcessorState) {
    return { vsidWord: 0x4001_ffff_ff00_0000n | ((lpcr & 0x000f_8000_0000_0000n) >> 43n) };
  }

  translate(state: ProcessorState, effectiveAddress: bigint, access: Access): OracleAnswer {
    const store = access === 'store' ? 0x0200_0000n : 0n;
    const none = (verdict: OracleVerdict, status: bigint): OracleAnswer => ({
      verdict,
      status,
      realAddress: undefined,
      entry: undefined,
      remembered: undefined,
    });
    const relocated = (state.msr & (access === 'fetch' ? 0x20n : 0x10n)) !== 0n;
    const beyond = none('beyond-real-mode-limit', 0x0800_0000n | store);
    if (relocated) {
      const segment = this.#segmentOf(effectiveAddress);
      if (!segment) return none('segment-miss', store);
      if (access === 'fetch' && (segment.vsidWord & 0x200n) !== 0n) return none('segment-no-execute', 0x1000_0000n);
      return this.#throughTable(state, effectiveAddress, access, segment.vsidWord, relocated);
    }
    const address = effectiveAddress & ((1n << 60n) - 1n);
    if ((state.msr & (1n << 60n)) !== 0n) return this.#atOnce(address);
    if ((state.lpcr & (1n << 63n)) !== 0n)
      return address >= 1n << 40n
        ? beyond
        : this.#throughTable(state, address, access, this.#lent(state).vsidWord, relocated);
    if (address >= this.#rules.realModeLimit((state.lpcr >> 26n) & 15n)) return beyond;
    return this.#atOnce(this.#rules.offsetInto(address, state.rmor));
  }

  #atOnce(realAddress: bigint): OracleAnswer {
    const remembered = realAddress < BigInt(HOST_BYTES) ? { load: true, store: true } : undefined;
    return { verdict: 'mapped', status: 0n, realAddress, entry: undefined, remembered };
  }

  #throughTable(
    state: ProcessorState,
    effectiveAddress: bigint,
    access: Access,
    vsidWord: bigint,
    relocated: boolean,
  ): OracleAnswer {
    const rules = this.#rules;
    const store = access === 'store' ? 0x0200_0000n : 0n;
    const entry = this.#entryOf({ vsidWord }, effectiveAddress, 1n);
    if (!entry)
      return {
        verdict: 'no-entry',
        status: 0x4000_0000n | store,
        realAddress: undefined,
        entry: undefined,
        remembered: undefined,
      };
    const second = this.#world.table.second(entry.index);
    const problem = (state.msr & 0x4000n) !== 0n;
    const key = rules.storageKey(problem, (vsidWord & 0x800n) !== 0n, (vsidWord & 0x400n) !== 0n);
    const pp = Number(((second >> 63n) << 2n) | (second & 3n));
    const rights = rules.rights[key]?.[pp] ?? '';
    const register = access === 'fetch' ? state.iamr : state.amr;
    const field = relocated || rules.keysInRealMode ? rules.keyField(register, rules.classKey(second)) : 0;
    const byProtection = (one: Access) => (one === 'store' ? rights === 'rw' : rights !== '');
    const byKey = (one: Access) => (field & rules.bars[one]) === 0;
    let status = byKey(access) ? 0n : 0x0020_0000n;
    if (access === 'fetch' && rules.noExecute(second)) status |= 0x1000_0000n;
    else if (!byProtection(access)) status |= 0x0800_0000n;
    if (status !== 0n)
      return {
        verdict: 'refused',
        status: status | store,
        realAddress: undefined,
        entry: { index: entry.index, second },
        remembered: undefined,
      };

    const after = second | 0x100n | (rules.setsChangedOn.includes(access) ? 0x80n : 0n);
    const inPage = (1n << BigInt(entry.actualShift)) - 1n;
    const realAddress = (second & 0x0fff_ffff_ffff_f000n & ~inPage) | (effectiveAddress & inPage);
    const allowed = (one: Access) => byProtection(one) && byKey(one);
    const changed = (after & 0x80n) !== 0n;
    return {
      verdict: 'mapped',
      status: 0n,
      realAddress,
      entry: { index: entry.index, second: after },
      remembered:
        realAddress < BigInt(HOST_BYTES)
          ? { load: rules.remembersLoadsOfStores(allowed('load')), store: allowed('store') && changed }
          : undefined,
    };
  }
}

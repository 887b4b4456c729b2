import { describe, expect, it } from 'vitest';
import { explainTranslation, entryIndexAt } from '../../../emulator/mmu/explain-translation';
import { dataTlb, fetchTlb, HOST_MEMORY, NO_PAGE, translationResults } from '../../../emulator/state/layout';
import { verdicts } from '../../../emulator/mmu/verdict';
import { architecture, Oracle, type OracleAnswer, type Rules } from '../../support/emulator-mmu-oracle';
import { randomWorld, type TranslationCase, type World } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

const orders = [18, 18, 18, 19, 20, 21, 18, 18] as const;
const CASES_IN_WORLD = 3000;

/** What the emitted walk came to, put as the oracle puts it. */
function emitted(world: World, { state, effectiveAddress, access }: TranslationCase): OracleAnswer {
  const { view, table, registers } = world;
  world.enter(state);
  registers.view.setBigUint64(translationResults.realAddress, 0n, true);
  const tlb = { start: dataTlb.offset, end: fetchTlb.offset + fetchTlb.entries * fetchTlb.entrySize };
  world.block.fill(0xff, tlb.start, tlb.end);
  const verdict = world.walks.translate(registers.base, effectiveAddress, access);
  if (verdict === 'no-such-real-address') throw new Error('the walk cannot know that');
  const result = (at: number) => view.getBigUint64(registers.base + at, true);
  const place = result(translationResults.entryAddress);
  const index = place === 0n ? undefined : entryIndexAt(place, BigInt(table.address));
  const mapped = verdict === 'mapped';
  const realAddress = mapped ? result(translationResults.realAddress) : undefined;
  return {
    verdict,
    status: mapped ? 0n : result(translationResults.status),
    realAddress,
    entry: index === undefined ? undefined : { index, second: table.second(index) },
    remembered: remembered(world, effectiveAddress, access, realAddress),
  };
}

/** What of the access stands in a software TLB. Anything that is remembered must lead to the right place. */
function remembered(world: World, effectiveAddress: bigint, access: string, realAddress: bigint | undefined) {
  const { view } = world;
  const number = effectiveAddress >> 12n;
  const page = number << 12n;
  const fetch = access === 'fetch';
  const slot = fetch
    ? fetchTlb.offset + Number(number & 63n) * fetchTlb.entrySize
    : dataTlb.offset + Number((number ^ (number >> 10n)) & 1023n) * dataTlb.entrySize;
  const at = (offset: number) => view.getBigUint64(slot + offset, true);
  const isThere = (tag: bigint) => {
    if (tag !== page && tag !== BigInt.asUintN(64, NO_PAGE)) throw new Error('a tag of another page');
    return tag === page;
  };
  const load = isThere(at(fetch ? fetchTlb.tag : dataTlb.readTag));
  const store = fetch ? false : isThere(at(dataTlb.writeTag));
  if (!load && !store) return undefined;
  const leadsTo = BigInt.asUintN(64, effectiveAddress + at(fetch ? fetchTlb.addend : dataTlb.addend));
  if (realAddress === undefined || leadsTo !== realAddress + BigInt(HOST_MEMORY))
    throw new Error(`the TLB leads to ${leadsTo.toString(16)}`);
  return { load, store };
}

/** The fetch TLB knows one right only. */
const comparable = (answer: OracleAnswer, { access }: TranslationCase): OracleAnswer =>
  access === 'fetch' && answer.remembered ? { ...answer, remembered: { load: true, store: false } } : answer;

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `0x${part.toString(16)}` : part));

/** The oracle's answer before the walk changes R and C, the walk's answer, and the explanation's. */
function* translations(seed: number, cases = CASES_IN_WORLD) {
  const random = new Random(seed);
  for (const order of orders) {
    const world = randomWorld(random, order);
    const oracle = new Oracle(world);
    for (let count = 0; count < cases; count++) yield { world, oracle, one: world.nextCase() };
  }
}

describe('translation', () => {
  const seed = seedFor('translation');

  it('by the emitted walk and by the explained one comes to what a scan of the whole table says', () => {
    const verdictsSeen = new Map<string, number>();
    const seen = (what: string) => verdictsSeen.set(what, (verdictsSeen.get(what) ?? 0) + 1);
    for (const { world, oracle, one } of translations(seed)) {
      const { effectiveAddress, access, state } = one;
      const expected = comparable(oracle.translate(state, effectiveAddress, access), one);
      world.enter(state);
      const decision = explainTranslation(world.view, world.registers.base, effectiveAddress, access);
      const answer = emitted(world, one);
      if (shown(answer) !== shown(expected)) expect({ one, answer }).toEqual({ one, answer: expected });
      const explained = {
        verdict: decision.verdict,
        status: decision.status,
        realAddress: decision.realAddress,
        index: decision.entry?.index,
      };
      const { verdict, status, realAddress, entry } = expected;
      if (shown(explained) !== shown({ verdict, status, realAddress, index: entry?.index }))
        expect({ one, explained }).toEqual({ one, explained: { verdict, status, realAddress, index: entry?.index } });
      seen(verdict);
      seen(`${access} ${verdict} ${status.toString(16)}`);
      if (verdict === 'mapped') seen(entry ? 'through the table' : 'at once');
      if (entry && verdict === 'mapped')
        seen(`page of ${String(decision.segment?.basePageShift)}/${String(decision.actualPageShift)}`);
      if (entry && verdict === 'mapped') seen(`${decision.groups.at(-1)?.which ?? ''} group, ${decision.mode}`);
      if (decision.mode === 'relocated' && verdict === 'mapped')
        seen(`segment of 2^${String(decision.segment?.segmentShift)}`);
    }
    console.log(
      [...verdictsSeen]
        .sort()
        .map(([what, count]) => `${what}: ${String(count)}`)
        .join('; '),
    );
    const count = (what: string) => verdictsSeen.get(what) ?? 0;
    for (const verdict of verdicts.filter((one) => one !== 'no-such-real-address'))
      expect(count(verdict), verdict).toBeGreaterThan(50);
    for (const size of ['12/12', '12/16', '12/24', '16/16', '16/24', '24/24'])
      expect(count(`page of ${size}`), size).toBeGreaterThan(50);
    for (const group of ['primary', 'secondary'])
      for (const mode of ['relocated', 'virtual real mode'])
        expect(count(`${group} group, ${mode}`), `${group} ${mode}`).toBeGreaterThan(50);
    for (const status of [
      'load refused 8000000',
      'load refused 200000',
      'load refused 8200000',
      'store refused a000000',
    ])
      expect(count(status), status).toBeGreaterThan(10);
    for (const status of [
      'store refused 2200000',
      'store refused a200000',
      'fetch refused 10000000',
      'fetch refused 8000000',
    ])
      expect(count(status), status).toBeGreaterThan(10);
    for (const status of ['fetch refused 200000', 'fetch refused 10200000', 'fetch refused 8200000'])
      expect(count(status), status).toBeGreaterThan(10);
    expect(count('segment of 2^28')).toBeGreaterThan(200);
    expect(count('segment of 2^40')).toBeGreaterThan(200);
  });

  it('names the segment, the groups and what each entry was refused for', () => {
    for (const { world, oracle, one } of translations(seed ^ 0x5a5a, 250)) {
      const { effectiveAddress, access, state } = one;
      world.enter(state);
      const decision = explainTranslation(world.view, world.registers.base, effectiveAddress, access);
      const relocated = (state.msr & (access === 'fetch' ? 0x20n : 0x10n)) !== 0n;
      expect(decision.segment?.slbIndex).toBe(relocated ? oracle.segmentSlot(effectiveAddress) : undefined);
      if (!decision.segment || decision.hash === undefined) continue;
      const { groupCount } = world.table;
      expect(decision.groups.map(({ which }) => which)).toEqual(
        ['primary', 'secondary'].slice(0, decision.groups.length),
      );
      decision.groups.forEach(({ number, entries }, which) => {
        expect(number).toBe(which === 0 ? Number(decision.hash) : groupCount - 1 - Number(decision.hash));
        entries.forEach(({ index, first, refused }, slot) => {
          expect(index).toBe(number * 8 + slot);
          expect(first).toBe(world.table.first(index));
          const isTaken = index === decision.entry?.index;
          expect(refused).toBe(
            isTaken ? undefined : reasonAgainst(world, index, which, decision.segment!, effectiveAddress),
          );
        });
      });
    }
  });

  it.each<[string, Partial<Rules>]>([
    ['searches the secondary group at the primary hash', { otherGroup: (group) => group }],
    [
      'hashes the upper half of a 1 TB segment’s number',
      { hashedSegment: (vsid, tera) => (tera ? vsid >> 19n : vsid) },
    ],
    [
      'gives pp 1 to the problem state for writing',
      { rights: [architecture.rights[0]!, ['', 'rw', 'rw', 'r', '', '', '', '']] },
    ],
    ['reads pp 6 as pp 2', { rights: [['rw', 'rw', 'rw', 'r', '', '', 'rw', ''], architecture.rights[1]!] }],
    ['exchanges Ks and Kp', { storageKey: (problem, ks, kp) => ((problem ? ks : kp) ? 1 : 0) }],
    [
      'puts the halves of the class key together wrongly',
      { classKey: (r) => Number(((r >> 60n) & 3n) | ((r >> 7n) & 0x1cn)) },
    ],
    [
      'counts keys from the right of the AMR',
      { keyField: (register, key) => Number((register >> BigInt(2 * key)) & 3n) },
    ],
    ['takes the two bits of a key for each other', { bars: { load: 2, store: 1, fetch: 1 } }],
    ['applies keys in real mode', { keysInRealMode: true }],
    ['lets guarded pages be executed', { noExecute: (second) => (second & 4n) !== 0n }],
    ['takes 16 MiB pages in 4 KiB segments for 64 KiB ones', { pageSize: wrongPageSize }],
    ['does not compare the segment’s size', { comparesSegmentSize: false }],
    ['sets C on loads', { setsChangedOn: ['load', 'store'] }],
    ['remembers a store’s page for loads that a key bars', { remembersLoadsOfStores: () => true }],
    ['adds RMOR', { offsetInto: (address, rmor) => address + rmor }],
    [
      'has RMLS 3 and 4 exchanged',
      { realModeLimit: (one) => architecture.realModeLimit(one === 3n ? 4n : one === 4n ? 3n : one) },
    ],
  ])('would be seen to be wrong if it %s', (_what, changed) => {
    const disagreements = { withRules: 0, withBrokenRules: 0 };
    let broken: { world: World; oracle: Oracle } | undefined;
    for (const { world, oracle, one } of translations(seed, 600)) {
      if (broken?.world !== world) broken = { world, oracle: new Oracle(world, changed) };
      const answerOf = (by: Oracle) =>
        shown(comparable(by.translate(one.state, one.effectiveAddress, one.access), one));
      const [right, wrong] = [answerOf(oracle), answerOf(broken.oracle)];
      const answer = shown(emitted(world, one));
      if (answer !== right) disagreements.withRules++;
      if (answer !== wrong) disagreements.withBrokenRules++;
    }
    expect(disagreements.withRules).toBe(0);
    expect(disagreements.withBrokenRules).toBeGreaterThan(0);
  });
});

function wrongPageSize(first: bigint, second: bigint): readonly [number, number] | undefined {
  const size = architecture.pageSize(first, second);
  return size?.[0] === 12 && size[1] === 24 ? [12, 16] : size;
}

/** The first part of an entry that is not as the search wants it, worked out from the virtual address. */
function reasonAgainst(
  { table }: World,
  index: number,
  which: number,
  segment: { vsid: bigint; segmentShift: number; basePageShift: number; vsidWord: bigint },
  effectiveAddress: bigint,
): string | undefined {
  const first = table.first(index);
  const inSegment = effectiveAddress & ((1n << BigInt(segment.segmentShift)) - 1n);
  const lowest = segment.basePageShift >= 24 ? 24n : 23n;
  const wanted = (((segment.vsid << BigInt(segment.segmentShift)) | inSegment) >> lowest) << (lowest - 23n);
  if ((first & 1n) === 0n) return 'V';
  if (Number((first >> 1n) & 1n) !== which) return 'H';
  if (first >> 62n !== segment.vsidWord >> 62n) return 'B';
  if (((first >> 7n) & ((1n << 55n) - 1n)) !== wanted) return 'AVPN';
  if ((segment.vsidWord & 0x100n) !== 0n && (first & 4n) === 0n) return 'L';
  const [base] = architecture.pageSize(first, table.second(index)) ?? [0];
  return base === segment.basePageShift ? undefined : 'base page size';
}

describe('the hypervisor’s search (kvmppc_hv_find_lock_hpte)', () => {
  it('finds the entry, valid or absent, that a scan of the whole table finds, and changes nothing', () => {
    const seen = { 'segment-miss': 0, 'no-entry': 0, mapped: 0, absent: 0 };
    for (const { world, oracle, one } of translations(seedFor('search'), 800)) {
      const { state, effectiveAddress, access } = one;
      world.enter(state);
      const before = world.tableBytes.slice();
      const { view, registers, table } = world;
      const verdict = world.walks.search(registers.base, effectiveAddress, access);
      const result = (at: number) => view.getBigUint64(registers.base + at, true);
      const expected = oracle.search(state, effectiveAddress, access);
      const vsidWord = verdict === 'segment-miss' ? undefined : result(translationResults.vsidWord);
      const index =
        verdict === 'mapped' ? entryIndexAt(result(translationResults.entryAddress), BigInt(table.address)) : undefined;
      const found = {
        verdict,
        ...(vsidWord === undefined ? {} : { vsidWord }),
        ...(index === undefined ? {} : { index }),
      };
      if (shown(found) !== shown(expected)) expect({ one, found }).toEqual({ one, found: expected });
      expect(Buffer.compare(before, world.tableBytes)).toBe(0);
      seen[expected.verdict]++;
      if (index !== undefined && (table.first(index) & 0x20n) !== 0n) seen.absent++;
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });
});

import { describe, expect, it } from 'vitest';
import type { BehaviorName } from '../../../emulator/machine/configuration';
import {
  behaviorsUnderTest,
  DEVICE_WITH_SLOT,
  H_ANDCOND,
  H_AVPN,
  H_ENTER,
  H_EXACT,
  H_PROTECT,
  H_READ,
  H_READ_4,
  H_REMOVE,
  H_SUCCESS,
  HPTE_R_C,
  HPTE_R_KEY,
  HPTE_R_N,
  HPTE_R_R,
  HPTE_V_ABSENT,
  HPTE_V_VALID,
  keyBits,
  keyOf,
  kvmUnderTest,
  NO_SLOT,
  resolvePageFault,
  trapOf,
  type KvmUnderTest,
} from '../../support/emulator-kvm';
import { architecture } from '../../support/emulator-mmu-oracle';
import { PageTableModel } from '../../support/emulator-page-table-model';
import { Random, seedFor } from '../../support/isa-random';

const RC = HPTE_R_R | HPTE_R_C;
const STEPS = 4000;
/** A slot whose size is no multiple of 16 MiB. */
const SMALL_SLOT = 0x8000_0000n;

/** In place of an LP encoding: L = 0. */
const SMALL = -1n;

/** Bits of one page that are likely to be asked for. */
function randomSecond(random: Random): bigint {
  const places = [
    0n,
    0x1_0000n,
    0x1_3000n,
    0x100_0000n,
    SMALL_SLOT + 0x1_0000n,
    DEVICE_WITH_SLOT,
    NO_SLOT,
    NO_SLOT + 0x5000n,
  ];
  const place = random.of(places) | (random.below(4) === 0 ? BigInt(random.below(32)) << 16n : 0n);
  const protection = random.of([0n, 1n, 2n, 2n, 3n, (1n << 63n) | 2n, 1n << 63n]);
  const key = keyBits(random.of([0n, 0n, 5n, 31n, 30n]));
  const wimg = random.of([0x10n, 0x10n, 0x28n, 0x20n, 0x70n, 0x60n, 0n]);
  const used = random.of([0n, 0n, HPTE_R_R, RC]);
  const others = random.of([0n, 0n, HPTE_R_N, 1n << 62n]);
  return place | protection | key | wimg | used | others;
}
function randomEntry(random: Random): { first: bigint; second: bigint } {
  const shape = random.of([SMALL, SMALL, 0x1n, 0x1n, 0x7n, 0x0n, 0x8n, 0x38n, 0x2n]);
  const avpn = BigInt(random.below(6)) << 7n;
  const software = random.of([0n, 0n, 0x10n, 0x08n, 0x40n, 0x20n, 0x60n]);
  const size = random.of([0n, 0n, 1n << 62n, 1n << 62n, 1n << 63n, 3n << 62n]);
  const first = size | avpn | software | random.of([0n, 2n]) | HPTE_V_VALID;
  const second = randomSecond(random);
  if (shape === SMALL) return { first, second };
  // What LP claims of the page number.
  const claimed = shape > 0xfn || shape === 0n || shape === 8n ? 0xf_f000n : 0xf000n;
  return { first: first | 4n, second: (second & ~claimed) | (shape << 12n) };
}

/** An expectation that costs nothing where it holds. */
function must(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) expect(found, what).toBe(expected);
}
const pp = (second: bigint): number => Number(((second >> 63n) << 2n) | (second & 3n));
const rank = { '': 0, r: 1, rw: 2 } as const;

/** What holds of every table, after every step. */
function checkInvariants({ kvm }: KvmUnderTest, model: PageTableModel, behavior: BehaviorName): void {
  const inChain = new Map<number, bigint>();
  for (const { baseAddress, notes } of kvm.slots)
    for (const page of notes.reverseMap.keys())
      for (const index of kvm.reverseMap.entriesOf({ words: notes.reverseMap, page })) {
        if (inChain.has(index)) expect.fail(`entry ${index} is in two chains`);
        inChain.set(index, (baseAddress >> 16n) + BigInt(page));
      }
  for (const [index, guest] of model.entries) {
    const first = kvm.table.first(index);
    const second = kvm.table.second(index);
    const valid = (first & HPTE_V_VALID) !== 0n;
    must(`entry ${index} is either valid or absent`, (first & HPTE_V_ABSENT) !== 0n, !valid);
    const bytes = 1n << BigInt(architecture.pageSize(guest.first, guest.second)?.[1] ?? 0);
    const address = guest.second & 0x0fff_ffff_ffff_f000n & -bytes;
    const slot = kvm.slots.find((one) => address >= one.baseAddress && address < one.baseAddress + one.size);
    if (!slot) {
      must(`entry ${index}, without memory, has key 31`, keyOf(second), 31n);
      must(`entry ${index}, without memory, is valid`, valid, behavior === 'rfc-2011');
      must(`entry ${index}, without memory, has a chain`, inChain.has(index), false);
      continue;
    }
    must(`the chain of entry ${index}`, inChain.get(index), valid ? address >> 16n : undefined);
    inChain.delete(index);
    if (!valid) {
      must(`entry ${index}, absent for want of a page, has key 31`, keyOf(second) === 31n, false);
      continue;
    }
    const hostVirtual = slot.hostVirtualAddress + address - slot.baseAddress;
    const page = kvm.process.presentPage(hostVirtual);
    const place = (page?.realAddress ?? -1n) + (hostVirtual & BigInt((page?.pageSize ?? 1) - 1));
    must(`the memory of entry ${index}`, second & 0x0fff_ffff_ffff_f000n & -bytes, place);
    // KVM takes pp 4, 5 and 7, which are reserved, for 6 (facts 1.6).
    const meant = pp(guest.second) >= 4 ? 6 : pp(guest.second);
    for (const key of [0, 1] as const) {
      const [real, entered] = [architecture.rights[key]![pp(second)]!, architecture.rights[key]![meant]!];
      must(`entry ${index} allows more than its guest`, rank[real] > rank[entered], false);
    }
    must(`key and N of entry ${index}`, second & (HPTE_R_KEY | HPTE_R_N), guest.second & (HPTE_R_KEY | HPTE_R_N));
  }
  if (inChain.size > 0) expect.fail(`in a chain without a page: ${[...inChain.keys()].join(', ')}`);
}

function checkRead(tested: KvmUnderTest, model: PageTableModel, index: number): void {
  const { status, results } = tested.call(H_READ, 0n, BigInt(index));
  must('H_READ', status, H_SUCCESS);
  const [first = 0n, second = 0n] = results ?? [];
  const guest = model.entries.get(index);
  must(`the first doubleword of entry ${index}`, first, guest?.first ?? 0n);
  if (!guest) return;
  must(`the second doubleword of entry ${index}`, second & ~RC, guest.second & ~RC);
  // What the guest entered as used stays used, and the hardware's marks come on top.
  must(`R and C of entry ${index}`, second & guest.second & RC, guest.second & RC);
}

describe.each(behaviorsUnderTest)('a guest’s page table under %s', (behavior) => {
  it('reads back as it was entered, after any sequence of calls, uses and faults', () => {
    const seed = seedFor(`page table, ${behavior}`);
    const random = new Random(seed);
    const tested = kvmUnderTest(behavior, {
      memorySlots: [{ slot: 5, guestPhysicalAddress: SMALL_SLOT, size: 0x3_0000n, vma: 'anonymous', flags: 0n }],
    });
    const { kvm } = tested;
    const model = new PageTableModel(tested, behavior);
    const tally = new Map<string, number>();
    const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
    /** Mostly the same six groups, so that they fill; sometimes beyond the table. */
    const anyIndex = () => BigInt(random.below(60) === 0 ? kvm.table.entryCount + random.below(3) : random.below(48));
    const anyAvpn = (index: bigint) =>
      random.below(3) === 0 ? BigInt(random.below(6)) << 7n : (model.entries.get(Number(index))?.first ?? 0n) & ~0x7fn;

    const enter = () => {
      const { first, second } = randomEntry(random);
      const flags = random.of([0n, 0n, H_EXACT]);
      const pteIndex = anyIndex();
      const expected = model.enter(flags, pteIndex, first, second);
      const { status, results } = tested.call(H_ENTER, flags, pteIndex, first, second);
      expect(status, `H_ENTER ${first.toString(16)} ${second.toString(16)}`).toBe(expected.status);
      if (expected.index !== undefined) expect(results).toEqual([BigInt(expected.index)]);
      count(`H_ENTER ${String(status)}`);
    };
    const remove = () => {
      const pteIndex = anyIndex();
      const flags = random.of([0n, H_AVPN, H_ANDCOND]);
      const avpn = flags === H_ANDCOND ? random.of([1n, 0x10n, 0x18n]) : anyAvpn(pteIndex);
      const before = model.entries.get(Number(pteIndex));
      const expected = model.remove(flags, pteIndex, avpn);
      const { status, results = [] } = tested.call(H_REMOVE, flags, pteIndex, avpn);
      expect(status).toBe(expected.status);
      if (status === H_SUCCESS) {
        expect(results[0]).toBe(before?.first);
        expect((results[1] ?? 0n) & ~RC).toBe((before?.second ?? 0n) & ~RC);
      }
      count(`H_REMOVE ${String(status)}`);
    };
    const protect = () => {
      const pteIndex = anyIndex();
      const key = random.of([0n, 0n, 7n, 31n]);
      const bits =
        ((key >> 3n) << 12n) | ((key & 7n) << 9n) | BigInt(random.below(8)) | (BigInt(random.below(2)) << 8n);
      const flags = random.of([0n, H_AVPN]) | bits;
      const avpn = anyAvpn(pteIndex);
      const expected = model.protect(flags, pteIndex, avpn);
      expect(tested.call(H_PROTECT, flags, pteIndex, avpn).status).toBe(expected.status);
      count(`H_PROTECT ${String(expected.status)}`);
    };
    const anyEntry = () => (model.entries.size > 0 ? random.of([...model.entries.keys()]) : undefined);
    /** As the walk notes a load or a store. */
    const use = () => {
      const index = anyEntry();
      if (index === undefined || (kvm.table.first(index) & HPTE_V_VALID) === 0n) return;
      kvm.table.setSecond(index, kvm.table.second(index) | random.of([HPTE_R_R, RC]));
      count('used');
    };
    const fault = () => {
      const index = anyEntry();
      if (index === undefined) return;
      const entry = tested.entry(index);
      const emulated = keyOf(entry.second) === 31n;
      const trap = trapOf({ access: random.of(['load', 'store'] as const) });
      const valid = (entry.first & HPTE_V_VALID) !== 0n;
      const noted = entry.second & RC;
      const next = resolvePageFault(kvm, { at: 'page-fault', trap, entry, emulated, instruction: undefined });
      if (valid && next.at === 'guest') expect(kvm.table.second(index) & noted).toBe(noted);
      count(`fault: ${next.at}`);
    };
    const readFour = () => {
      const pteIndex = BigInt(random.below(48));
      const { results = [] } = tested.call(H_READ, H_READ_4, pteIndex);
      expect(results).toHaveLength(8);
      const start = Number(pteIndex) & ~3;
      for (let i = 0; i < 4; i++) expect(results[2 * i]).toBe(model.entries.get(start + i)?.first ?? 0n);
    };

    const steps = [enter, enter, enter, remove, remove, protect, protect, use, fault, fault, readFour];
    for (let step = 0; step < STEPS; step++) {
      random.of(steps)();
      checkInvariants(tested, model, behavior);
      checkRead(tested, model, random.below(48));
      if (step % 200 === 0) for (let index = 0; index < 48; index++) checkRead(tested, model, index);
    }
    console.log(
      [...tally]
        .sort()
        .map(([what, times]) => `${what}: ${String(times)}`)
        .join('; '),
    );
    const everyStatus = ['H_ENTER 0', 'H_ENTER -4', 'H_ENTER -6', 'H_REMOVE 0', 'H_REMOVE -4', 'H_REMOVE -7'];
    for (const what of [
      ...everyStatus,
      'H_PROTECT 0',
      'H_PROTECT -4',
      'H_PROTECT -7',
      'used',
      'fault: guest',
      'fault: emulate-mmio',
    ])
      expect(tally.get(what) ?? 0, what).toBeGreaterThan(3);
  });
});

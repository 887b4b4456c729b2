import { describe, expect, it } from 'vitest';
import { realModeLimitField, mapVirtualRealMode } from '../../../emulator/kvm/real-mode-area';
import { slotAt, slotFlagNames, type MemoryRegion } from '../../../emulator/kvm/memory-slots';
import { setMemoryRegion } from '../../../emulator/kvm/set-memory-region';
import { ReverseMap } from '../../../emulator/kvm/reverse-map';
import { usableSlot } from '../../../emulator/kvm/kvm';
import {
  behaviorsUnderTest,
  DEVICE_WITH_SLOT,
  H_READ,
  kvmUnderTest,
  MEBIBYTE,
  NO_SLOT,
} from '../../support/emulator-kvm';
import { emptyWorld, homeOf } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

describe('__kvm_set_memory_region', () => {
  const good = { number: 7, baseAddress: 0x9000_0000n, size: 0x10_0000n, flags: 0n };
  const wrap = (1n << 64n) - 0x10_0000n;
  /** Each has the fault of its line and of all lines below it that it can have too: the first check must speak. */
  it.each<[string, Partial<MemoryRegion>, 'EINVAL' | 'EEXIST', string]>([
    ['flags', { flags: 4n, size: 1n, baseAddress: 1n, number: -1 }, 'EINVAL', 'flags'],
    ['READONLY, which Power has not', { flags: 2n, size: 1n }, 'EINVAL', 'flags'],
    ['KVM’s own INVALID', { flags: 1n << 16n }, 'EINVAL', 'flags'],
    ['bit 31', { flags: 1n << 31n }, 'EINVAL', 'flags'],
    ['a size of half a page', { size: 0x8000n, baseAddress: 1n, number: -1 }, 'EINVAL', 'size'],
    ['a size of guest pages that are no host page', { size: 0x1_1000n }, 'EINVAL', 'size'],
    [
      'a host address within a page',
      { hostVirtualAddress: 0x7fff_0000_1000n, number: -1 },
      'EINVAL',
      'host virtual address',
    ],
    ['the deletion of a slot that is not', { size: 0n }, 'EINVAL', 'no such slot to delete'],
    ['another size of a slot', { number: 0 }, 'EINVAL', 'size of a slot'],
    ['another host address of a slot', { number: 0, size: 0x200_0000n }, 'EINVAL', 'host virtual address of a slot'],
    ['an address within a page', { baseAddress: 0x1000n, number: -1 }, 'EINVAL', 'guest physical address'],
    ['a number below zero', { number: -1, baseAddress: wrap, size: 0x20_0000n }, 'EINVAL', 'slot number'],
    ['a number beyond the last', { number: 32767 }, 'EINVAL', 'slot number'],
    ['a wrap', { baseAddress: wrap, size: 0x20_0000n, number: 0 }, 'EINVAL', 'wraps'],
    ['more than 2^31 - 1 pages', { baseAddress: 0n, size: 1n << 47n }, 'EINVAL', 'pages'],
    ['an overlap', { baseAddress: 0x100_0000n }, 'EEXIST', 'overlaps slot 0'],
    ['an overlap from below', { baseAddress: DEVICE_WITH_SLOT - 0x1_0000n }, 'EEXIST', 'overlaps slot 1'],
  ])('refuses %s', (_what, changed, errno, why) => {
    const { kvm, process } = kvmUnderTest('v6.1');
    const area = process.map('anonymous', 0x10_0000n, 'memory');
    const before = kvm.slots;
    const error = setMemoryRegion(kvm, { ...good, hostVirtualAddress: area.start, ...changed });
    expect(error).toMatchObject({ errno });
    expect(error?.why).toContain(why);
    expect(kvm.slots).toBe(before);
  });

  it('makes a slot, which then holds its addresses and no others', () => {
    const { kvm, process } = kvmUnderTest('v6.1');
    const area = process.map('anonymous', good.size, 'memory');
    expect(setMemoryRegion(kvm, { ...good, flags: 1n, hostVirtualAddress: area.start })).toBeUndefined();
    const numberAt = (address: bigint) => slotAt(kvm.slots, address)?.number;
    expect([0n, 0x1ff_ffffn, 0x200_0000n].map(numberAt)).toEqual([0, 0, undefined]);
    expect([0x8fff_ffffn, 0x9000_0000n, 0x900f_ffffn, 0x9010_0000n].map(numberAt)).toEqual([
      undefined,
      7,
      7,
      undefined,
    ]);
    expect(numberAt(DEVICE_WITH_SLOT)).toBe(1);
    expect(numberAt(NO_SLOT)).toBeUndefined();
  });

  it('gets all of the memory at once under the patch of 2011, page by page since', () => {
    const presentUnder = (behavior: (typeof behaviorsUnderTest)[number]) => {
      const { kvm, process } = kvmUnderTest(behavior);
      const area = process.map('anonymous', good.size, 'memory');
      setMemoryRegion(kvm, { ...good, hostVirtualAddress: area.start });
      return [area.start, area.end - 1n].map((address) => process.presentPage(address) !== undefined);
    };
    expect(behaviorsUnderTest.map(presentUnder)).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('marked a device’s slot with bit 31 under the patch of 2011, in the word of the user’s own flags', () => {
    const flagsUnder = (behavior: (typeof behaviorsUnderTest)[number]) => {
      const { kvm } = kvmUnderTest(behavior);
      const flags = kvm.slots.find(({ number }) => number === 1)?.flags ?? 0n;
      return [flags, slotFlagNames(flags, kvm.behavior)];
    };
    expect(behaviorsUnderTest.map(flagsUnder)).toEqual([
      [1n << 31n, [{ name: 'KVM_MEMSLOT_IO', internal: true }]],
      [0n, []],
      [0n, []],
    ]);
    expect(slotFlagNames(3n | (1n << 16n), kvmUnderTest('v6.1').kvm.behavior)).toEqual([
      { name: 'LOG_DIRTY_PAGES', internal: false },
      { name: 'READONLY', internal: false },
      { name: 'INVALID', internal: true },
    ]);
  });
});

it('a slot that KVM is taking away holds nothing (gfn_to_memslot and KVM_MEMSLOT_INVALID)', () => {
  const { kvm } = kvmUnderTest('v6.1');
  kvm.slots = kvm.slots.map((slot) => ({ ...slot, flags: slot.flags | (1n << 16n) }));
  expect(usableSlot(kvm, 0n)).toBeUndefined();
  expect(slotAt(kvm.slots, 0n)?.number).toBe(0);
});

describe('kvmppc_map_vrma', () => {
  it.each([
    // A host page of 64 KiB, and hugetlbfs's 16 MiB (facts 2: senc 110 and 100).
    ['v6.1', 16, 0x110n, 1n],
    ['v3.4', 16, 0x110n, 1n],
    ['rfc-2011', 24, 0x100n, 0n],
  ] as const)('under %s enters every page of 2^%s bytes in place 7 of its group', (behavior, base, encoding, lp) => {
    const tested = kvmUnderTest(behavior);
    const { table } = tested.kvm;
    expect(mapVirtualRealMode(tested.kvm)).toBe(encoding << 43n);
    const segment = { effectiveAddress: 0n, vsidWord: 0n, terabyte: true, vsid: 0x1ff_ffffn, base } as const;
    const pages = (32 * MEBIBYTE) / 2 ** base;
    for (let page = 0; page < pages; page++) {
      const address = BigInt(page) << BigInt(base);
      const { primary, first } = homeOf(segment, address, table.groupCount);
      const index = primary * 8 + 7;
      const [v, r] = tested.call(H_READ, 0n, BigInt(index)).results ?? [];
      expect(v).toBe(first | 0x10n | 4n | 1n);
      expect(r).toBe(address | (lp << 12n) | 0x100n | 0x80n | 0x10n);
    }
    const occupied = Array.from({ length: table.entryCount }, (_, index) => index).filter((i) => table.first(i) !== 0n);
    expect(occupied).toHaveLength(pages);
  });

  it('enters no more pages than there are groups', () => {
    // 1 GiB in pages of 64 KiB: 16384 of them; the table has as many groups per 64 MiB less.
    const { kvm } = kvmUnderTest('v6.1', { memory: 256 * MEBIBYTE });
    expect(mapVirtualRealMode(kvm)).toBe(0x110n << 43n);
    const occupied = Array.from({ length: kvm.table.entryCount }, (_, i) => i).filter((i) => kvm.table.first(i) !== 0n);
    expect(occupied.length).toBe(Math.min(4096, kvm.table.groupCount));
  });

  it('gives up when no slot holds guest address 0', () => {
    const { kvm } = kvmUnderTest('v6.1');
    kvm.slots = kvm.slots.filter(({ number }) => number !== 0);
    expect(mapVirtualRealMode(kvm)).toBeUndefined();
  });
});

it('kvmppc_hv_setup_htab_rma: LPCR[RMLS] says the size of a contiguous area', () => {
  const fields = [32, 64, 128, 256, 1024, 48].map((size) => realModeLimitField(BigInt(size * MEBIBYTE)));
  expect(fields).toEqual([8n, 3n, 7n, 4n, 2n, undefined].map((one) => (one === undefined ? undefined : one << 26n)));
});

describe('a page’s chain of entries (kvmppc_add_revmap_chain, remove_revmap_chain)', () => {
  it('holds what was added and not removed, in that order, for any sequence', () => {
    const random = new Random(seedFor('reverse map'));
    const { view, table } = emptyWorld();
    const map = new ReverseMap(view, 0x80_0000, table);
    const words = new Map<number, bigint>();
    const model = new Map<number, number[]>();
    const pageOf = new Map<number, number>();
    for (let step = 0; step < 3000; step++) {
      const page = random.below(6);
      const index = random.below(40);
      const chain = model.get(page) ?? [];
      if (random.below(2) === 0) {
        if (pageOf.has(index)) continue;
        map.add({ words, page }, index);
        model.set(page, [...chain, index]);
        pageOf.set(index, page);
      } else if (pageOf.get(index) === page) {
        map.remove({ words, page }, index);
        model.set(
          page,
          chain.filter((one) => one !== index),
        );
        pageOf.delete(index);
      }
      if (random.below(8) === 0) map.harvest({ words, page }, 0x100n);
      for (const [one, entries] of model)
        expect([...map.entriesOf({ words, page: one })].sort((a, b) => a - b)).toEqual(
          [...entries].sort((a, b) => a - b),
        );
    }
    expect(map.harvested({ words, page: 0 })).toBe(0x100n);
    expect(map.harvested({ words, page: 7 })).toBe(0n);
  });
});

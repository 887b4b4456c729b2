import { describe, expect, it } from 'vitest';
import {
  behaviorsUnderTest,
  DEVICE_WITH_SLOT,
  H_ANDCOND,
  H_AVPN,
  H_ENTER,
  H_EXACT,
  H_NOT_FOUND,
  H_PARAMETER,
  H_PROTECT,
  H_PTEG_FULL,
  H_READ,
  H_READ_4,
  H_REMOVE,
  H_SUCCESS,
  HPTE_R_C,
  HPTE_R_IG,
  HPTE_R_M,
  HPTE_R_N,
  HPTE_R_PP0,
  HPTE_R_R,
  HPTE_V_ABSENT,
  HPTE_V_HVLOCK,
  HPTE_V_LARGE,
  HPTE_V_VALID,
  keyBits,
  keyOf,
  kvmUnderTest,
  NO_SLOT,
  resolvePageFault,
  trapOf,
  type KvmUnderTest,
} from '../../support/emulator-kvm';

const V = 0x1234_5600n | HPTE_V_VALID;
const R = 0x2_0000n | HPTE_R_M | 2n;
const SIXTEEN_MEGABYTE_PAGE = HPTE_V_LARGE;
const statusOf = (tested: KvmUnderTest, ...args: Parameters<KvmUnderTest['call']>) => tested.call(...args).status;

/** Brings in the page behind an entry, as a fault does. */
function touch(tested: KvmUnderTest, index: number): void {
  const entry = tested.entry(index);
  const next = resolvePageFault(tested.kvm, {
    at: 'page-fault',
    trap: trapOf({ access: 'load' }),
    entry,
    emulated: false,
    instruction: undefined,
  });
  expect(next).toEqual({ at: 'guest' });
}

describe('kvmppc_do_h_enter', () => {
  describe.each(behaviorsUnderTest)('under %s', (behavior) => {
    it.each<[string, bigint, bigint, bigint]>([
      ['a reserved page size before the index', V | HPTE_V_LARGE, 0x2000n | HPTE_R_M, 1n << 40n],
      [
        'a page larger than its slot before the index',
        V | SIXTEEN_MEGABYTE_PAGE,
        DEVICE_WITH_SLOT | HPTE_R_IG,
        1n << 40n,
      ],
      ['a cacheable mapping of a device before the index', V, DEVICE_WITH_SLOT | HPTE_R_M, 1n << 40n],
      ['a write-through mapping of a device', V, DEVICE_WITH_SLOT | 0x60n, 0n],
      ['an index beyond the table', V, R, 1n << 14n],
      ['an index beyond 32 bits', V, R, 1n << 32n],
      ['an index of a page without memory beyond the table', V, NO_SLOT | HPTE_R_IG, 1n << 14n],
    ])('refuses %s', (_what, first, second, index) => {
      const tested = kvmUnderTest(behavior);
      expect(statusOf(tested, H_ENTER, 0n, index, first, second)).toBe(H_PARAMETER);
    });

    it('takes the first free place of the group, or exactly the one that is named', () => {
      const tested = kvmUnderTest(behavior);
      expect(tested.call(H_ENTER, H_EXACT, 17n, V, R)).toEqual({ status: H_SUCCESS, results: [17n] });
      expect(statusOf(tested, H_ENTER, H_EXACT, 17n, V, R)).toBe(H_PTEG_FULL);
      const places = Array.from({ length: 7 }, () => tested.call(H_ENTER, 0n, 21n, V, R).results?.[0]);
      expect(places).toEqual([16n, 18n, 19n, 20n, 21n, 22n, 23n]);
      expect(statusOf(tested, H_ENTER, 0n, 21n, V, R)).toBe(H_PTEG_FULL);
    });

    it('keeps its own bits out of the guest’s doublewords', () => {
      const tested = kvmUnderTest(behavior);
      tested.call(H_ENTER, H_EXACT, 3n, V | HPTE_V_ABSENT | HPTE_V_HVLOCK, R | (1n << 62n));
      expect(tested.call(H_READ, 0n, 3n).results).toEqual([V, R]);
      expect(tested.kvm.table.first(3) & HPTE_V_HVLOCK).toBe(0n);
    });

    it('marks a page that has no slot with key 31, which H_READ does not show', () => {
      const tested = kvmUnderTest(behavior);
      tested.call(H_ENTER, H_EXACT, 3n, V, NO_SLOT | HPTE_R_IG | keyBits(5n) | 2n);
      expect(keyOf(tested.kvm.table.second(3))).toBe(31n);
      const state = tested.kvm.table.first(3) & (HPTE_V_VALID | HPTE_V_ABSENT);
      expect(state).toBe(behavior === 'rfc-2011' ? HPTE_V_VALID : HPTE_V_ABSENT);
      expect(tested.call(H_READ, 0n, 3n).results).toEqual([V, NO_SLOT | HPTE_R_IG | keyBits(5n) | 2n]);
    });

    it('lets a device with a slot be mapped uncached, at its place on the host’s bus', () => {
      const tested = kvmUnderTest(behavior);
      expect(statusOf(tested, H_ENTER, H_EXACT, 3n, V, (DEVICE_WITH_SLOT + 0x3000n) | HPTE_R_IG | 2n)).toBe(H_SUCCESS);
      expect(tested.kvm.table.second(3)).toBe(0x3fe0_8000_3000n | HPTE_R_IG | 2n);
      expect(tested.kvm.table.first(3)).toBe(V);
    });

    it('makes what the guest asks to be uncached cacheable where there is memory', () => {
      const tested = kvmUnderTest(behavior);
      tested.call(H_ENTER, H_EXACT, 4n, V, R);
      if (behavior !== 'rfc-2011') touch(tested, 4);
      tested.call(H_ENTER, H_EXACT, 3n, V, 0x2_1000n | HPTE_R_IG | 2n);
      expect(tested.kvm.table.second(3) & 0x78n).toBe(HPTE_R_M);
      expect(tested.call(H_READ, 0n, 3n).results?.[1]).toBe(0x2_1000n | HPTE_R_IG | 2n);
    });

    it('clears R and C of the real entry, so that the hardware notes them afresh', () => {
      const tested = kvmUnderTest(behavior);
      tested.call(H_ENTER, H_EXACT, 4n, V, R);
      if (behavior !== 'rfc-2011') touch(tested, 4);
      tested.call(H_ENTER, H_EXACT, 3n, V, R | HPTE_R_R | HPTE_R_C);
      expect(tested.kvm.table.second(3) & (HPTE_R_R | HPTE_R_C)).toBe(0n);
      expect(tested.call(H_READ, 0n, 3n).results?.[1]).toBe(R | HPTE_R_R | HPTE_R_C);
    });

    it('puts a page’s known R and C into the next entry for it', () => {
      const tested = kvmUnderTest(behavior);
      tested.call(H_ENTER, H_EXACT, 4n, V, R);
      if (behavior !== 'rfc-2011') touch(tested, 4);
      tested.kvm.table.setSecond(4, tested.kvm.table.second(4) | HPTE_R_R | HPTE_R_C);
      tested.call(H_REMOVE, 0n, 4n);
      tested.call(H_ENTER, H_EXACT, 3n, V, R | HPTE_R_R);
      expect(tested.kvm.table.second(3) & (HPTE_R_R | HPTE_R_C)).toBe(HPTE_R_R);
    });
  });

  it.each([
    ['rfc-2011', H_SUCCESS],
    ['v3.4', H_SUCCESS],
    ['v6.1', H_PARAMETER],
  ] as const)(
    'under %s answers a segment size of 1x with %s (facts 1.1: refused by v6.1, not before)',
    (behavior, expected) => {
      expect(statusOf(kvmUnderTest(behavior), H_ENTER, 0n, 0n, V | (1n << 63n), R)).toBe(expected);
    },
  );

  it.each([
    ['rfc-2011', H_PARAMETER],
    ['v3.4', H_SUCCESS],
    ['v6.1', H_SUCCESS],
  ] as const)('under %s answers a guest’s own key 31 with %s', (behavior, expected) => {
    const tested = kvmUnderTest(behavior);
    expect(statusOf(tested, H_ENTER, H_EXACT, 3n, V, R | keyBits(31n))).toBe(expected);
    if (expected === H_SUCCESS) expect(keyOf(tested.call(H_READ, 0n, 3n).results?.[1] ?? 0n)).toBe(31n);
    tested.call(H_ENTER, H_EXACT, 4n, V, R);
    // Key 31 as H_PROTECT's flags have it: its high bits at 12 and 13, its low ones at 9 to 11.
    expect(statusOf(tested, H_PROTECT, 0x3e02n, 4n)).toBe(expected);
  });

  it('leaves an entry absent and without a key as long as its page is not in the host’s table', () => {
    const tested = kvmUnderTest('v6.1');
    tested.call(H_ENTER, H_EXACT, 3n, V, R | keyBits(31n));
    expect(tested.kvm.table.first(3)).toBe((V & ~HPTE_V_VALID) | HPTE_V_ABSENT);
    expect(keyOf(tested.kvm.table.second(3))).toBe(0n);
    touch(tested, 3);
    expect(tested.kvm.table.first(3)).toBe(V);
    expect(keyOf(tested.kvm.table.second(3))).toBe(31n);
  });

  it('accepts a page larger than the host’s only until it is touched: KVM_RUN then fails', () => {
    const tested = kvmUnderTest('v6.1');
    expect(statusOf(tested, H_ENTER, H_EXACT, 3n, V | SIXTEEN_MEGABYTE_PAGE, HPTE_R_M | 2n)).toBe(H_SUCCESS);
    const entry = tested.entry(3);
    const stage = { at: 'page-fault', trap: trapOf({}), entry, emulated: false, instruction: undefined } as const;
    expect(resolvePageFault(tested.kvm, stage)).toEqual({
      at: 'failed',
      why: 'the host’s page is smaller than the guest’s',
    });
    // Now that the page is there, H_ENTER sees its size.
    expect(statusOf(tested, H_ENTER, H_EXACT, 4n, V | SIXTEEN_MEGABYTE_PAGE, HPTE_R_M | 2n)).toBe(H_PARAMETER);
  });
});

describe.each(behaviorsUnderTest)('under %s', (behavior) => {
  const made = () => {
    const tested = kvmUnderTest(behavior);
    tested.call(H_ENTER, H_EXACT, 8n, V, R);
    tested.call(H_ENTER, H_EXACT, 9n, V + 0x80n, NO_SLOT | HPTE_R_IG | 2n);
    return tested;
  };
  const limit = BigInt(made().kvm.table.entryCount);

  describe('kvmppc_do_h_remove', () => {
    it.each<[string, bigint, bigint, bigint, bigint]>([
      ['an index beyond the table', 0n, limit, 0n, H_PARAMETER],
      ['an empty place', 0n, 10n, 0n, H_NOT_FOUND],
      ['another page by AVPN', H_AVPN, 8n, 0x80n, H_NOT_FOUND],
      ['an entry with a bit that ANDCOND excludes', H_ANDCOND, 8n, 0x200n, H_NOT_FOUND],
    ])('refuses %s', (_what, flags, index, avpn, expected) => {
      const tested = made();
      expect(statusOf(tested, H_REMOVE, flags, index, avpn)).toBe(expected);
      expect(tested.kvm.table.first(8)).not.toBe(0n);
    });

    it('gives back what the guest entered with what the hardware noted, and leaves the place empty', () => {
      const tested = made();
      if (behavior !== 'rfc-2011') touch(tested, 8);
      tested.kvm.table.setSecond(8, tested.kvm.table.second(8) | HPTE_R_R);
      const before = tested.state.invalidations;
      expect(tested.call(H_REMOVE, H_AVPN, 8n, V & ~0x7fn)).toEqual({ status: H_SUCCESS, results: [V, R | HPTE_R_R] });
      expect(tested.kvm.table.first(8)).toBe(0n);
      expect(tested.state.invalidations).toBeGreaterThan(before);
      expect(tested.entriesOf(0x2_0000n)).toEqual([]);
    });

    it('shows an absent entry as a valid one', () => {
      const { results } = made().call(H_REMOVE, 0n, 9n);
      expect(results).toEqual([V + 0x80n, NO_SLOT | HPTE_R_IG | 2n]);
    });

    it('keeps what R and C of a removed entry were for the page’s next', () => {
      const tested = made();
      if (behavior !== 'rfc-2011') touch(tested, 8);
      tested.kvm.table.setSecond(8, tested.kvm.table.second(8) | HPTE_R_C);
      tested.call(H_REMOVE, 0n, 8n);
      expect(tested.kvm.reverseMap.harvested(tested.notes(0x2_0000n))).toBe(HPTE_R_C);
    });
  });

  describe('kvmppc_h_read', () => {
    it('refuses an index beyond the table, and reads an empty place as zero', () => {
      expect(statusOf(made(), H_READ, 0n, limit)).toBe(H_PARAMETER);
      expect(made().call(H_READ, 0n, 10n).results?.[0]).toBe(0n);
    });

    it('reads the four entries around an index at once', () => {
      const { results = [] } = made().call(H_READ, H_READ_4, 10n);
      expect(results).toHaveLength(8);
      expect([results[0], results[2], results[4], results[6]]).toEqual([V, V + 0x80n, 0n, 0n]);
    });
  });

  describe('kvmppc_h_protect', () => {
    it.each<[string, bigint, bigint, bigint, bigint]>([
      ['an index beyond the table', 0n, limit, 0n, H_PARAMETER],
      ['an empty place', 0n, 10n, 0n, H_NOT_FOUND],
      ['another page by AVPN', H_AVPN, 8n, 0x80n, H_NOT_FOUND],
    ])('refuses %s', (_what, flags, index, avpn, expected) => {
      expect(statusOf(made(), H_PROTECT, flags, index, avpn)).toBe(expected);
    });

    it('replaces pp, N and the key, and nothing else, of what the guest sees', () => {
      const tested = made();
      // PP0 at bit 8, key 21 = 10 101, N, pp 3.
      expect(statusOf(tested, H_PROTECT, 0x100n | 0x2000n | 0xa00n | 4n | 3n, 8n)).toBe(H_SUCCESS);
      const expected = (R & ~3n) | HPTE_R_PP0 | keyBits(21n) | HPTE_R_N | 3n;
      expect(tested.call(H_READ, 0n, 8n).results?.[1]).toBe(expected);
    });

    it('changes a valid entry at once where it takes rights away, and forgets translations', () => {
      const tested = made();
      if (behavior !== 'rfc-2011') touch(tested, 8);
      const before = tested.state.invalidations;
      tested.call(H_PROTECT, 3n, 8n);
      expect(tested.kvm.table.second(8) & 3n).toBe(3n);
      expect(tested.state.invalidations).toBe(before + 1);
      tested.call(H_PROTECT, 3n, 8n);
      expect(tested.state.invalidations).toBe(before + 1);
    });

    it('does not make a read-only entry writable itself, but changes its key and N', () => {
      const tested = made();
      if (behavior !== 'rfc-2011') touch(tested, 8);
      tested.call(H_PROTECT, 3n, 8n);
      tested.call(H_PROTECT, 0xa00n | 4n | 2n, 8n);
      const real = tested.kvm.table.second(8);
      expect(real & 3n).toBe(3n);
      expect([keyOf(real), real & HPTE_R_N]).toEqual([5n, HPTE_R_N]);
      expect(tested.call(H_READ, 0n, 8n).results?.[1]).toBe(R | keyBits(5n) | HPTE_R_N);
    });

    it('leaves a page without memory its key 31', () => {
      const tested = made();
      tested.call(H_PROTECT, 0xa00n | 2n, 9n);
      expect(keyOf(tested.kvm.table.second(9))).toBe(31n);
      expect(keyOf(tested.call(H_READ, 0n, 9n).results?.[1] ?? 0n)).toBe(5n);
    });
  });
});

describe('a guest that used key 31 for memory', () => {
  it.each(['v3.4', 'v6.1'] as const)('under %s can give the page another key', (behavior) => {
    const tested = kvmUnderTest(behavior);
    tested.call(H_ENTER, H_EXACT, 8n, V, R | keyBits(31n));
    touch(tested, 8);
    tested.call(H_PROTECT, 0xa00n | 2n, 8n);
    expect(keyOf(tested.kvm.table.second(8))).toBe(5n);
  });
});

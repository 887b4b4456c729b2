/** Hypercalls of the page table, a row a rule (facts §5): arguments, then what R3 and the registers after it hold. */
import { describe, expect, it } from 'vitest';
import {
  DEVICE_WITH_SLOT,
  H_BULK_REMOVE,
  H_CLEAR_MOD,
  H_CLEAR_REF,
  H_ENTER,
  H_EXACT,
  H_NOT_FOUND,
  H_PAGE_INIT,
  H_PARAMETER,
  H_READ,
  H_REMOVE,
  H_SUCCESS,
  HPTE_R_C,
  HPTE_R_IG,
  HPTE_R_M,
  HPTE_R_R,
  HPTE_V_ABSENT,
  HPTE_V_VALID,
  kvmUnderTest,
  MEBIBYTE,
  NO_SLOT,
  resolvePageFault,
  trapOf,
} from '../../support/emulator-kvm';

const V = 0x1234_5600n | HPTE_V_VALID;
const R = 0x2_0000n | HPTE_R_M | 2n;
const MEMORY = 8;
const MMIO = 9;
const EMPTY = 10;
/** A table of 2^18 bytes. */
const BEYOND = 1n << 14n;

/** Entry 8 maps memory that has been used; 9 a page without memory; 10 is empty. */
function made(used: bigint = HPTE_R_R | HPTE_R_C) {
  const tested = kvmUnderTest('v6.1');
  tested.call(H_ENTER, H_EXACT, BigInt(MEMORY), V, R);
  tested.call(H_ENTER, H_EXACT, BigInt(MMIO), V + 0x80n, NO_SLOT | HPTE_R_IG | 2n | used);
  const entry = tested.entry(MEMORY);
  resolvePageFault(tested.kvm, { at: 'page-fault', trap: trapOf({}), entry, emulated: false, instruction: undefined });
  tested.kvm.table.setSecond(MEMORY, tested.kvm.table.second(MEMORY) | used);
  return tested;
}

describe('kvmppc_h_bulk_remove', () => {
  const request = (condition: bigint, index: number) => ((0x40n | condition) << 56n) | BigInt(index);
  const answer = (byte: bigint, index: number | bigint) => (byte << 56n) | BigInt(index);
  const END = 0xc0n << 56n;
  const AVPN = V & ~0x7fn;

  it.each<[string, bigint, bigint, bigint, bigint]>([
    ['takes an entry out whatever it is', request(0n, MEMORY), 0n, answer(0x8cn, MEMORY), H_SUCCESS],
    [
      'takes out one without memory, with R and C as its guest entered them',
      request(0n, MMIO),
      0n,
      answer(0x8cn, MMIO),
      H_SUCCESS,
    ],
    ['takes one out by its AVPN', request(2n, MEMORY), AVPN, answer(0x8en, MEMORY), H_SUCCESS],
    ['leaves another AVPN', request(2n, MEMORY), AVPN + 0x80n, answer(0x92n, MEMORY), H_SUCCESS],
    ['takes one out that has none of some bits', request(1n, MEMORY), 0x10n, answer(0x8dn, MEMORY), H_SUCCESS],
    ['leaves one that has one of them', request(1n, MEMORY), 0x200n, answer(0x91n, MEMORY), H_SUCCESS],
    ['finds nothing in an empty place', request(0n, EMPTY), 0n, answer(0x90n, EMPTY), H_SUCCESS],
    ['refuses both conditions at once', request(3n, MEMORY), 0n, answer(0xa3n, MEMORY), H_PARAMETER],
    ['refuses an index beyond the table', (0x40n << 56n) | BEYOND, 0n, answer(0xa0n, BEYOND), H_PARAMETER],
    ['refuses a reply given back as a request', answer(0x80n, MEMORY), 0n, answer(0xa0n, MEMORY), H_PARAMETER],
    ['refuses no request at all', BigInt(MEMORY), 0n, answer(0xa0n, MEMORY), H_PARAMETER],
  ])('%s', (_what, first, value, expected, status) => {
    const tested = made();
    const done = tested.call(H_BULK_REMOVE, first, value, END, 5n, 6n, 7n, 8n, 9n);
    expect(done).toEqual({ status, results: [expected, value, END, 5n, 6n, 7n, 8n, 9n] });
    const index = Number(first & 0xffn);
    if (first < 0x8000_0000_0000_0000n && index < EMPTY && expected >> 60n === 8n)
      expect(tested.kvm.table.first(index)).toBe(0n);
    else expect(tested.kvm.table.first(MEMORY)).toBe(V);
  });

  it('does four at once, and stops at the first that it refuses', () => {
    const tested = made(0n);
    const args = [request(0n, MEMORY), 1n, request(3n, 11), 2n, request(0n, MMIO), 3n, request(0n, EMPTY), 4n];
    expect(tested.call(H_BULK_REMOVE, ...args)).toEqual({
      status: H_PARAMETER,
      results: [answer(0x80n, MEMORY), 1n, answer(0xa3n, 11), ...args.slice(3)],
    });
    expect(tested.kvm.table.first(MEMORY)).toBe(0n);
    expect(tested.kvm.table.first(MMIO)).not.toBe(0n);
  });

  it('does nothing where the first request is the end', () => {
    const tested = made();
    expect(tested.call(H_BULK_REMOVE, END, 0n, request(0n, MEMORY), 0n).status).toBe(H_SUCCESS);
    expect(tested.kvm.table.first(MEMORY)).toBe(V);
  });
});

describe.each([
  ['kvmppc_h_clear_ref', H_CLEAR_REF, HPTE_R_R],
  ['kvmppc_h_clear_mod', H_CLEAR_MOD, HPTE_R_C],
] as const)('%s', (_name, call, bit) => {
  it.each<[string, bigint, bigint]>([
    ['an empty place', BigInt(EMPTY), H_NOT_FOUND],
    ['an index beyond the table', BEYOND, H_PARAMETER],
  ])('refuses %s', (_what, index, status) => {
    expect(made().call(call, 0n, index).status).toBe(status);
  });

  it('gives back both bits as they were, and clears its own in both views', () => {
    const tested = made();
    const before = tested.state.invalidations;
    expect(tested.call(call, 0n, BigInt(MEMORY))).toEqual({ status: H_SUCCESS, results: [R | HPTE_R_R | HPTE_R_C] });
    const other = bit === HPTE_R_R ? HPTE_R_C : HPTE_R_R;
    expect(tested.call(H_READ, 0n, BigInt(MEMORY)).results).toEqual([V, R | other]);
    expect(tested.kvm.table.second(MEMORY) & (HPTE_R_R | HPTE_R_C)).toBe(other);
    expect(tested.kvm.table.first(MEMORY)).toBe(V);
    expect(tested.state.invalidations).toBeGreaterThan(before);
  });

  it('clears the bit that the guest itself entered for a page without memory', () => {
    const tested = made();
    const all = NO_SLOT | HPTE_R_IG | 2n | HPTE_R_R | HPTE_R_C;
    expect(tested.call(call, 0n, BigInt(MMIO)).results).toEqual([all]);
    expect(tested.kvm.reverseMap.guestSecond(MMIO)).toBe(all & ~bit);
  });
});

it('H_CLEAR_REF leaves the page referenced for the host', () => {
  const tested = made();
  tested.call(H_CLEAR_REF, 0n, BigInt(MEMORY));
  expect(tested.kvm.reverseMap.harvested(tested.notes(0x2_0000n))).toBe(HPTE_R_R);
});

it('H_READ of an empty place shows what its second doubleword was last in the real table', () => {
  const tested = made();
  const last = tested.kvm.table.second(MEMORY);
  tested.call(H_REMOVE, 0n, BigInt(MEMORY));
  expect(tested.call(H_READ, 0n, BigInt(MEMORY)).results).toEqual([0n, last]);
});

describe('H_ENTER while an invalidation is under way', () => {
  it('enters an absent entry without a key, which is in no chain', () => {
    const tested = made();
    tested.kvm.notifier.inProgress = 1;
    expect(tested.call(H_ENTER, H_EXACT, 12n, V, R | 0x1000n).status).toBe(H_SUCCESS);
    expect(tested.kvm.table.first(12) & (HPTE_V_VALID | HPTE_V_ABSENT)).toBe(HPTE_V_ABSENT);
    expect(tested.entriesOf(0x2_0000n)).toEqual([MEMORY]);
  });
});

describe('kvmppc_rm_h_page_init', () => {
  const ZERO = 0x8000n;
  const COPY = 0x4000n;
  it.each<[string, bigint, bigint, bigint, bigint]>([
    ['no page to do', 0n, 0x3000n, 0x1n, H_SUCCESS],
    ['every flag that is let pass', 0xf_00c0_0000n, 0x3000n, 0n, H_SUCCESS],
    ['a flag that is not', 1n, 0x3000n, 0n, H_PARAMETER],
    ['a destination within a page', ZERO, 0x3008n, 0n, H_PARAMETER],
    ['a source within a page, to copy', COPY, 0x3000n, 0x8n, H_PARAMETER],
    ['a source within a page, to clear', ZERO, 0x3000n, 0x8n, H_SUCCESS],
    ['a destination without memory', ZERO, NO_SLOT, 0n, H_PARAMETER],
    ['a source without memory', COPY, 0x3000n, NO_SLOT, H_PARAMETER],
    ['a device', ZERO, DEVICE_WITH_SLOT, 0n, H_PARAMETER],
    ['memory beyond its slot', ZERO, BigInt(32 * MEBIBYTE), 0n, H_PARAMETER],
  ])('answers %s', (_what, flags, destination, source, status) => {
    expect(made().call(H_PAGE_INIT, flags, destination, source).status).toBe(status);
  });

  it('copies a page, or clears it, bringing it in first', () => {
    const { kvm, call } = made();
    const bytes = (address: bigint) => {
      const got = kvm.process.userPage(kvm.slots[0]!.hostVirtualAddress + address, true);
      if (got.kind !== 'page') throw new Error(got.kind);
      return kvm.realMemory.bytes(got.page.realAddress + (address & 0xffffn), 0x1000);
    };
    bytes(0x5_2000n).fill(7);
    expect(call(H_PAGE_INIT, COPY | ZERO, 0x9_3000n, 0x5_2000n).status).toBe(H_SUCCESS);
    expect(new Set(bytes(0x9_3000n))).toEqual(new Set([7]));
    expect(new Set(bytes(0x9_4000n))).toEqual(new Set([0]));
    call(H_PAGE_INIT, ZERO, 0x5_2000n, 0n);
    expect(new Set(bytes(0x5_2000n))).toEqual(new Set([0]));
  });
});

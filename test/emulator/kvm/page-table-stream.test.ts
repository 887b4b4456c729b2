/** KVM_PPC_GET_HTAB_FD and debugfs's htab (Linux: kvm_htab_read(), kvm_htab_write(); include/uapi: struct kvm_get_htab_header). */
import { describe, expect, it } from 'vitest';
import { PageTableReader, pageTableText, writePageTable } from '../../../emulator/kvm/page-table-stream';
import {
  H_ENTER,
  H_EXACT,
  H_PROTECT,
  H_READ,
  H_REMOVE,
  HPTE_R_IG,
  HPTE_R_M,
  HPTE_R_R,
  kvmUnderTest,
  NO_SLOT,
  resolvePageFault,
  trapOf,
  type KvmUnderTest,
} from '../../support/emulator-kvm';
import { Random, seedFor } from '../../support/isa-random';

const V = 0x1234_5601n;
const R = 0x2_0000n | HPTE_R_M | 2n;
const BOLTED = 0x10n;
const ENTRIES = 1 << 14;

function records(stream: Uint8Array) {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  const found: { index: number; valid: number; invalid: number; entries: bigint[] }[] = [];
  for (let at = 0; at < stream.length;) {
    const [index, valid, invalid] = [
      view.getUint32(at, true),
      view.getUint16(at + 4, true),
      view.getUint16(at + 6, true),
    ];
    at += 8;
    const entries = Array.from({ length: 2 * valid }, (_, i) => view.getBigUint64(at + 8 * i));
    found.push({ index, valid, invalid, entries });
    at += 16 * valid;
  }
  return found;
}
function made(): KvmUnderTest {
  const tested = kvmUnderTest('v6.1');
  tested.call(H_ENTER, H_EXACT, 8n, V, R);
  tested.call(H_ENTER, H_EXACT, 9n, V | BOLTED, NO_SLOT | HPTE_R_IG | 2n);
  const entry = tested.entry(8);
  resolvePageFault(tested.kvm, { at: 'page-fault', trap: trapOf({}), entry, emulated: false, instruction: undefined });
  return tested;
}

describe('kvm_htab_read', () => {
  it('tells of the whole table first, as the guest sees it', () => {
    const { kvm } = made();
    expect(records(new PageTableReader(kvm).read())).toEqual([
      { index: 0, valid: 0, invalid: 8, entries: [] },
      { index: 8, valid: 2, invalid: ENTRIES - 10, entries: [V, R, V | BOLTED, NO_SLOT | HPTE_R_IG | 2n] },
    ]);
  });
  it('tells of bolted entries alone where it is asked to', () => {
    const { kvm } = made();
    const valid = records(new PageTableReader(kvm, true).read()).filter((one) => one.valid > 0);
    expect(valid).toMatchObject([{ index: 9, valid: 1 }]);
  });
  it('tells afterwards of what has changed, by the guest or by the hardware, and once', () => {
    const { kvm, call } = made();
    const reader = new PageTableReader(kvm);
    reader.read();
    expect(reader.read()).toEqual(new Uint8Array(0));
    kvm.table.setSecond(8, kvm.table.second(8) | HPTE_R_R);
    call(H_PROTECT, 3n, 9n);
    expect(records(reader.read())).toEqual([
      { index: 8, valid: 2, invalid: 0, entries: [V, R | HPTE_R_R, V | BOLTED, NO_SLOT | HPTE_R_IG | 3n] },
    ]);
    expect(reader.read()).toEqual(new Uint8Array(0));
    call(H_REMOVE, 0n, 9n);
    expect(records(reader.read())).toEqual([{ index: 9, valid: 0, invalid: 1, entries: [] }]);
  });
  it('gives no more than the buffer takes, and goes on where it was', () => {
    const { kvm } = made();
    const reader = new PageTableReader(kvm);
    const parts: Uint8Array[] = [];
    do parts.push(reader.read(33));
    while (
      parts.reduce(
        (sum, part) => sum + records(part).reduce((all, { valid, invalid }) => all + valid + invalid, 0),
        0,
      ) < ENTRIES
    );
    expect(parts.every((part) => part.length <= 33)).toBe(true);
    expect(parts.flatMap(records).flatMap(({ entries }) => entries)).toEqual([
      V,
      R,
      V | BOLTED,
      NO_SLOT | HPTE_R_IG | 2n,
    ]);
  });
});

describe('kvm_htab_write', () => {
  it('makes of a table what another is for its guest, whatever stood there', () => {
    const random = new Random(seedFor('page table stream'));
    const [from, to] = [kvmUnderTest('v6.1'), kvmUnderTest('v6.1')];
    for (let count = 0; count < 400; count++) {
      const [index, page] = [BigInt(random.below(ENTRIES)), BigInt(random.below(512)) << 12n];
      const place = random.of([0n, NO_SLOT]);
      random
        .of([from, from, to])
        .call(H_ENTER, H_EXACT, index, V | (BigInt(random.below(64)) << 7n), place | page | HPTE_R_M | 2n);
    }
    const saved = new PageTableReader(from.kvm).read();
    expect(writePageTable(to.kvm, saved)).toEqual({ kind: 'written', bytes: saved.length });
    const view = ({ call, kvm }: KvmUnderTest) =>
      Array.from({ length: ENTRIES }, (_, index) =>
        kvm.table.first(index) === 0n ? 0n : call(H_READ, 0n, BigInt(index)).results,
      );
    expect(view(to)).toEqual(view(from));
    expect(new PageTableReader(to.kvm).read()).toEqual(saved);
  });
  it.each<[string, number, number, bigint, string]>([
    ['entries beyond the table', ENTRIES - 1, 2, V, 'EINVAL'],
    ['an entry that is not valid', 3, 1, V & ~1n, 'EINVAL'],
    ['an entry that H_ENTER refuses', 3, 1, V | (1n << 63n), 'EIO'],
  ])('refuses %s', (_what, index, valid, first, errno) => {
    const stream = new Uint8Array(8 + 16 * valid);
    const view = new DataView(stream.buffer);
    view.setUint32(0, index, true);
    view.setUint16(4, valid, true);
    for (let at = 8; at < stream.length; at += 16) {
      view.setBigUint64(at, first);
      view.setBigUint64(at + 8, R);
    }
    expect(writePageTable(kvmUnderTest('v6.1').kvm, stream)).toMatchObject({ kind: 'refused', errno });
  });
});

it('debugfs_htab_read: a line an entry, of which the last column is the guest’s', () => {
  const { kvm } = made();
  const real = kvm.table.second(8).toString(16).padStart(16, '0');
  const absent = kvm.table.first(9).toString(16).padStart(16, '0');
  expect(pageTableText(kvm)).toBe(
    `     8 ${V.toString(16).padStart(16, '0')} ${real} ${R.toString(16).padStart(16, '0')}\n` +
      `     9 ${absent} ${kvm.table.second(9).toString(16).padStart(16, '0')} ${(NO_SLOT | HPTE_R_IG | 2n).toString(16).padStart(16, '0')}\n`,
  );
});

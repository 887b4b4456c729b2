import { describe, expect, it } from 'vitest';
import { virtualPageOf } from '../../../emulator/mmu/hashed-page-table';
import { pageProtection } from '../../../emulator/mmu/hashed-page-table-entry';
import { hptePageShifts, largePageShifts, segmentPageShift } from '../../../emulator/mmu/page-size';
import { isTerabyteSegment, segmentShift, virtualSegment, VRMA_VSID_WORD } from '../../../emulator/mmu/segment';
import { realModeLimit, realModeLimitSelectors } from '../../../emulator/mmu/special-register-bits';
import { HOST_MEMORY } from '../../../emulator/state/layout';
import { architecture } from '../../support/emulator-mmu-oracle';
import { emptyWorld, homeOf, pageSizes, segmentSizeBits, type WorldSegment } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

function randomSegment(random: Random): WorldSegment {
  const terabyte = random.below(2) === 0;
  const base = random.of([12, 16, 24] as const);
  const vsid = BigInt.asUintN(terabyte ? 38 : 50, random.wide());
  const vsidWord = (terabyte ? (1n << 62n) | (vsid << 24n) : vsid << 12n) | segmentSizeBits[base];
  const effectiveAddress = random.wide() & -(1n << (terabyte ? 40n : 28n)) & ((1n << 64n) - 1n);
  return { effectiveAddress, vsidWord, terabyte, vsid, base };
}

describe('the hash', () => {
  it('of a page, in a table of any order, is undone by virtualPageOf', () => {
    const random = new Random(seedFor('virtualPageOf'));
    for (let count = 0; count < 5000; count++) {
      const segment = randomSegment(random);
      // Up to the largest table that KVM makes.
      const groupCount = 2 ** (11 + random.below(29));
      const inSegment = random.wide() & ((1n << (segment.terabyte ? 40n : 28n)) - 1n);
      const address = segment.effectiveAddress | inSegment;
      const { primary, secondary, first, virtualAddress } = homeOf(segment, address, groupCount);
      const size = random.of(pageSizes.filter(({ base }) => base === segment.base));
      const large = size.encoding === undefined ? 0n : 4n;
      const frame = BigInt.asUintN(60 - size.actual, random.wide()) << BigInt(size.actual);
      const second = frame | ((size.encoding ?? 0n) << 12n);
      const expected = {
        virtualAddress: (virtualAddress >> BigInt(segment.base)) << BigInt(segment.base),
        segmentShift: segment.terabyte ? 40 : 28,
        vsid: segment.vsid,
      };
      expect(virtualPageOf(first | large | 1n, second, primary, groupCount)).toEqual(expected);
      expect(virtualPageOf(first | large | 2n | 0x20n, second, secondary, groupCount)).toEqual(expected);
    }
  });
});

describe('page sizes', () => {
  it('of every encoding in an HPTE are those of facts 1.3', () => {
    for (let encoding = 0; encoding < 256; encoding++) {
      const [base, actual] = architecture.pageSize(4n, BigInt(encoding) << 12n) ?? [0, 0];
      expect(largePageShifts(encoding), `LP ${encoding.toString(16)}`).toEqual({ base, actual });
      expect(hptePageShifts(4n, BigInt(encoding) << 12n)).toEqual({ base, actual });
      expect(hptePageShifts(0n, BigInt(encoding) << 12n)).toEqual({ base: 12, actual: 12 });
    }
  });

  it('of a 64 KiB page do not depend on the page number above its low four bits', () => {
    for (let high = 0; high < 16; high++) expect(largePageShifts(high * 16 + 1)).toEqual({ base: 16, actual: 16 });
    for (let high = 0; high < 16; high++) expect(largePageShifts(high * 16 + 7)).toEqual({ base: 12, actual: 16 });
  });

  it('of a segment are chosen by L and LP', () => {
    const byBits = new Map(
      [0n, 0x10n, 0x20n, 0x30n, 0x100n, 0x110n, 0x120n, 0x130n].map((one) => [one, segmentPageShift(one)]),
    );
    expect(Object.fromEntries(byBits)).toEqual({ 0: 12, 16: 0, 32: 0, 48: 0, 256: 24, 272: 16, 288: 34, 304: 0 });
  });
});

describe('segments', () => {
  it('have 50 bits of number, or 38 if they are of 1 TB', () => {
    const random = new Random(seedFor('segments'));
    for (let count = 0; count < 500; count++) {
      const { vsid, vsidWord, terabyte } = randomSegment(random);
      expect(virtualSegment(vsidWord | 0xc30n)).toBe(vsid);
      expect(isTerabyteSegment(vsidWord)).toBe(terabyte);
      expect(segmentShift(vsidWord)).toBe(terabyte ? 40 : 28);
    }
  });

  it('that real mode is lent are number 0x1ffffff of 1 TB', () => {
    expect(virtualSegment(VRMA_VSID_WORD)).toBe(0x1ff_ffffn);
    expect(isTerabyteSegment(VRMA_VSID_WORD)).toBe(true);
  });
});

describe('page protection', () => {
  it.each([
    [0n, 'read-write', 'none'],
    [1n, 'read-write', 'read'],
    [2n, 'read-write', 'read-write'],
    [3n, 'read', 'read'],
    [4n, 'none', 'none'],
    [5n, 'none', 'none'],
    [6n, 'read', 'none'],
    [7n, 'none', 'none'],
  ])('of pp %s is %s for key 0 and %s for key 1 (facts 1.6)', (pp, forKey0, forKey1) => {
    expect([pageProtection(0, pp), pageProtection(1, pp)]).toEqual([forKey0, forKey1]);
  });
});

describe('real mode limits', () => {
  it('are those of facts 2, and none for the other selectors', () => {
    const sizes = Array.from({ length: 16 }, (_, selector) => realModeLimit(BigInt(selector)));
    const [mebibyte, gibibyte] = [1n << 20n, 1n << 30n];
    const expected = new Map([
      [0, 256n * gibibyte],
      [1, 16n * gibibyte],
      [2, gibibyte],
      [3, 64n * mebibyte],
      [4, 256n * mebibyte],
      [7, 128n * mebibyte],
      [8, 32n * mebibyte],
    ]);
    expect(sizes).toEqual(sizes.map((_, selector) => expected.get(selector)));
    expect(realModeLimitSelectors.map((one) => realModeLimit(one))).not.toContain(undefined);
  });
});

describe('the table', () => {
  it('says where it is and how large in SDR1, and stands in memory big-endian', () => {
    const { table, view } = emptyWorld(20);
    expect(table.sdr1).toBe(BigInt(table.address) | 2n);
    expect([table.entryCount, table.groupCount]).toEqual([2 ** 16, 2 ** 13]);
    table.setFirst(5, 0x0102_0304_0506_0708n);
    table.setSecond(5, 0xff00n);
    const at = HOST_MEMORY + table.address + 5 * 16;
    expect(view.getUint8(at)).toBe(1);
    expect(view.getUint8(at + 14)).toBe(0xff);
    expect([table.first(5), table.second(5)]).toEqual([0x0102_0304_0506_0708n, 0xff00n]);
  });

  it.each([-1, 2 ** 14])('has no entry %s', (index) => {
    const { table } = emptyWorld(18);
    expect(() => table.first(index)).toThrow(`the table has no entry ${index}`);
  });
});

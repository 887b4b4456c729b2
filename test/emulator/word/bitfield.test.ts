import { describe, expect, it } from 'vitest';
import { hpteFirst, hpteSecond } from '../../../emulator/mmu/hashed-page-table-entry';
import { slbEsidWord, slbVsidWord } from '../../../emulator/mmu/segment';
import { dsisr, instructionStorage, lpcr, msr } from '../../../emulator/mmu/special-register-bits';
import { bitfield, bits, flag } from '../../../emulator/word/bitfield';
import { Random, seedFor } from '../../support/isa-random';

/** Enough of a bitfield to try any of them. */
interface AnyBitfield {
  readonly mask: Readonly<Record<string, bigint>>;
  decode(word: bigint): Readonly<Record<string, bigint | boolean>>;
  encode(values: Readonly<Record<string, bigint | boolean>>, base?: bigint): bigint;
}
const seed = seedFor('bitfields');
const words = { hpteFirst, hpteSecond, slbEsidWord, slbVsidWord, msr, lpcr, dsisr, instructionStorage };

describe('a bitfield', () => {
  it.each(Object.entries(words))('%s gives back what was put in, and leaves the rest alone', (_name, word) => {
    const random = new Random(seed);
    const any = word as unknown as AnyBitfield;
    const claimed = Object.values(any.mask).reduce((all, mask) => all | mask, 0n);
    for (let count = 0; count < 300; count++) {
      const [first, second] = [random.wide(), random.wide()];
      const values = any.decode(first);
      expect(any.encode(values)).toBe(first & claimed);
      expect(any.encode(values, second)).toBe((first & claimed) | (second & ~claimed));
      const field = random.of(Object.keys(any.mask));
      const changed = any.encode({ [field]: values[field]! }, second);
      expect(any.decode(changed)).toEqual({ ...any.decode(second), [field]: values[field] });
    }
  });

  it.each(Object.entries(words))('%s has no bit in two fields', (_name, word) => {
    const masks = Object.values((word as unknown as AnyBitfield).mask);
    expect(masks.reduce((sum, mask) => sum + mask, 0n)).toBe(masks.reduce((all, mask) => all | mask, 0n));
  });

  it('counts bits from the most significant one, and joins the pieces of a field in the order in which they stand', () => {
    const word = bitfield({ top: flag(0), split: bits([1, 2], [62, 63]), wide: bits([8, 15]) });
    expect(word.mask).toEqual({ top: 1n << 63n, split: (3n << 61n) | 3n, wide: 0xffn << 48n });
    expect(word.decode((1n << 61n) | 2n)).toEqual({ top: false, split: 0b0110n, wide: 0n });
    expect(word.encode({ split: 0b1001n, top: true })).toBe((1n << 63n) | (2n << 61n) | 1n);
  });

  it('drops what does not fit in a field', () => {
    expect(bitfield({ few: bits([60, 61]) }).encode({ few: 0xffn })).toBe(0xcn);
  });

  it('refuses a field that it has not', () => {
    const word = bitfield({ few: bits([60, 61]) }) as unknown as AnyBitfield;
    expect(() => word.encode({ many: 1n })).toThrow('many is no field of this word');
  });
});

describe('the words of the MMU', () => {
  it('have their fields where Linux has them (facts 1.1, 1.2, 1.5)', () => {
    expect(hpteFirst.mask).toEqual({
      segmentSize: 0xc000_0000_0000_0000n,
      abbreviatedPage: 0x3fff_ffff_ffff_ff80n,
      lockedByHost: 0x40n,
      absent: 0x20n,
      bolted: 0x10n,
      lockedByGuest: 0x08n,
      large: 4n,
      secondaryHash: 2n,
      valid: 1n,
    });
    expect(hpteSecond.mask).toEqual({
      protection: 0x8000_0000_0000_0003n,
      modified: 0x4000_0000_0000_0000n,
      key: 0x3000_0000_0000_0e00n,
      realPage: 0x0fff_ffff_ffff_f000n,
      referenced: 0x100n,
      changed: 0x80n,
      wimg: 0x78n,
      noExecute: 4n,
    });
    expect(slbVsidWord.mask).toMatchObject({
      segmentSize: 0xc000_0000_0000_0000n,
      vsid: 0x3fff_ffff_ffff_f000n,
      ks: 0x800n,
      kp: 0x400n,
      noExecute: 0x200n,
      large: 0x100n,
      class: 0x80n,
      pageSizeSelector: 0x30n,
    });
    expect(slbEsidWord.mask).toEqual({ esid: 0xffff_ffff_f000_0000n, valid: 0x0800_0000n, index: 0xfffn });
  });

  it('read the key and the protection of an HPTE as Linux does', () => {
    const random = new Random(seed);
    for (let count = 0; count < 500; count++) {
      const second = random.wide();
      const { key, protection } = hpteSecond.decode(second);
      expect(key).toBe(((second & 0x3000_0000_0000_0000n) >> 57n) | ((second & 0xe00n) >> 9n));
      expect(protection).toBe(((second >> 63n) << 2n) | (second & 3n));
    }
    expect(hpteSecond.encode({ key: 31n })).toBe(0x3000_0000_0000_0e00n);
  });

  it('have the status bits of facts 2', () => {
    expect(dsisr.mask).toEqual({
      NOHPTE: 0x4000_0000n,
      NOEXEC_OR_G: 0x1000_0000n,
      PROTFAULT: 0x0800_0000n,
      BADACCESS: 0x0400_0000n,
      ISSTORE: 0x0200_0000n,
      DABRMATCH: 0x0040_0000n,
      KEYFAULT: 0x0020_0000n,
    });
    expect(instructionStorage.mask).toEqual({
      NOPT: 0x4000_0000n,
      N_G_OR_CIP: 0x1000_0000n,
      PROT: 0x0800_0000n,
      KEYFAULT: 0x0020_0000n,
    });
    expect(lpcr.mask).toMatchObject({
      VPM0: 1n << 63n,
      VPM1: 1n << 62n,
      ISL: 1n << 61n,
      KBV: 1n << 60n,
      DPFD: 0x0070_0000_0000_0000n,
      VRMASD: 0x000f_8000_0000_0000n,
      ILE: 0x0200_0000n,
      AIL: 0x0180_0000n,
      ONL: 0x4_0000n,
      PECE: 0x1_f000n,
      MER: 0x800n,
      TC: 0x200n,
      HDICE: 1n,
    });
    expect(msr.mask).toMatchObject({
      SF: 1n << 63n,
      HV: 1n << 60n,
      VEC: 1n << 25n,
      VSX: 1n << 23n,
      EE: 0x8000n,
      PR: 0x4000n,
      FP: 0x2000n,
      ME: 0x1000n,
      SE: 0x400n,
      BE: 0x200n,
      IR: 0x20n,
      DR: 0x10n,
      RI: 2n,
      LE: 1n,
    });
  });
});

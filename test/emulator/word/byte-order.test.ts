import { expect, it } from 'vitest';
import { bytesOf, valueOf } from '../../../emulator/word/byte-order';
import { hexadecimal, signed64, unsigned64 } from '../../../emulator/word/unsigned';
import { Random, seedFor } from '../../support/isa-random';

it('bytes and numbers turn into each other in both byte orders', () => {
  const random = new Random(seedFor('byte order'));
  for (let count = 0; count < 500; count++) {
    const length = 1 + random.below(8);
    const value = BigInt.asUintN(8 * length, random.wide());
    for (const littleEndian of [true, false]) {
      const bytes = bytesOf(value, length, littleEndian);
      expect(bytes).toHaveLength(length);
      expect(valueOf(bytes, littleEndian)).toBe(value);
      expect(valueOf(bytes.slice().reverse(), !littleEndian)).toBe(value);
    }
  }
});

it('the most significant byte comes first in big-endian order', () => {
  expect([...bytesOf(0x0102_0304n, 4, false)]).toEqual([1, 2, 3, 4]);
  expect([...bytesOf(0x0102_0304n, 4, true)]).toEqual([4, 3, 2, 1]);
  expect(valueOf(Uint8Array.of(), false)).toBe(0n);
});

it('bytes beyond a length are dropped, and a negative number shows its two’s complement', () => {
  expect([...bytesOf(0x1_ff02n, 2, false)]).toEqual([0xff, 2]);
  expect([...bytesOf(-2n, 2, false)]).toEqual([0xff, 0xfe]);
});

it('64 bits are a number with and without a sign', () => {
  expect(unsigned64(-1n)).toBe(0xffff_ffff_ffff_ffffn);
  expect(signed64(0xffff_ffff_ffff_ffffn)).toBe(-1n);
  expect(unsigned64(1n << 64n)).toBe(0n);
  expect([hexadecimal(0x1fn), hexadecimal(255)]).toEqual(['0x1f', '0xff']);
});

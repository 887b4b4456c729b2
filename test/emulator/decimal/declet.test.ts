import { expect, test } from 'vitest';
import { decletOfNumber, numberOfDeclet } from '../../../emulator/decimal/declet';
import { decimal128, decimal32, decimal64, decode, encode, finite } from '../../../emulator/decimal/format';
import { Bench } from '../../support/isa-engine';
import { Random, seedFor } from '../../support/isa-random';
import { wordOf } from '../../support/vector-bench';

test('the tables agree with cdtbcd and cbcdtd, which are written as logic', () => {
  const bench = new Bench();
  const convert = (mnemonic: string, value: bigint) => {
    bench.registers.setGpr(3, value);
    bench.run(wordOf(mnemonic, { rs: 3, ra: 4 }));
    return bench.registers.gpr(4);
  };
  const packed = (number: number) => BigInt(`0x${number}`);
  const declets = Array.from({ length: 1024 }, (_, declet) => declet);
  expect(declets.filter((one) => convert('cdtbcd', BigInt(one)) !== packed(numberOfDeclet[one]!))).toEqual([]);
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  expect(numbers.filter((one) => convert('cbcdtd', packed(one)) !== BigInt(decletOfNumber[one]!))).toEqual([]);
});

test.each([
  ['one', decimal64, 0x2238_0000_0000_0001n, finite(false, 1n, 0)],
  ['minus 7.50', decimal64, 0xa230_0000_0000_03d0n, finite(true, 750n, -2)],
  ['the greatest', decimal64, 0x77fc_ff3f_cff3_fcffn, finite(false, 10n ** 16n - 1n, 369)],
  ['the least', decimal64, 1n, finite(false, 1n, -398)],
  ['a short one', decimal32, 0x2250_0001n, finite(false, 1n, 0)],
  ['an extended one', decimal128, 0x2208_0000_0000_0000_0000_0000_0000_0001n, finite(false, 1n, 0)],
])('%s is where the manual puts it', (_, format, bits, value) => {
  expect(decode(bits, format)).toEqual(value);
  expect(encode(value, format)).toBe(bits);
});

test('what is encoded is decoded', () => {
  const random = new Random(seedFor('decimal formats'));
  for (const format of [decimal32, decimal64, decimal128])
    for (let i = 0; i < 3000; i++) {
      const bits = BigInt.asUintN(format.width, (random.wide() << 64n) | random.wide());
      const value = decode(bits, format);
      expect(decode(encode(value, format), format)).toEqual(value);
    }
});

/** The examples of FIPS 197 and FIPS 180-4, with the instructions that POWER8 has for them. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { VectorBench } from '../../support/vector-bench';

const bench = new VectorBench();
const hexadecimal = (value: bigint, digits: number) => value.toString(16).padStart(digits, '0');

const substituteWord = (word: bigint): bigint => bench.compute('vsbox', [word], { vra: 1 }) & 0xffff_ffffn;
const rotateLeftByByte = (word: bigint): bigint => ((word << 8n) & 0xffff_ffffn) | (word >> 24n);

/** FIPS 197, 5.2: the keys of the 11 rounds. */
function roundKeys(key: bigint): bigint[] {
  const words = [96n, 64n, 32n, 0n].map((shift) => (key >> shift) & 0xffff_ffffn);
  for (let i = 4, constant = 1n; i < 44; i++) {
    const last = words[i - 1]!;
    let mixed = last;
    if (i % 4 === 0) {
      mixed = substituteWord(rotateLeftByByte(last)) ^ (constant << 24n);
      constant = constant < 0x80n ? constant << 1n : 0x1bn;
    }
    words.push(words[i - 4]! ^ mixed);
  }
  return Array.from({ length: 11 }, (_, i) =>
    words.slice(i * 4, i * 4 + 4).reduce((all, one) => (all << 32n) | one, 0n),
  );
}

const PLAIN = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeffn;
const KEY = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0fn;
const CIPHER = 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55an;

test('FIPS 197 appendix C.1, there and back', () => {
  const keys = roundKeys(KEY);
  let state = PLAIN ^ keys[0]!;
  for (const key of keys.slice(1, 10)) state = bench.compute('vcipher', [state, key]);
  state = bench.compute('vcipherlast', [state, keys[10]!]);
  expect(hexadecimal(state, 32)).toBe(hexadecimal(CIPHER, 32));

  state ^= keys[10]!;
  for (const key of keys.slice(1, 10).reverse()) state = bench.compute('vncipher', [state, key]);
  state = bench.compute('vncipherlast', [state, keys[0]!]);
  expect(hexadecimal(state, 32)).toBe(hexadecimal(PLAIN, 32));
});

/** The integer part of the nth root of a number. */
function integerRoot(value: bigint, n: bigint): bigint {
  let [low, high] = [0n, 1n << 200n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** n <= value) low = middle;
    else high = middle;
  }
  return low;
}
const primes = Array.from({ length: 500 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n }, (_, d) => d).every((d) => d < 2 || n % d !== 0),
);
/** FIPS 180-4, 4.2 and 5.3: the first bits of the fractions of roots of the first primes. */
const fractions = (bits: bigint, root: bigint, count: number) =>
  primes
    .slice(0, count)
    .map((prime) => BigInt.asUintN(Number(bits), integerRoot(BigInt(prime) << (bits * root), root)));

interface Hash {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly rounds: 64 | 80;
  readonly sigma: (value: bigint, st: 0 | 1, index: 0 | 1) => bigint;
}
const hashes: readonly Hash[] = [
  {
    name: 'sha256',
    bits: 32,
    rounds: 64,
    // Each word of the vector with its own bit of SIX: the one that is asked for is the third.
    sigma: (value, st, index) =>
      (bench.compute('vshasigmaw', [value << 32n], { vra: 1, st, six: index * 2 }) >> 32n) & 0xffff_ffffn,
  },
  {
    name: 'sha512',
    bits: 64,
    rounds: 80,
    sigma: (value, st, index) => bench.compute('vshasigmad', [value << 64n], { vra: 1, st, six: index * 8 }) >> 64n,
  },
];

test.each(hashes)('FIPS 180-4, the message "abc": $name', ({ name, bits, rounds, sigma }) => {
  const cut = (value: bigint) => BigInt.asUintN(bits, value);
  const constants = fractions(BigInt(bits), 3n, rounds);
  const start = fractions(BigInt(bits), 2n, 8);
  const message = [(0x616263n << BigInt(bits - 24)) | (0x80n << BigInt(bits - 32)), ...Array<bigint>(14).fill(0n), 24n];
  for (let t = 16; t < rounds; t++) {
    const [early, late] = [sigma(message[t - 15]!, 0, 0), sigma(message[t - 2]!, 0, 1)];
    message.push(cut(late + message[t - 7]! + early + message[t - 16]!));
  }
  let [a, b, c, d, e, f, g, h] = start as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  for (let t = 0; t < rounds; t++) {
    const first = h + sigma(e, 1, 1) + ((e & f) ^ (cut(~e) & g)) + constants[t]! + message[t]!;
    const second = sigma(a, 1, 0) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [cut(first + second), a, b, c, cut(d + first), e, f, g];
  }
  const digest = [a, b, c, d, e, f, g, h].map((one, i) => hexadecimal(cut(one + start[i]!), bits / 4)).join('');
  expect(digest).toBe(createHash(name).update('abc').digest('hex'));
});

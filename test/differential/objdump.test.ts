import { expect, test } from 'vitest';
import type { Values } from '../../emulator/isa/fields';
import { decode, disassembleText, instructions } from '../../emulator/isa/table';
import { recordCounts } from '../support/differential-counts';
import { hasObjdump, objdump } from '../support/differential-objdump';
import { differences, type Comparison } from '../support/differential-objdump-differences';
import { Random, seedFor } from '../support/isa-random';

const ADDRESS = 0x1000_0000n;
const WORDS_EACH = 24;

/** What objdump knows and we do not: other facilities, and what is left for later. */
const absent = {
  'decimal floating point':
    /^d(add|sub|mul|div|cmp|tst|qua|rrnd|rint|ctdp|ctqp|rsp|rdp|cffix|ctfix|dedpd|enbcd|xex|iex|sc)/,
  'the service processor': /^(attn|waitasec)$/,
  accelerators: /^(icswx|icswepx|pbt|ecowx|eciwx)\.?$/,
  'other processors': /^(rfi|mtsr|mtsrd|mtsrdin|mtsrin|mtsle|tlbia|tlbld|tlbli|hash(st|chk)p?|dcbi|vabsdu[bhw])$/,
} as const;

const available = hasObjdump();
if (!available) console.log('skipped: no powerpc64le-linux-gnu-objdump to compare with');

/** Any values, but often such as extended mnemonics ask for: zero, the last, equal to another, or adding up. */
function likelyValues(values: Values, random: Random): Values {
  const numbers = [0, ...Object.values(values)];
  const related = () => {
    const other = random.of(numbers);
    return random.of([0, 31, 63, other, 31 - other, 32 - other, 63 - other, 64 - other]);
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, random.below(2) === 0 ? value : related()]),
  );
}

test.skipIf(!available)('every instruction, with any operands, reads as objdump writes it', () => {
  const random = new Random(seedFor('objdump'));
  const drawn = instructions.flatMap((instruction) =>
    Array.from({ length: WORDS_EACH }, () => {
      const word = (random.next() & ~instruction.mask) | instruction.match;
      // Without the bits that are ignored: objdump wants them to be zero.
      const values = instruction.decode(word);
      return instruction.encode(random.below(2) === 0 ? likelyValues(values, random) : values);
    }),
  );
  // What only an older processor has decodes as something else on the newer one.
  const words = drawn.filter((word) => decode(word) !== undefined);
  const theirs = objdump(words, ADDRESS, 'power8');
  expect(theirs).toHaveLength(words.length);
  const comparisons = words.map((word, i): Comparison => {
    const instruction = decode(word)!;
    const ours = disassembleText(word, ADDRESS + BigInt(i * 4));
    return { instruction, values: instruction.decode(word), ours, theirs: theirs[i]! };
  });
  const differing = comparisons.filter(({ ours, theirs: other }) => ours !== other);
  const unexplained = differing.filter((one) => !differences.some(({ applies }) => applies(one)));
  recordCounts('objdump, random words', { words: words.length, 'differing for a known reason': differing.length });
  expect(unexplained.map(({ ours, theirs: other }) => `${ours} | ${other}`)).toEqual([]);
});

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const variant = (mnemonic: string) => instructions.find((one) => one.mnemonic === mnemonic)!;

test.skipIf(!available)('every rotation reads as objdump writes it', () => {
  const doublewords = ['rldicl', 'rldicr', 'rldic', 'rldimi', 'rldcl', 'rldcr'].flatMap((mnemonic) =>
    upTo(64).flatMap((sh6) =>
      upTo(64).map((bound) => variant(mnemonic).encode({ rs: 3, ra: 4, rb: 5, sh6, mb6: bound, me6: bound })),
    ),
  );
  const words = ['rlwinm', 'rlwnm', 'rlwimi.'].flatMap((mnemonic) =>
    upTo(32).flatMap((sh) =>
      upTo(32).flatMap((mb) => upTo(32).map((me) => variant(mnemonic).encode({ rs: 3, ra: 4, rb: sh, sh, mb, me }))),
    ),
  );
  const all = [...doublewords, ...words];
  const theirs = objdump(all, ADDRESS, 'power8');
  const differing = all.flatMap((word, i) => {
    const ours = disassembleText(word, ADDRESS + BigInt(i * 4));
    return ours === theirs[i] ? [] : [`${ours} | ${theirs[i]}`];
  });
  expect(differing).toEqual([]);
});

test.skipIf(!available)('what objdump reads and we do not belongs to what we left out', () => {
  const random = new Random(seedFor('objdump, absent'));
  const operandBits = 0x03ff_f800;
  const words = Array.from({ length: 64 * 2048 }, (_, i) => ((i >> 11) << 26) | (i & 2047)).flatMap((word) =>
    [0, 0x03e0_f800, operandBits].map((bits) => (word | (random.next() & bits)) >>> 0),
  );
  const unknown = words.filter((word) => !decode(word));
  const names = new Set(
    objdump(unknown, ADDRESS, 'power8')
      .map((text) => text.split(' ')[0]!)
      .filter((name) => name !== '.long'),
  );
  const forgotten = [...names].filter((name) => !Object.values(absent).some((pattern) => pattern.test(name)));
  expect(forgotten).toEqual([]);
});

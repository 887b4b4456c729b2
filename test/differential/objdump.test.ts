import { expect, test } from 'vitest';
import type { Values } from '../../emulator/isa/fields';
import type { Instruction } from '../../emulator/isa/instruction';
import { decode, disassembleText, instructions } from '../../emulator/isa/table';
import { hasObjdump, objdump } from '../support/differential-objdump';
import { Random, seedFor } from '../support/isa-random';

const ADDRESS = 0x1000_0000n;
const WORDS_EACH = 24;

interface Comparison {
  readonly instruction: Instruction;
  readonly values: Values;
  readonly ours: string;
  readonly theirs: string;
}
const several = (fxm: number) => (fxm & (fxm - 1)) !== 0 || fxm === 0;
const refused = ({ theirs }: Comparison) => theirs.startsWith('.long ');

/** Everything in which objdump may differ from us, and why. */
const differences: readonly { readonly reason: string; readonly applies: (one: Comparison) => boolean }[] = [
  {
    reason: 'objdump cuts an absolute target to 32 bits, where the processor extends the sign',
    applies: ({ values, ours, theirs }) => values.aa === 1 && ours.replace('0xffffffff', '0x') === theirs,
  },
  {
    reason: 'objdump has no name for reserved values of BO',
    applies: (one) => one.values.bo !== undefined && refused(one),
  },
  {
    reason: 'objdump reads a reserved BO, where the manual has no extended mnemonic',
    applies: ({ values: { bo = 0 } }) => (bo & 16) !== 0 && (bo & 4) !== 0 && bo !== 20,
  },
  {
    reason: 'objdump refuses mtocrf and mfocrf unless FXM has one bit',
    applies: (one) => /^m[tf]ocrf$/.test(one.instruction.mnemonic) && several(one.values.fxm ?? 0) && refused(one),
  },
  {
    reason: 'objdump refuses the update of r0, and of the register that is loaded: invalid forms',
    applies: (one) => (one.values.ra === 0 || one.values.ra === one.values.rt) && refused(one),
  },
  {
    reason: 'objdump refuses to load the base of lmw: an invalid form',
    applies: (one) =>
      one.instruction.mnemonic === 'lmw' && (one.values.ra0 ?? 0) >= (one.values.first ?? 0) && refused(one),
  },
  {
    reason: 'objdump gives mcrxr and the opcode of mftb to other processors; the ISA has both',
    applies: (one) => /^(mcrxr|mftbu?)$/.test(one.instruction.mnemonic) && refused(one),
  },
  {
    reason: 'objdump names registers that only 32-bit and other processors have',
    applies: ({ instruction, theirs }) =>
      instruction.otherwise &&
      /^m[tf]([id]bat[ul]|rtc[ul]|asr|ear|ic|vtb|hmer|hmeer|pmc\d|mmcra|mmcr\d|tbu?) /.test(theirs),
  },
  {
    reason: 'reserved values of L',
    applies: (one) => (one.values.l2 ?? 0) >= 2 && refused(one),
  },
];

/** What objdump knows and we do not: other facilities, and what is left for later. */
const absent = {
  'floating point, vector and decimal':
    /^(v|x|d(?!iv|cb)|f|l[fv]|st[fv]|lx|stx|bcd|m[tf](f|v)(s|r|pr)|mcrfs|ps|pstq|plq)/,
  'transactional memory': /^t(begin|end|abort|check|recheckpt|reclaim|sr|suspend|resume|treclaim)|^tr/,
  'string operations': /^(lsw|stsw)[ix]$/,
  quadwords: /^(lq|stq|lqarx|stqcx\.)$/,
  'power saving, messages and events': /^(nap|sleep|doze|rvwinkle|wait.*|msg(snd|clr)p?|rfebb|clrbhrb|mfbhrbe|attn)$/,
  'cache-inhibited access of the hypervisor': /^(l|st)[bhwd]z?cix$/,
  accelerators: /^(icswx|icswepx|pbt|ecowx|eciwx)\.?$/,
  'other processors': /^(rfi|mtsr|mtsrd|mtsrdin|mtsrin|mtsle|tlbia|tlbld|tlbli|hash(st|chk)p?|dcbi)$/,
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
  console.log(`${words.length} words, of which ${differing.length} differ for a known reason`);
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

import { describe, expect, test } from 'vitest';
import { decode, instructions } from '../../../emulator/isa/table';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { Bench, CODE } from '../../support/isa-engine';
import { vectorMnemonics } from '../../support/differential-vector-cases';
import { VectorBench, wordOf } from '../../support/vector-bench';

describe('without the facility', () => {
  test('every instruction asks for it before anything else', () => {
    const granted = instructions
      .filter(({ mnemonic }) => vectorMnemonics.includes(mnemonic))
      .filter((one) => {
        const bare = new Bench();
        const outcome = bare.run(one.match);
        return (
          outcome.kind !== 'unavailable' || outcome.facility !== 'vector' || bare.registers.special('nia') !== CODE
        );
      });
    expect(granted.map(({ mnemonic }) => mnemonic)).toEqual([]);
  });
  test('a load from nowhere is refused for the facility, and with it for the address', () => {
    const lvx = wordOf('lvx', { vrt: 1, ra0: 0, rb: 3 });
    expect(new Bench().run(lvx).kind).toBe('unavailable');
    expect(new VectorBench().bench.run(lvx).kind).toBe('storage');
  });
  test('data streams are hints, and need none', () => {
    expect(new Bench().run(0x7c03_22ac, 0x7c00_066c)).toEqual({ kind: 'retired' });
  });
});

test('what came with 2.07 is unknown to a 2.06 processor', () => {
  const words = ['vaddudm', 'vcipher', 'vpermxor', 'vmuluwm', 'vbpermq', 'bcdadd.', 'veqv'].map((one) =>
    wordOf(one, {}),
  );
  expect(words.filter((word) => decode(word, '2.06'))).toEqual([]);
  expect(words.filter((word) => !decode(word, '2.07'))).toEqual([]);
});

describe.each([
  { order: 'big-endian', littleEndian: false },
  { order: 'little-endian', littleEndian: true },
])('storage, $order', ({ littleEndian }) => {
  const PLACE = CODE + 0x100n;
  const UPWARD = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0fn;
  const DOWNWARD = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100n;
  function bench(offset: bigint) {
    const one = new VectorBench(littleEndian);
    for (let i = 0; i < 16; i++) one.bench.storage.bytes[0x100 + i] = i;
    one.bench.registers.setGpr(3, PLACE + offset);
    return one;
  }
  const bytes = (one: VectorBench) => [...one.bench.storage.bytes.subarray(0x100, 0x110)];

  test('lvx and stvx ignore the last bits of the address', () => {
    const one = bench(7n);
    one.bench.run(wordOf('lvx', { vrt: 1, ra0: 0, rb: 3 }));
    expect(one.vr(1)).toBe(littleEndian ? DOWNWARD : UPWARD);
    one.bench.storage.bytes.fill(0, 0x100, 0x110);
    one.bench.run(wordOf('stvx', { vrs: 1, ra0: 0, rb: 3 }));
    expect(bytes(one)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  });
  test('an element goes to where lvx would put it, and comes back from there', () => {
    const whole = littleEndian ? DOWNWARD : UPWARD;
    for (const [mnemonic, size] of [
      ['e b', 1],
      ['e h', 2],
      ['e w', 4],
    ] as const)
      for (let offset = 0; offset < 16; offset++) {
        const one = bench(BigInt(offset));
        const name = mnemonic.replace(' ', '');
        one.bench.run(wordOf(`lv${name}x`, { vrt: 1, ra0: 0, rb: 3 }));
        const place = BigInt((littleEndian ? offset & -size : 16 - size - (offset & -size)) * 8);
        const mask = ((1n << BigInt(size * 8)) - 1n) << place;
        expect(one.vr(1)).toBe(whole & mask);
        one.bench.storage.bytes.fill(0xff, 0x100, 0x110);
        one.bench.run(wordOf(`stv${name}x`, { vrs: 1, ra0: 0, rb: 3 }));
        const stored = bytes(one).map((byte, i) => ({ byte, i }));
        expect(stored.filter(({ byte }) => byte !== 0xff).every(({ byte, i }) => byte === i)).toBe(true);
        expect(stored.filter(({ byte }) => byte !== 0xff)).toHaveLength(size);
      }
  });
  test('lvsl and lvsr are the same in both byte orders', () => {
    const one = bench(3n);
    one.bench.run(wordOf('lvsl', { vrt: 1, ra0: 0, rb: 3 }), wordOf('lvsr', { vrt: 2, ra0: 0, rb: 3 }));
    expect(one.vr(1)).toBe(0x0304_0506_0708_090a_0b0c_0d0e_0f10_1112n);
    expect(one.vr(2)).toBe(0x0d0e_0f10_1112_1314_1516_1718_191a_1b1cn);
  });
});

describe('the VSCR', () => {
  const SATURATED = 1n;
  const words = (word: bigint) => (word << 96n) | (word << 64n) | (word << 32n) | word;

  test('saturation stays until software clears it', () => {
    const one = new VectorBench();
    const vscr = () => one.bench.registers.special('vscr');
    expect(one.compute('vaddsws', [words(0x7fff_fffen), words(1n)])).toBe(words(0x7fff_ffffn));
    expect(vscr()).toBe(0n);
    expect(one.compute('vaddsws', [words(0x7fff_ffffn), 1n])).toBe(words(0x7fff_ffffn));
    expect(vscr()).toBe(SATURATED);
    one.compute('vaddsws', [0n, 0n]);
    expect(vscr()).toBe(SATURATED);
    one.setVr(5, 0n);
    one.bench.run(wordOf('mtvscr', { vrb: 5 }));
    expect(vscr()).toBe(0n);
  });
  test('only its two bits can be written, and the rest of the vector reads as zero', () => {
    const one = new VectorBench();
    one.setVr(5, (1n << 128n) - 1n);
    one.bench.run(wordOf('mtvscr', { vrb: 5 }), wordOf('mfvscr', { vrt: 6 }));
    expect(one.vr(6)).toBe(0x1_0001n);
  });
  test('in non-Java mode denormalized numbers are zeros with their sign, before and after', () => {
    const one = new VectorBench();
    const [least, denormalized] = [words(0x8080_0000n), words(0x8000_0001n)];
    const half = words(0x3f00_0000n);
    expect(one.compute('vmaddfp', [least, 0n, half])).toBe(words(0x8040_0000n));
    expect(one.compute('vaddfp', [denormalized, denormalized])).toBe(words(0x8000_0002n));
    one.bench.registers.setSpecial('vscr', 0x1_0000n);
    expect(one.compute('vmaddfp', [least, words(0x8000_0000n), half])).toBe(words(0x8000_0000n));
    expect(one.compute('vaddfp', [denormalized, denormalized])).toBe(words(0x8000_0000n));
  });
});

describe('estimates', () => {
  const one = new VectorBench();
  const view = new DataView(new ArrayBuffer(4));
  const bitsOf = (value: number) => (view.setFloat32(0, value), BigInt(view.getUint32(0)));
  const numberOf = (bits: bigint) => (view.setUint32(0, Number(bits & 0xffff_ffffn)), view.getFloat32(0));
  const estimate = (mnemonic: string, value: number) => numberOf(one.compute(mnemonic, [bitsOf(value)]));
  const samples = Array.from({ length: 400 }, (_, i) => Math.fround((i - 200) * 0.731));

  test('vexptefp is right to a sixteenth, and exact for integers', () => {
    const wrong = samples.filter((x) => {
      const [found, truth] = [estimate('vexptefp', x), 2 ** x];
      return Math.abs(found - Math.fround(truth)) > Math.fround(truth) / 16 && Number.isFinite(Math.fround(truth));
    });
    expect(wrong).toEqual([]);
    for (let n = -126; n < 128; n++) expect(estimate('vexptefp', n)).toBe(2 ** n);
    expect([-Infinity, Infinity, -1e30, 1e30, -0].map((x) => estimate('vexptefp', x))).toEqual([
      0,
      Infinity,
      0,
      Infinity,
      1,
    ]);
  });
  test('vlogefp is right to a thirty-second, and exact for powers of two', () => {
    const wrong = samples.filter((x) => x > 0).filter((x) => Math.abs(estimate('vlogefp', x) - Math.log2(x)) > 1 / 32);
    expect(wrong).toEqual([]);
    for (let n = -149; n < 128; n++) expect(estimate('vlogefp', 2 ** n)).toBe(n);
    expect([0, -0, Infinity].map((x) => estimate('vlogefp', x))).toEqual([-Infinity, -Infinity, Infinity]);
    expect([-1, NaN].map((x) => estimate('vlogefp', x))).toEqual([NaN, NaN]);
  });
  test('vrefp and vrsqrtefp are right to a part in 4096', () => {
    const near = (found: number, truth: number) => Math.abs(found - truth) <= Math.abs(truth) / 4096;
    const positive = samples.filter((x) => x > 0);
    expect(samples.filter((x) => x !== 0 && !near(estimate('vrefp', x), 1 / x))).toEqual([]);
    expect(positive.filter((x) => !near(estimate('vrsqrtefp', x), 1 / Math.sqrt(x)))).toEqual([]);
    expect([0, -0, Infinity].map((x) => estimate('vrefp', x))).toEqual([Infinity, -Infinity, 0]);
    expect([0, -0, Infinity, -1].map((x) => estimate('vrsqrtefp', x))).toEqual([Infinity, -Infinity, 0, NaN]);
  });
});

describe('CR6', () => {
  const cr6 = (mnemonic: string, a: bigint, b: bigint) => {
    const one = new VectorBench();
    one.bench.registers.setSpecial('msr', one.bench.registers.special('msr') | MSR.VEC);
    one.compute(mnemonic, [a, b]);
    return (one.bench.registers.cr >>> 4) & 15;
  };
  test.each([
    ['vcmpequb.', 5n, 5n, 0b1000],
    ['vcmpequb.', 5n, 6n, 0b0000],
    ['vcmpequd.', 0n, (1n << 128n) - 1n, 0b0010],
    ['vcmpbfp.', 0n, 0n, 0b0010],
    ['vcmpbfp.', 0x3f80_0000n, 0n, 0b0000],
    ['bcdadd.', 0x1cn, 0x2cn, 0b0100],
    ['bcdadd.', 0x1cn, 0x1dn, 0b0010],
    ['bcdsub.', 0x1cn, 0x2cn, 0b1000],
    ['bcdadd.', BigInt(`0x${'9'.repeat(31)}c`), 0x1cn, 0b0101],
    ['bcdadd.', 0xacn, 0x1cn, 0b0001],
  ])('%s of %i and %i', (mnemonic, a, b, wanted) => {
    expect(cr6(mnemonic, a, b)).toBe(wanted);
  });
});

import { describe, expect, test } from 'vitest';
import { describeAccess } from '../../../emulator/isa/describe-access';
import { effectsOf } from '../../../emulator/isa/effects';
import { decode, instructions } from '../../../emulator/isa/table';

describe('effects name what a word reads and writes', () => {
  const effects = (word: number) => {
    const { reads, writes, ...rest } = effectsOf(decode(word)!, word);
    return { reads: [...reads].sort(), writes: [...writes].sort(), ...rest };
  };
  const none = { load: false, store: false, bytes: 0, canFail: false, jumps: false };

  test.each([
    ['addo. r3,r3,r4', 0x7c63_2615, { ...none, reads: ['r3', 'r4', 'so'], writes: ['cr0', 'ov', 'r3', 'so'] }],
    ['stdu r1,-112(r1)', 0xf821_ff91, { ...none, reads: ['r1'], writes: ['r1'], store: true, bytes: 8, canFail: true }],
    [
      'lmw r29,-12(r1)',
      0xbba1_fff4,
      { ...none, reads: ['msr', 'r1'], writes: ['r29', 'r30', 'r31'], load: true, bytes: 12, canFail: true },
    ],
    ['bdnz', 0x4200_fff8, { ...none, reads: ['ctr'], writes: ['ctr'], jumps: true }],
    ['mtcrf 0x40,r3', 0x7c64_0120, { ...none, reads: ['r3'], writes: ['cr1'] }],
    [
      'rfid',
      0x4c00_0024,
      { ...none, reads: ['fpscr', 'msr', 'srr0', 'srr1'], writes: ['cfar', 'msr'], canFail: true, jumps: true },
    ],
  ])('%s', (_, word, wanted) => {
    expect(effects(word)).toEqual(wanted);
  });
});

describe('an access as a hypervisor has to know it', () => {
  const parts = { index: undefined, displacement: 0, update: false };
  test.each([
    [
      'lwz r3,8(r4)',
      0x8064_0008,
      { kind: 'load', bytes: 4, signed: false, byteReversed: false, target: 3, ...parts, base: 4, displacement: 8 },
    ],
    [
      'lhau r3,-2(r4)',
      0xac64_fffe,
      {
        kind: 'load',
        bytes: 2,
        signed: true,
        byteReversed: false,
        target: 3,
        ...parts,
        base: 4,
        displacement: -2,
        update: true,
      },
    ],
    [
      'lwa r3,4(r4)',
      0xe864_0006,
      { kind: 'load', bytes: 4, signed: true, byteReversed: false, target: 3, ...parts, base: 4, displacement: 4 },
    ],
    [
      'lwbrx r3,0,r5',
      0x7c60_2c2c,
      { kind: 'load', bytes: 4, signed: false, byteReversed: true, target: 3, ...parts, base: undefined, index: 5 },
    ],
    [
      'ldux r3,r4,r5',
      0x7c64_286a,
      {
        kind: 'load',
        bytes: 8,
        signed: false,
        byteReversed: false,
        target: 3,
        ...parts,
        base: 4,
        index: 5,
        update: true,
      },
    ],
    [
      'stb r3,1(0)',
      0x9860_0001,
      { kind: 'store', bytes: 1, byteReversed: false, source: 3, ...parts, base: undefined, displacement: 1 },
    ],
    [
      'stdu r1,-112(r1)',
      0xf821_ff91,
      { kind: 'store', bytes: 8, byteReversed: false, source: 1, ...parts, base: 1, displacement: -112, update: true },
    ],
    [
      'sthbrx r3,r4,r5',
      0x7c64_2f2c,
      { kind: 'store', bytes: 2, byteReversed: true, source: 3, ...parts, base: 4, index: 5 },
    ],
    [
      'stdbrx r3,r4,r5',
      0x7c64_2d28,
      { kind: 'store', bytes: 8, byteReversed: true, source: 3, ...parts, base: 4, index: 5 },
    ],
    ['dcbz 0,r3', 0x7c00_1fec, { kind: 'cache-operation' }],
    ['dcbt', 0x7c00_1a2c, { kind: 'cache-operation' }],
  ])('%s', (_, word, wanted) => {
    expect(describeAccess(word)).toEqual(wanted);
  });
  test.each([
    ['lmw', 0xbba1_fff4],
    ['lwarx', 0x7c60_2028],
    ['stwcx.', 0x7c60_212d],
    ['addi', 0x3861_0010],
    ['an unknown word', 0],
  ])('%s is none', (_, word) => {
    expect(describeAccess(word)).toBeUndefined();
  });

  test('every load and store of one value is described', () => {
    const undescribed = instructions
      .filter((one) => /^(l(bz|h[az]|w[az]|d)u?x?|l[hwd]brx|st[bhwd]u?x?|st[hwd]brx)$/.test(one.mnemonic))
      .filter((one) => describeAccess(one.encode({ rt: 3, rs: 3, ra: 4, ra0: 4, rb: 5 })) === undefined);
    expect(undescribed).toEqual([]);
  });
});

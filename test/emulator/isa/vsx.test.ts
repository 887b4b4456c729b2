import { describe, expect, test } from 'vitest';
import { FPSCR } from '../../../emulator/floating-point/fpscr';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { decode, disassembleText, instructions } from '../../../emulator/isa/table';
import { Bench, CODE } from '../../support/isa-engine';

const word = (mnemonic: string, values: Readonly<Record<string, number>>): number =>
  instructions.find((one) => one.mnemonic === mnemonic)!.encode(values);

const ONE = 0x3ff0_0000_0000_0000n;
const SIGNALING = 0x7ff0_0000_0000_0001n;
type Vector = readonly [bigint, bigint];

function bench(first: Vector, second: Vector, fpscr = 0, options: { readonly littleEndian?: boolean } = {}) {
  const one = new Bench(options);
  const { registers } = one;
  registers.setSpecial('msr', registers.special('msr') | MSR.FP | MSR.VEC | MSR.VSX | MSR.FE0);
  registers.setSpecial('fpscr', BigInt(fpscr));
  [first, second, [5n, 6n] as const].forEach((vector, i) =>
    vector.forEach((half, index) => registers.setVsrDoubleword(33 + i, index as 0 | 1, half)),
  );
  const target = () => [registers.vsrDoubleword(35, 0), registers.vsrDoubleword(35, 1)];
  return { one, registers, target };
}
const operands = { xt: 35, xa: 33, xb: 34 };

test('every instruction of opcode 60 asks for the facility first', () => {
  for (const one of instructions.filter(({ match }) => match >>> 26 === 60)) {
    const bare = new Bench();
    expect([one.mnemonic, bare.run(one.match)]).toEqual([one.mnemonic, { kind: 'unavailable', facility: 'vsx' }]);
  }
});
test('a move to or from a GPR asks for the facility of the half that it names', () => {
  const [fpr, vr] = instructions.filter(({ mnemonic }) => mnemonic === 'mfvsrd');
  expect(new Bench().run(fpr!.match)).toEqual({ kind: 'unavailable', facility: 'fp' });
  expect(new Bench().run(vr!.match)).toEqual({ kind: 'unavailable', facility: 'vector' });
});
test('what came with 2.07 is unknown to a 2.06 processor', () => {
  for (const mnemonic of ['xsaddsp', 'xxleqv', 'lxsspx', 'mfvsrd', 'fmrgow', 'xscvdpspn'])
    expect([mnemonic, decode(word(mnemonic, {}), '2.06')]).toEqual([mnemonic, undefined]);
  expect(decode(word('xsadddp', {}), '2.06')?.mnemonic).toBe('xsadddp');
});

describe('a vector operation', () => {
  test('is done in every element, and leaves FR, FI and FPRF alone', () => {
    const before = FPSCR.FR | FPSCR.FI | FPSCR.FPRF;
    const { one, registers, target } = bench([ONE, ONE], [ONE, SIGNALING], before);
    expect(one.run(word('xvadddp', operands)).kind).toBe('retired');
    expect(target()).toEqual([0x4000_0000_0000_0000n, 0x7ff8_0000_0000_0001n]);
    expect(Number(registers.special('fpscr')) >>> 0).toBe((before | FPSCR.FX | FPSCR.VX | FPSCR.VXSNAN) >>> 0);
  });
  test.each([
    ['invalid', FPSCR.VE, [ONE, SIGNALING]],
    // Of scalars an inexact result is written nevertheless.
    ['inexact', FPSCR.XE, [ONE, 1n]],
  ] as const)('writes nothing if an exception is enabled in one element: %s', (_, enable, second) => {
    const { one, target } = bench([ONE, ONE], second, enable);
    expect(one.run(word('xvadddp', operands)).kind).toBe('floating-point');
    expect(target()).toEqual([5n, 6n]);
  });
  test('compares into elements, and into CR6', () => {
    const { one, registers, target } = bench([ONE, 0n], [ONE, ONE]);
    one.run(word('xvcmpeqdp.', operands));
    expect(target()).toEqual([(1n << 64n) - 1n, 0n]);
    expect((registers.cr >>> 4) & 15).toBe(0);
    one.run(word('xvcmpgedp.', { ...operands, xb: 33 }));
    expect((registers.cr >>> 4) & 15).toBe(0b1000);
    one.run(word('xvcmpgtdp.', { ...operands, xb: 33 }));
    expect((registers.cr >>> 4) & 15).toBe(0b0010);
  });
});

test('a scalar that is suppressed leaves all of its register', () => {
  const { one, target } = bench([0n, 0n], [0n, 0n], FPSCR.VE);
  one.run(word('xsdivdp', operands));
  expect(target()).toEqual([5n, 6n]);
});

test.each([true, false])('elements keep their order in storage, with little-endian %s', (littleEndian) => {
  const { one, registers } = bench([0n, 0n], [0n, 0n], 0, { littleEndian });
  const bytes = Array.from({ length: 16 }, (_, i) => i);
  one.storage.bytes.set(bytes, 0x100);
  registers.setGpr(4, CODE + 0x100n);
  registers.setGpr(5, CODE + 0x200n);
  one.run(word('lxvw4x', { xt: 40, ra0: 0, rb: 4 }), word('stxvd2x', { xs: 40, ra0: 0, rb: 5 }));
  expect(registers.vsrDoubleword(40, 0)).toBe(littleEndian ? 0x0302_0100_0706_0504n : 0x0001_0203_0405_0607n);
  const stored = [...one.storage.bytes.subarray(0x200, 0x210)];
  const swappedWords = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11];
  expect(stored).toEqual(littleEndian ? swappedWords : bytes);
});
test('a store across the end of storage leaves nothing behind', () => {
  const { one, registers } = bench([ONE, ONE], [0n, 0n]);
  registers.setGpr(4, CODE + 0xff8n);
  const before = one.storage.bytes.slice(0xff8);
  expect(one.run(word('stxvd2x', { xs: 33, ra0: 0, rb: 4 })).kind).toBe('storage');
  expect(one.storage.bytes.slice(0xff8)).toEqual(before);
});

/** From the Power ISA's encodings, by hand. */
test.each([
  [0xf000_0250, 'xxswapd vs0,vs0'],
  [0x7c00_2699, 'lxvd2x vs32,0,r4'],
  [0xf021_14d7, 'xxlxor vs33,vs33,vs34'],
])('%i reads %s', (bits, text) => {
  expect(disassembleText(bits, 0n)).toBe(text);
});

import { describe, expect, test } from 'vitest';
import { deliver, programInterrupt } from '../../../emulator/cpu/interrupts';
import { FPSCR } from '../../../emulator/floating-point/fpscr';
import { effectsOf } from '../../../emulator/isa/effects';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { disassembleText, instructions } from '../../../emulator/isa/table';
import { Bench, CODE } from '../../support/isa-engine';

const word = (mnemonic: string, values: Readonly<Record<string, number>>): number =>
  instructions.find((one) => one.mnemonic === mnemonic)!.encode(values);

const ONE = 0x3ff0_0000_0000_0000n;
const HUGE = 0x7fe0_0000_0000_0000n;
const INFINITY = 0x7ff0_0000_0000_0000n;
const OLD = 0x1234_5678_9abc_def0n;

/** A bench with floating point on, f1 and f2, something old in f3, and this FPSCR. */
function bench(f1: bigint, f2: bigint, fpscr = 0, msr = 0n) {
  const one = new Bench();
  const { registers } = one;
  registers.setSpecial('msr', registers.special('msr') | MSR.FP | msr);
  registers.setSpecial('fpscr', BigInt(fpscr));
  [f1, f2, OLD].forEach((value, i) => registers.setVsrDoubleword(i + 1, 0, value));
  const fpscrBits = () => Number(registers.special('fpscr'));
  return { one, registers, fpscrBits, f3: () => registers.vsrDoubleword(3, 0) };
}
const fdiv = word('fdiv.', { frt: 3, fra: 1, frb: 2 });
const fmul = word('fmul.', { frt: 3, fra: 1, frc: 2 });

describe('without the facility', () => {
  test.each(instructions.filter(({ mnemonic }) => /^(l|st)?f|^m[tf]f|^mcrfs/.test(mnemonic)).map((one) => [one]))(
    '$mnemonic asks for it first',
    (one) => {
      const bare = new Bench();
      // An update of r0 would be an invalid form.
      expect(bare.run(one.encode({ ra: 1 }))).toEqual({ kind: 'unavailable', facility: 'fp' });
      expect(bare.registers.special('nia')).toBe(CODE);
    },
  );
});

describe('an exception that is not enabled', () => {
  test('sets FX, its own bit and the summary, and gives the default result', () => {
    const { one, registers, fpscrBits, f3 } = bench(0n, 0n, 0, MSR.FE0);
    expect(one.run(fdiv)).toEqual({ kind: 'retired' });
    expect(f3()).toBe(0x7ff8_0000_0000_0000n);
    expect(fpscrBits()).toBe((FPSCR.FX | FPSCR.VX | FPSCR.VXZDZ | 0x1_1000) >>> 0);
    expect(registers.cr >>> 24).toBe(0b1010);
  });
  test('does not set FX again', () => {
    const { one, fpscrBits } = bench(0n, 0n, FPSCR.VX | FPSCR.VXZDZ);
    one.run(fdiv);
    expect(fpscrBits() & FPSCR.FX).toBe(0);
  });
});

describe('an exception that is enabled', () => {
  test('keeps the target and FPRF, and clears FR and FI', () => {
    const before = FPSCR.VE | FPSCR.FR | FPSCR.FI | 0x4000;
    const { one, fpscrBits, f3 } = bench(0n, 0n, before);
    expect(one.run(fdiv)).toEqual({ kind: 'retired' });
    expect(f3()).toBe(OLD);
    expect(fpscrBits() >>> 0).toBe((FPSCR.FX | FPSCR.FEX | FPSCR.VX | FPSCR.VXZDZ | FPSCR.VE | 0x4000) >>> 0);
  });
  test.each([
    ['ignored', 0n, 'retired'],
    ['imprecise', MSR.FE1, 'floating-point'],
    ['precise', MSR.FE0 | MSR.FE1, 'floating-point'],
  ])('interrupts as the MSR says: %s', (_, msr, kind) => {
    const { one, registers, f3 } = bench(ONE, 0n, FPSCR.ZE, msr);
    expect(one.run(fdiv).kind).toBe(kind);
    expect(f3()).toBe(OLD);
    expect(registers.cr >>> 24).toBe(0b1100);
  });
  test('is a program interrupt at the instruction, which has written what it writes', () => {
    const { one, registers, f3 } = bench(HUGE, HUGE, FPSCR.OE, MSR.FE0);
    expect(one.run(fmul).kind).toBe('floating-point');
    // 2^1023 squared, less 1536.
    expect(f3()).toBe(BigInt(2046 - 1536 + 1023) << 52n);
    deliver(registers, programInterrupt('floating-point'));
    expect(registers.special('srr0')).toBe(CODE);
    expect(registers.special('srr1') & 0x783f_0000n).toBe(0x10_0000n);
    expect(registers.special('nia')).toBe(0x700n);
  });
});

describe('moves to the FPSCR', () => {
  /** One record for each L and W, which are fixed in it. */
  const mtfsf = (flm: number, w: number) => {
    const [one] = instructions.filter((candidate) => {
      const { l, w: found } = candidate.decode(candidate.match);
      return candidate.mnemonic === 'mtfsf' && l === 0 && found === w;
    });
    return one!.encode({ flm, frb: 1 });
  };
  test('mtfsf takes FX and OX as they are, but makes the summaries', () => {
    const { one, fpscrBits } = bench(0xffff_ffffn, 0n);
    one.run(mtfsf(0x80, 0));
    expect(fpscrBits() >>> 0).toBe((FPSCR.FX | FPSCR.OX) >>> 0);
  });
  test('mtfsf with W reaches the first word, of which DRN is implemented', () => {
    const { one, registers } = bench(0xffff_ffff_ffff_ffffn, 0n);
    one.run(mtfsf(0xff, 1));
    expect(registers.special('fpscr')).toBe(0x7_0000_0000n);
  });
  test('mtfsb1 sets FX with an exception, and an interrupt follows if it is enabled', () => {
    const { one, fpscrBits } = bench(0n, 0n, FPSCR.ZE, MSR.FE0);
    expect(one.run(word('mtfsb1', { fpb: 5 })).kind).toBe('floating-point');
    expect(fpscrBits() >>> 0).toBe((FPSCR.FX | FPSCR.FEX | FPSCR.ZX | FPSCR.ZE) >>> 0);
  });
  test('mtfsb0 and mtfsb1 leave the summaries alone', () => {
    const { one, fpscrBits } = bench(0n, 0n);
    one.run(word('mtfsb1', { fpb: 1 }), word('mtfsb1', { fpb: 2 }));
    expect(fpscrBits()).toBe(0);
  });
  test('mcrfs clears the exceptions that it has copied, and no control bits', () => {
    const { one, registers, fpscrBits } = bench(0n, 0n, FPSCR.VX | FPSCR.VXSNAN | FPSCR.XX | FPSCR.VE | FPSCR.FEX);
    const mcrfs1 = instructions.find((o) => o.mnemonic === 'mcrfs' && ((o.match >>> 18) & 7) === 1)!;
    one.run(mcrfs1.encode({ bf: 2 }));
    expect((registers.cr >>> 20) & 15).toBe(0b0011);
    expect(fpscrBits()).toBe(FPSCR.VE);
  });
});

test('reserved bits are ignored: glibc asks for mffscrni where it gets mffs', () => {
  const MFFSCRNI = 0xfc17_148e;
  expect(disassembleText(MFFSCRNI, 0n)).toBe('mffs f0');
  const { one, registers } = bench(INFINITY, 0n, FPSCR.XX);
  one.run(MFFSCRNI);
  expect(registers.vsrDoubleword(0, 0)).toBe(BigInt(FPSCR.XX));
});

test('pairs of registers are loaded and stored as they lie in storage', () => {
  const { one, registers } = bench(0n, 0n);
  registers.setGpr(4, CODE);
  one.storage.view.setBigUint64(0x100, 7n, true);
  one.storage.view.setBigUint64(0x108, 8n, true);
  const pair = { frtp: 6, ra0: 4 };
  one.run(word('lfdp', { ...pair, ds: 0x100 }), word('stfdp', { ...pair, ds: 0x200 }));
  expect([6, 7].map((n) => registers.vsrDoubleword(n, 0))).toEqual([7n, 8n]);
  expect([0x200, 0x208].map((at) => one.storage.view.getBigUint64(at, true))).toEqual([7n, 8n]);
});

test('effects name an FPR and the FPSCR', () => {
  const [one] = instructions.filter(({ mnemonic }) => mnemonic === 'fadd.');
  const { reads, writes, canFail } = effectsOf(one!, one!.encode({ frt: 3, fra: 1, frb: 2 }));
  expect([...reads].sort()).toEqual(['f1', 'f2', 'f3', 'fpscr', 'msr']);
  expect([...writes].sort()).toEqual(['cr1', 'f3', 'fpscr']);
  expect(canFail).toBe(true);
});

import { describe, expect, test } from 'vitest';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { specialPurposeRegisters } from '../../../emulator/isa/special-purpose-registers';
import { Bench, CODE } from '../../support/isa-engine';

const NONE = 2n ** 64n - 1n;
const mtspr = (number: number, rs: number) =>
  ((31 << 26) | (rs << 21) | ((number & 31) << 16) | ((number >> 5) << 11) | (467 << 1)) >>> 0;
const mfspr = (number: number, rt: number) => (mtspr(number, rt) & ~(0x3ff << 1)) | (339 << 1);
const guest = MSR.SF;
const hypervisor = MSR.SF | MSR.HV;
const problem = MSR.SF | MSR.PR | MSR.EE | MSR.IR | MSR.DR;

/** A bench in this state, with these registers. */
function bench(msr: bigint, gprs: Readonly<Record<number, bigint>> = {}, isa: '2.06' | '2.07' = '2.07'): Bench {
  const made = new Bench({ littleEndian: (msr & MSR.LE) !== 0n, isa });
  made.registers.setSpecial('msr', msr);
  for (const [number, value] of Object.entries(gprs)) made.registers.setGpr(Number(number), value);
  return made;
}

/** What no engine can vouch for, since all share the meaning: results worked out by hand. */
describe('carry, overflow and shifts give the results that the manual asks for', () => {
  test.each([
    ['addc', 0x7c64_2814, { 4: -1n, 5: 1n }, false, [0n, true, false]],
    ['adde with carry in', 0x7c64_2914, { 4: -1n, 5: 0n }, true, [0n, true, false]],
    ['subfe with a borrow', 0x7c64_2910, { 4: 1n, 5: 0n }, true, [-1n, false, false]],
    ['addo', 0x7c64_2e14, { 4: 2n ** 63n - 1n, 5: 1n }, false, [-(2n ** 63n), false, true]],
    ['nego of the least number', 0x7c64_04d0, { 4: -(2n ** 63n) }, false, [-(2n ** 63n), false, true]],
    ['sraw past the word', 0x7c83_2e30, { 4: -5n, 5: 40n }, false, [-1n, true, false]],
    ['sraw that loses nothing', 0x7c83_2e30, { 4: -8n, 5: 2n }, false, [-2n, false, false]],
    ['srad by 64', 0x7c83_2e34, { 4: -8n, 5: 64n }, false, [-1n, true, false]],
    ['divdo that overflows', 0x7c64_2fd2, { 4: -(2n ** 63n), 5: -1n }, false, [0n, false, true]],
    ['divdeuo', 0x7c64_2f12, { 4: 1n, 5: 3n }, false, [0x5555_5555_5555_5555n, false, false]],
    ['divdeo of negatives', 0x7c64_2f52, { 4: -1n, 5: 4n }, false, [-(2n ** 62n), false, false]],
    ['mulldo', 0x7c64_2dd2, { 4: 2n ** 62n, 5: 4n }, false, [0n, false, true]],
    ['bpermd', 0x7c83_29f8, { 4: 0x0001_3f40_ff02_033fn, 5: 0xc000_0000_0000_0001n }, false, [0xe1n, false, false]],
    ['prtyw', 0x7c83_0134, { 4: 0x0101_0100_0100_0001n }, false, [0x0000_0001_0000_0000n, false, false]],
    [
      'cmpb',
      0x7c83_2bf8,
      { 4: 0x1122_3344_5566_7788n, 5: 0x1100_3300_5500_0088n },
      false,
      [BigInt.asIntN(64, 0xff00_ff00_ff00_00ffn), false, false],
    ],
    ['cbcdtd', 0x7c83_0274, { 4: 0x0000_0999_0000_0123n }, false, [0x0000_00ff_0000_00a3n, false, false]],
  ] as const)('%s', (_, word, gprs, carry, [result, ca, ov]) => {
    const made = bench(guest, gprs);
    made.registers.setFlag('ca', carry);
    expect(made.run(word)).toEqual({ kind: 'retired' });
    expect(made.registers.special('nia')).toBe(CODE + 4n);
    expect(BigInt.asIntN(64, made.registers.gpr(3))).toBe(result);
    expect([made.registers.flag('ca'), made.registers.flag('ov')]).toEqual([ca, ov]);
  });
});

describe('what is not done leaves everything as it was', () => {
  test.each([
    ['a load of nothing', 0x8464_0000, { 4: 0n }, { kind: 'storage', fault: { access: 'load', effectiveAddress: 0n } }],
    ['an update store', 0xf864_0009, { 4: 0n }, { kind: 'storage', fault: { access: 'store', effectiveAddress: 8n } }],
    ['half a stmw', 0xbfa4_0000, { 4: CODE + 0xff8n }, { kind: 'storage', fault: { access: 'store' } }],
    ['a misaligned lwarx', 0x7c60_2028, { 4: CODE + 2n }, { kind: 'alignment', address: CODE + 2n, store: false }],
    ['a misaligned stdcx.', 0x7c60_21ad, { 4: CODE + 4n }, { kind: 'alignment', address: CODE + 4n, store: true }],
    ['a trap', 0x7fe0_0008, {}, { kind: 'trap', word: 0x7fe0_0008 }],
    ['a word of no instruction', 0, {}, { kind: 'illegal', word: 0 }],
  ])('%s', (_, word, gprs: Readonly<Record<number, bigint>>, outcome) => {
    const made = bench(guest, gprs);
    made.storage.view.setUint32(0, word, false);
    const state = new Uint8Array(made.registers.view.buffer);
    const before = state.slice();
    const storage = made.storage.bytes.slice();
    expect(made.engine.step()).toMatchObject(outcome);
    expect(state).toEqual(before);
    expect(made.storage.bytes).toEqual(storage);
  });
  test('a fetch of nothing', () => {
    const made = bench(guest);
    made.registers.setSpecial('nia', 0n);
    expect(made.engine.step()).toMatchObject({ kind: 'storage', fault: { access: 'fetch', effectiveAddress: 0n } });
  });
  test('lmw in little-endian mode is an alignment interrupt', () => {
    expect(bench(guest | MSR.LE, { 4: CODE }).run(0xbba4_0000)).toMatchObject({ kind: 'alignment', store: false });
  });
});

describe('branches', () => {
  test('a taken branch leaves its address in CFAR, another does not', () => {
    const made = bench(guest);
    made.run(0x4800_0008);
    expect([made.registers.special('nia'), made.registers.special('cfar')]).toEqual([CODE + 8n, CODE]);
    made.registers.setSpecial('cfar', 5n);
    made.run(0x4182_0010);
    expect([made.registers.special('nia'), made.registers.special('cfar')]).toEqual([CODE + 4n, 5n]);
  });
  test('bclrl goes to the old link', () => {
    const made = bench(guest);
    made.registers.setSpecial('lr', 0x2003n);
    made.run(0x4e80_0021);
    expect([made.registers.special('nia'), made.registers.special('lr')]).toEqual([0x2000n, CODE + 4n]);
  });
  test('sc leaves NIA after itself', () => {
    const made = bench(guest);
    expect(made.run(0x4400_0022)).toEqual({ kind: 'system-call', level: 1 });
    expect(made.registers.special('nia')).toBe(CODE + 4n);
  });
});

describe('the MSR', () => {
  const rfid = 0x4c00_0024;
  const hrfid = 0x4c00_0224;
  const mtmsrd = (l: 0 | 1) => 0x7c60_0164 | (l << 16);
  const returning = (msr: bigint, saved: bigint) => {
    const made = bench(msr);
    made.registers.setSpecial('srr0', 0x1803n);
    made.registers.setSpecial('srr1', saved);
    expect(made.run(rfid)).toEqual({ kind: 'retired' });
    expect(made.registers.special('nia')).toBe(0x1800n);
    expect(made.storage.translationChanges).toBe(1);
    return made.registers.special('msr');
  };
  test('rfid in guest state gives neither HV nor ME', () => {
    expect(returning(guest, hypervisor | MSR.ME | MSR.LE)).toBe(guest | MSR.LE);
    expect(returning(guest | MSR.ME, guest)).toBe(guest | MSR.ME);
  });
  test('rfid in hypervisor state gives both away', () => {
    expect(returning(hypervisor | MSR.ME, guest)).toBe(guest);
  });
  test('problem state implies EE, IR and DR', () => {
    expect(returning(guest, MSR.SF | MSR.PR)).toBe(problem);
    const made = bench(guest, { 3: MSR.SF | MSR.PR });
    made.run(mtmsrd(0));
    expect(made.registers.special('msr')).toBe(problem);
  });
  test('mtmsrd changes neither HV, ME nor LE, and with L only EE and RI', () => {
    const made = bench(guest, { 3: MSR.SF | MSR.HV | MSR.ME | MSR.LE | MSR.IR | MSR.DR | MSR.EE });
    made.run(mtmsrd(0));
    expect(made.registers.special('msr')).toBe(guest | MSR.IR | MSR.DR | MSR.EE);
    made.registers.setGpr(3, MSR.RI | MSR.IR);
    made.run(mtmsrd(1));
    expect(made.registers.special('msr')).toBe(guest | MSR.IR | MSR.DR | MSR.RI);
  });
  test('hrfid is for the hypervisor', () => {
    expect(bench(guest).run(hrfid)).toEqual({ kind: 'privileged', word: hrfid });
    const made = bench(hypervisor);
    made.registers.setSpecial('hsrr1', guest | MSR.ME);
    made.registers.setSpecial('hsrr0', 0x1800n);
    made.run(hrfid);
    expect(made.registers.special('msr')).toBe(guest | MSR.ME);
  });
});

describe('special-purpose registers', () => {
  const everything = (msr: bigint, isa: '2.06' | '2.07') => {
    const made = bench(msr | MSR.TM, {}, isa);
    made.registers.setSpecial('mmcr0', 0x8_0000n);
    return made;
  };
  const allowed = { problem: 0, privileged: 1, hypervisor: 2, none: 3 } as const;
  const states = [problem, guest, hypervisor];
  test.each(specialPurposeRegisters)('$name ($number) lets in whom it should', ({ number, read, write, until }) => {
    const isa = until ?? '2.07';
    states.forEach((msr, level) => {
      if (read !== 'none')
        expect(everything(msr, isa).run(mfspr(number, 3)).kind).toBe(level >= allowed[read] ? 'retired' : 'privileged');
      if (write !== 'none')
        expect(everything(msr, isa).run(mtspr(number, 3)).kind).toBe(
          level >= allowed[write] ? 'retired' : 'privileged',
        );
    });
  });
  test.each([
    [1017, ['privileged', 'retired', 'illegal']],
    [512, ['illegal', 'retired', 'illegal']],
    [0, ['illegal', 'illegal', 'illegal']],
  ])('the number %i belongs to none', (number, kinds) => {
    expect(states.map((msr) => bench(msr).run(mtspr(number, 3)).kind)).toEqual(kinds);
  });

  test('the XER comes apart and together', () => {
    const made = bench(guest, { 3: 0xa000_0055n });
    made.run(mtspr(1, 3), mfspr(1, 4));
    expect(made.registers.gpr(4)).toBe(0xa000_0055n);
    expect([made.registers.flag('so'), made.registers.flag('ov'), made.registers.flag('ca')]).toEqual([
      true,
      false,
      true,
    ]);
  });
  test('AMR changes only where its masks let it', () => {
    const masks = (made: Bench) => {
      made.registers.setSpecial('uamor', 0xffn);
      made.registers.setSpecial('amor', 0xffffn);
      made.registers.setSpecial('amr', 0x1111_1111n);
    };
    const after = (msr: bigint, number: number) => {
      const made = bench(msr, { 3: 0x2222_2222n });
      masks(made);
      made.run(mtspr(number, 3));
      return made.registers.special('amr');
    };
    expect(after(problem, 13)).toBe(0x1111_1122n);
    expect(after(guest, 29)).toBe(0x1111_2222n);
    expect(after(hypervisor, 29)).toBe(0x2222_2222n);
  });
  test('the decrementer counts down with the timebase, which it does not share an offset with', () => {
    const made = bench(hypervisor, { 3: 0x100n, 4: 0x1234_5678n });
    made.ticks = 1000n;
    made.run(mtspr(22, 3), mtspr(284, 4));
    made.ticks += 0x101n;
    made.run(mfspr(22, 5), mfspr(268, 6));
    expect(made.registers.gpr(5)).toBe(0xffff_ffffn);
    expect(made.registers.gpr(6)).toBe(0x1234_5678n + 0x101n);
  });
  test('what translation depends on says that it changed', () => {
    for (const number of [25, 29, 61, 312, 313, 318, 319]) {
      const made = bench(hypervisor);
      made.run(mtspr(number, 3));
      expect(made.storage.translationChanges).toBe(1);
    }
  });
});

describe('reservations', () => {
  const lwarx = 0x7c60_2028;
  const stwcx = 0x7ca0_212d;
  const place = CODE + 0x800n;
  test('a conditional store succeeds once', () => {
    const made = bench(guest, { 4: place, 5: 7n });
    made.run(lwarx, stwcx);
    expect([made.registers.crBit(2), made.storage.load(place, 4)]).toEqual([true, 7n]);
    expect(made.registers.special('reservationAddress')).toBe(NONE);
    made.registers.setGpr(5, 8n);
    made.run(stwcx);
    expect([made.registers.crBit(2), made.storage.load(place, 4)]).toEqual([false, 7n]);
  });
  test('the reservation is on a block of 128 bytes, and lost when someone clears it', () => {
    const made = bench(guest, { 4: place + 4n, 5: 7n });
    made.run(lwarx);
    expect(made.registers.special('reservationAddress')).toBe(place);
    made.registers.setSpecial('reservationAddress', NONE);
    made.run(stwcx);
    expect([made.registers.crBit(2), made.storage.load(place + 4n, 4)]).toEqual([false, 0n]);
  });
});

describe('the SLB', () => {
  const slbmte = 0x7c60_2324;
  const esid = 0xc000_0000_0000_0000n;
  const valid = 0x0800_0000n;
  const vsid = 0x4000_0000_1234_0500n;
  const entered = (index = 3n) => {
    const made = bench(guest, { 3: vsid, 4: esid | valid | index });
    expect(made.run(slbmte)).toEqual({ kind: 'retired' });
    return made;
  };
  test('slbmte, slbmfee and slbmfev', () => {
    const made = entered();
    expect(made.registers.slbEntry(3)).toEqual({ esid: esid | valid, vsid });
    made.registers.setGpr(4, 3n);
    made.run(0x7ca0_2726, 0x7cc0_26a6);
    expect([made.registers.gpr(5), made.registers.gpr(6)]).toEqual([esid | valid, vsid]);
    expect(made.storage.translationChanges).toBe(1);
  });
  test.each([
    ['an index beyond 31', vsid, esid | valid | 32n],
    ['reserved bits in the ESID word', vsid, esid | valid | 0x1000n],
    ['B = 2', vsid | 0x8000_0000_0000_0000n, esid | valid],
    ['L|LP = 111', vsid | 0x30n, esid | valid],
    ['L|LP = 001', (vsid & ~0x100n) | 0x10n, esid | valid],
  ])('slbmte refuses %s', (_, rs, rb) => {
    expect(bench(guest, { 3: rs, 4: rb }).run(slbmte)).toEqual({ kind: 'illegal', word: slbmte });
  });
  test('slbfee. finds an address of the segment, of 1 TB here', () => {
    const made = entered();
    made.registers.setGpr(4, esid + 0x12_3456_7000n);
    made.run(0x7ca0_27a7);
    expect([made.registers.gpr(5), made.registers.crBit(2)]).toEqual([vsid, true]);
    made.registers.setGpr(4, esid + (1n << 40n));
    made.run(0x7ca0_27a7);
    expect([made.registers.gpr(5), made.registers.crBit(2)]).toEqual([0n, false]);
  });
  test('slbie wants the size too; slbia spares entry 0', () => {
    const made = entered(0n);
    made.registers.setGpr(4, esid);
    made.run(0x7c00_2364);
    expect(made.registers.slbEntry(0).esid).toBe(esid | valid);
    made.registers.setSlbEntry(5, { esid: esid | valid, vsid });
    made.run(0x7c00_03e4);
    expect([made.registers.slbEntry(0).esid, made.registers.slbEntry(5).esid]).toEqual([esid | valid, esid]);
    made.registers.setGpr(4, esid | 0x0200_0000n);
    made.run(0x7c00_2364);
    expect(made.registers.slbEntry(0).esid).toBe(esid);
  });
  test('problem state has nothing to do with it; tlbie is the hypervisor’s', () => {
    for (const word of [slbmte, 0x7c00_2364, 0x7c00_03e4, 0x7ca0_27a7, 0x7c00_2224])
      expect(bench(problem).run(word).kind).toBe('privileged');
    expect([guest, hypervisor].map((msr) => bench(msr).run(0x7c00_2264).kind)).toEqual(['privileged', 'retired']);
  });
});

test('dcbz clears a block of 128 bytes', () => {
  const made = bench(guest, { 4: CODE + 0x8ffn });
  made.storage.bytes.fill(0xff, 0x800, 0xa00);
  made.run(0x7c00_27ec);
  const cleared = [...made.storage.bytes.subarray(0x800, 0xa00)].map((byte, i) => (byte === 0 ? i : -1));
  expect(cleared.filter((i) => i >= 0)).toEqual(Array.from({ length: 128 }, (_, i) => 128 + i));
});

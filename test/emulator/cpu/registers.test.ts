import { expect, it } from 'vitest';
import { Registers } from '../../../emulator/cpu/registers';
import { MAX_VCPUS, VCPU_SIZE } from '../../../emulator/state/layout';
import { flagNames, specialNames } from '../../../emulator/state/special-names';
import { Random, seedFor } from '../../support/isa-random';

it('every register of every vCPU has a place of its own', () => {
  const random = new Random(seedFor('registers'));
  const view = new DataView(new ArrayBuffer(MAX_VCPUS * VCPU_SIZE));
  const vcpus = Array.from({ length: MAX_VCPUS }, (_, number) => new Registers(view, number));
  const expected = vcpus.map((vcpu) => {
    const gpr = Array.from({ length: 32 }, () => random.wide());
    const special = specialNames.map(() => random.wide());
    const slb = Array.from({ length: 32 }, () => ({ esid: random.wide(), vsid: random.wide() }));
    const cr = random.next();
    const flags = flagNames.map(() => random.below(2) === 1);
    gpr.forEach((value, number) => vcpu.setGpr(number, value));
    specialNames.forEach((name, i) => vcpu.setSpecial(name, special[i]!));
    slb.forEach((entry, index) => vcpu.setSlbEntry(index, entry));
    vcpu.cr = cr;
    flagNames.forEach((name, i) => vcpu.setFlag(name, flags[i]!));
    return { gpr, special, slb, cr, flags };
  });
  const found = vcpus.map((vcpu) => ({
    gpr: Array.from({ length: 32 }, (_, number) => vcpu.gpr(number)),
    special: specialNames.map((name) => vcpu.special(name)),
    slb: Array.from({ length: 32 }, (_, index) => vcpu.slbEntry(index)),
    cr: vcpu.cr,
    flags: flagNames.map((name) => vcpu.flag(name)),
  }));
  expect(found).toEqual(expected);
});

it('CR bit 0 is the most significant', () => {
  const registers = new Registers(new DataView(new ArrayBuffer(VCPU_SIZE)), 0);
  registers.cr = 0x8000_0001;
  expect([registers.crBit(0), registers.crBit(1), registers.crBit(31)]).toEqual([true, false, true]);
  registers.setCrBit(1, true);
  expect(registers.cr).toBe(0xc000_0001);
});

it('values are cut to 64 bits', () => {
  const registers = new Registers(new DataView(new ArrayBuffer(VCPU_SIZE)), 0);
  registers.setGpr(3, -1n);
  registers.setSpecial('lr', 1n << 64n);
  expect([registers.gpr(3), registers.special('lr')]).toEqual([(1n << 64n) - 1n, 0n]);
});

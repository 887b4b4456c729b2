import { describe, expect, test } from 'vitest';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { instructions } from '../../../emulator/isa/table';
import { Bench, CODE } from '../../support/isa-engine';
import { Random, seedFor } from '../../support/isa-random';

const LOW = 0xffff_ffffn;
const DIRT = 0xdead_beef_0000_0000n;
const cr0 = (made: Bench) => [0, 1, 2, 3].map((bit) => made.registers.crBit(bit));
const flags = (made: Bench) => (['ca', 'ov'] as const).map((name) => made.registers.flag(name));

function narrow(gprs: Readonly<Record<number, bigint>> = {}): Bench {
  const made = new Bench({ littleEndian: false });
  made.registers.setSpecial('msr', 0n);
  for (const [number, value] of Object.entries(gprs)) made.registers.setGpr(Number(number), BigInt.asUintN(64, value));
  return made;
}

describe('results are judged by their last 32 bits (Book I 3.3.8)', () => {
  test.each([
    [
      'add. of a sum that is zero in the word',
      0x7c64_2a15,
      { 4: DIRT | 1n, 5: DIRT | LOW },
      [false, false, true, false],
    ],
    [
      'add. of a sum that is negative in the word',
      0x7c64_2a15,
      { 4: 0x7fff_ffffn, 5: 1n },
      [true, false, false, false],
    ],
    ['or. of what is positive in the word', 0x7c83_2b79, { 4: 1n << 63n, 5: 1n }, [false, true, false, false]],
  ])('%s', (_, word, gprs, order) => {
    const made = narrow(gprs);
    expect(made.run(word)).toEqual({ kind: 'retired' });
    expect(cr0(made)).toEqual(order);
  });
  test('the whole sum is written all the same', () => {
    const made = narrow({ 4: LOW, 5: 1n });
    made.run(0x7c64_2814);
    expect(made.registers.gpr(3)).toBe(1n << 32n);
    expect(flags(made)).toEqual([true, false]);
  });
  test('a compare of doublewords compares doublewords', () => {
    const made = narrow({ 3: 1n << 63n });
    made.run(0x2c23_0000);
    expect(cr0(made)).toEqual([true, false, false, false]);
  });
});

/** RA's part in a sum, RB's or the constant's, and the carry in: what the manual says of each. */
const adders: Readonly<Record<string, (ca: bigint) => { invert: boolean; second: bigint | 'rb'; carryIn: bigint }>> = {
  add: () => ({ invert: false, second: 'rb', carryIn: 0n }),
  addc: () => ({ invert: false, second: 'rb', carryIn: 0n }),
  adde: (ca) => ({ invert: false, second: 'rb', carryIn: ca }),
  subf: () => ({ invert: true, second: 'rb', carryIn: 1n }),
  subfc: () => ({ invert: true, second: 'rb', carryIn: 1n }),
  subfe: (ca) => ({ invert: true, second: 'rb', carryIn: ca }),
  addme: (ca) => ({ invert: false, second: LOW, carryIn: ca }),
  addze: (ca) => ({ invert: false, second: 0n, carryIn: ca }),
  subfme: (ca) => ({ invert: true, second: LOW, carryIn: ca }),
  subfze: (ca) => ({ invert: true, second: 0n, carryIn: ca }),
  neg: () => ({ invert: true, second: 0n, carryIn: 1n }),
};

test('sums carry and overflow as 32-bit numbers do, whatever stands above them', () => {
  const random = new Random(seedFor('narrow mode'));
  const edges = [0n, 1n, LOW, 0x7fff_ffffn, 0x8000_0000n, 0x8000_0001n];
  const anyWord = () => (random.below(2) === 0 ? random.of(edges) : BigInt(random.next()));
  const failures: string[] = [];
  for (const [name, parts] of Object.entries(adders))
    for (let round = 0; round < 200; round++) {
      const [a, b] = [anyWord(), anyWord()];
      const made = narrow({ 4: (random.wide() << 32n) | a, 5: (random.wide() << 32n) | b });
      const carry = random.below(2) === 0;
      made.registers.setFlag('ca', carry);
      const one = instructions.find(({ mnemonic }) => mnemonic === `${name}o.`)!;
      made.run(one.encode({ rt: 3, ra: 4, rb: 5 }));
      const { invert, second, carryIn } = parts(carry ? 1n : 0n);
      const x = invert ? ~a & LOW : a;
      const y = second === 'rb' ? b : second;
      const sum = x + y + carryIn;
      const signed = BigInt.asIntN(32, x) + BigInt.asIntN(32, y) + carryIn;
      const result = BigInt.asIntN(32, sum);
      const setsCarry = !['add', 'subf', 'neg'].includes(name);
      const ov = signed !== result;
      const wanted = [setsCarry ? sum > LOW : carry, ov, result < 0n, result > 0n, result === 0n, ov];
      const got = [...flags(made), ...cr0(made)];
      if (String(got) !== String(wanted) || (made.registers.gpr(3) & LOW) !== (sum & LOW))
        failures.push(`${name} ${a.toString(16)} ${b.toString(16)} ca ${carry}: ${String(got)}, not ${String(wanted)}`);
    }
  expect(failures).toEqual([]);
});

describe('addresses have 32 bits (Book I 1.10.3)', () => {
  const place = CODE + 0x800n;
  test('storage is found under them, and an update keeps the whole sum', () => {
    const made = narrow({ 4: DIRT | (place - 8n), 5: 0x1234n });
    made.run(0x94a4_0008);
    expect(made.storage.load(place, 4)).toBe(0x1234n);
    expect(made.registers.gpr(4)).toBe(DIRT | place);
  });
  test('a fault names the short address', () => {
    expect(narrow({ 4: DIRT }).run(0x8064_0000)).toMatchObject({ kind: 'storage', fault: { effectiveAddress: 0n } });
  });
  test('an alignment interrupt too', () => {
    expect(narrow({ 4: DIRT | 2n }).run(0x7c60_2028)).toMatchObject({ kind: 'alignment', address: 2n });
  });
  test('a branch leads to one, and the link is one', () => {
    const made = narrow();
    made.registers.setSpecial('lr', DIRT | 0x1800n);
    made.run(0x4e80_0021);
    expect([made.registers.special('nia'), made.registers.special('lr')]).toEqual([0x1800n, CODE + 4n]);
  });
  test('a branch below zero comes out at the top of 4 GiB', () => {
    const made = narrow();
    made.run(0x4bff_ee00);
    expect(made.registers.special('nia')).toBe((CODE - 0x1200n) & LOW);
  });
  test('the count is 32 bits, of a register that is decremented whole', () => {
    const made = narrow();
    made.registers.setSpecial('ctr', DIRT | 1n);
    made.run(0x4200_0010);
    expect([made.registers.special('nia'), made.registers.special('ctr')]).toEqual([CODE + 4n, DIRT]);
  });
});

describe('a change of mode', () => {
  test('mtmsrd into 32-bit mode cuts the address that follows', () => {
    const made = new Bench({ littleEndian: false });
    const far = 1n << 40n;
    const storage = made.storage.fetch.bind(made.storage);
    made.storage.fetch = (address) => storage(address & LOW);
    made.storage.view.setUint32(0, 0x7c60_0164, false);
    made.registers.setSpecial('nia', far | CODE);
    expect(made.engine.step()).toEqual({ kind: 'retired' });
    expect(made.registers.special('msr')).toBe(0n);
    expect(made.registers.special('nia')).toBe(CODE + 4n);
  });
  test('rfid into 64-bit mode takes the whole address', () => {
    const made = narrow();
    made.registers.setSpecial('srr0', 1n << 40n);
    made.registers.setSpecial('srr1', MSR.SF);
    made.run(0x4c00_0024);
    expect(made.registers.special('nia')).toBe(1n << 40n);
  });
});

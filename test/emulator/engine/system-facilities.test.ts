import { describe, expect, test } from 'vitest';
import { assemble } from '../../../emulator/isa/assembler';
import { MSR } from '../../../emulator/isa/machine-state-register';
import { Bench, CODE } from '../../support/isa-engine';

const guest = MSR.SF;
const hypervisor = MSR.SF | MSR.HV;
const problem = MSR.SF | MSR.PR | MSR.EE | MSR.IR | MSR.DR;
const place = CODE + 0x800n;

function words(...lines: readonly string[]): number[] {
  return lines.map((line) => {
    const assembled = assemble(line, CODE);
    if (assembled.kind === 'refused') throw new Error(assembled.why);
    return assembled.word;
  });
}
type Gprs = Readonly<Record<number, bigint>>;
function bench(msr: bigint, gprs: Gprs = {}, isa: '2.06' | '2.07' = '2.07'): Bench {
  const made = new Bench({ littleEndian: (msr & MSR.LE) !== 0n, isa });
  made.registers.setSpecial('msr', msr);
  for (const [number, value] of Object.entries(gprs)) made.registers.setGpr(Number(number), value);
  return made;
}
const conditions = (made: Bench) => [0, 1, 2, 3].map((bit) => made.registers.crBit(bit));
const fillWithPlaces = (made: Bench) => made.storage.bytes.forEach((_, i, bytes) => (bytes[i] = i & 0xff));

describe('facilities that are withheld', () => {
  const refusedTo = (msr: bigint, line: string, withheld: 'fscr' | 'hfscr' | undefined) => {
    const made = bench(msr);
    if (withheld) made.registers.setSpecial(withheld, 0n);
    return made.run(...words(line));
  };
  test.each([
    ['bctar 20,0', 8],
    ['mtspr 815,r3', 8],
    ['mfspr r3,3', 2],
    ['mfspr r3,806', 7],
    ['rfebb', 7],
  ])('%s asks FSCR in problem state and HFSCR below the hypervisor', (line, cause) => {
    const unavailable = (hypervisorSays: boolean) => ({
      kind: 'facility-unavailable',
      hypervisor: hypervisorSays,
      cause,
    });
    expect(refusedTo(problem, line, 'fscr')).toEqual(unavailable(false));
    expect(refusedTo(guest, line, 'fscr').kind).toBe('retired');
    expect(refusedTo(problem, line, 'hfscr')).toEqual(unavailable(true));
    expect(refusedTo(guest, line, 'hfscr')).toEqual(unavailable(true));
    expect(refusedTo(hypervisor, line, 'hfscr').kind).toBe('retired');
  });
  test('messages are the hypervisor’s to withhold', () => {
    expect(refusedTo(guest, 'msgsndp r3', 'hfscr')).toMatchObject({ hypervisor: true, cause: 10 });
    expect(refusedTo(guest, 'msgsndp r3', undefined).kind).toBe('retired');
    expect(refusedTo(problem, 'msgsndp r3', undefined).kind).toBe('privileged');
  });
  test('problem state finds the performance monitor as MMCR0[PMCC] says', () => {
    const outcomes = [0n, 1n, 2n, 3n].map((control) =>
      ['mfspr r3,771', 'mtspr 771,r3', 'mfspr r3,775', 'mtspr 775,r3'].map((line) => {
        const made = bench(problem);
        made.registers.setSpecial('mmcr0', control << 18n);
        return made.run(...words(line)).kind;
      }),
    );
    const [no, yes, illegal] = ['facility-unavailable', 'retired', 'illegal'];
    expect(outcomes).toEqual([
      [yes, illegal, yes, illegal],
      [no, no, no, no],
      [yes, yes, yes, yes],
      [yes, yes, no, no],
    ]);
  });
});

describe('transactional memory', () => {
  test('is unavailable without MSR[TM], to everyone', () => {
    for (const msr of [problem, guest, hypervisor])
      for (const line of ['tbegin.', 'tend.', 'tcheck cr1', 'mfspr r3,130'])
        expect(bench(msr).run(...words(line))).toEqual({ kind: 'facility-unavailable', hypervisor: false, cause: 5 });
  });
  test('a transaction fails as it begins, for good', () => {
    const made = bench(problem | MSR.TM);
    made.run(...words('tbegin.'));
    expect(conditions(made)).toEqual([true, false, true, false]);
    expect(made.registers.special('tfhar')).toBe(CODE + 4n);
    expect(made.registers.special('tfiar')).toBe(CODE | 1n);
    // Persistent, nesting overflow; problem state, failure summary, exact.
    expect(made.registers.special('texasr')).toBe(0x0140_0000_1c00_0000n);
    made.run(...words('mfspr r3,131'));
    expect(made.registers.gpr(3)).toBe(0x0140_0000n);
  });
  test('there is none to end', () => {
    for (const line of ['tend.', 'tendall.', 'tabort. r3', 'tabortwci. 4,r3,1', 'tsuspend.', 'tresume.']) {
      const made = bench(guest | MSR.TM);
      made.registers.cr = 0xf000_0000;
      expect(made.run(...words(line))).toEqual({ kind: 'retired' });
      expect(conditions(made)).toEqual([false, false, false, false]);
    }
  });
  test('nor to reclaim or put back', () => {
    for (const line of ['treclaim. r3', 'trechkpt.']) {
      expect(bench(guest | MSR.TM).run(...words(line)).kind).toBe('transaction');
      expect(bench(problem | MSR.TM).run(...words(line)).kind).toBe('privileged');
    }
  });
  test('a POWER7 has no MSR[TM]', () => {
    const moved = (isa: '2.06' | '2.07') => {
      const made = bench(guest, { 3: MSR.SF | MSR.TM }, isa);
      made.run(...words('mtmsrd r3'));
      return made.registers.special('msr') & MSR.TM;
    };
    expect([moved('2.06'), moved('2.07')]).toEqual([0n, MSR.TM]);
  });
});

describe('strings of bytes', () => {
  test('lswi fills the last register up with zeros, and goes on at r0 after r31', () => {
    const made = bench(guest, { 4: place + 1n, 31: -1n, 0: -1n });
    fillWithPlaces(made);
    made.run(...words('lswi r31,r4,6'));
    expect([made.registers.gpr(31), made.registers.gpr(0)]).toEqual([0x0102_0304n, 0x0506_0000n]);
  });
  test('lswx takes its length from the XER; of none it does nothing, wherever', () => {
    const made = bench(guest, { 4: place, 5: 3n, 6: 7n });
    fillWithPlaces(made);
    made.registers.setSpecial('xerRest', 3n);
    made.run(...words('lswx r6,r4,r5'));
    expect(made.registers.gpr(6)).toBe(0x0304_0500n);
    made.registers.setSpecial('xerRest', 0n);
    made.registers.setGpr(4, 0n);
    expect(made.run(...words('lswx r6,r4,r5'))).toEqual({ kind: 'retired' });
    expect(made.registers.gpr(6)).toBe(0x0304_0500n);
  });
  test('stswi stores the low words, from the left', () => {
    const made = bench(guest, { 4: place, 6: 0xffff_ffff_1122_3344n, 7: 0x5566_7788n });
    made.run(...words('stswi r6,r4,5'));
    expect([...made.storage.bytes.subarray(0x800, 0x806)]).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0]);
  });
  test('a fault leaves every register as it was', () => {
    const made = bench(guest, { 4: CODE + 0xffen, 6: 5n });
    expect(made.run(...words('lswi r6,r4,8')).kind).toBe('storage');
    expect(made.registers.gpr(6)).toBe(5n);
  });
  test('little-endian mode has none', () => {
    expect(bench(guest | MSR.LE, { 4: place }).run(...words('lswi r6,r4,8')).kind).toBe('alignment');
  });
});

describe('quadwords', () => {
  const pair: Gprs = { 4: place, 6: 0x0102_0304_0506_0708n, 7: 0x1112_1314_1516_1718n };
  test.each([
    ['big', guest, [1, 2, 3, 4, 5, 6, 7, 8, 17, 18, 19, 20, 21, 22, 23, 24]],
    ['little', guest | MSR.LE, [24, 23, 22, 21, 20, 19, 18, 17, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('are one number in storage, %s-endian', (_, msr, bytes) => {
    const made = bench(msr, pair);
    made.run(...words('stq r6,0(r4)', 'lq r8,0(r4)'));
    expect([...made.storage.bytes.subarray(0x800, 0x810)]).toEqual(bytes);
    expect([made.registers.gpr(8), made.registers.gpr(9)]).toEqual([pair[6], pair[7]]);
  });
  test('are aligned', () => {
    expect(bench(guest, { 4: place + 8n }).run(...words('lq r8,0(r4)')).kind).toBe('alignment');
  });
  test('stqcx. stores once, and only after lqarx', () => {
    for (const msr of [guest, guest | MSR.LE]) {
      const made = bench(msr, pair);
      made.run(...words('lqarx r8,0,r4', 'stqcx. r6,0,r4'));
      expect(conditions(made)).toEqual([false, false, true, false]);
      made.run(...words('lq r8,0(r4)'));
      expect([made.registers.gpr(8), made.registers.gpr(9)]).toEqual([pair[6], pair[7]]);
      made.run(...words('stqcx. r8,0,r4'));
      expect(conditions(made)[2]).toBe(false);
      made.run(...words('ldarx r8,0,r4', 'stqcx. r8,0,r4'));
      expect(conditions(made)[2]).toBe(false);
      made.run(...words('lqarx r8,0,r4', 'stdcx. r8,0,r4'));
      expect(conditions(made)[2]).toBe(false);
    }
  });
  test('a POWER7 keeps them for big-endian supervisors', () => {
    const kinds = [problem, guest, guest | MSR.LE].map(
      (msr) => bench(msr, pair, '2.06').run(...words('lq r8,0(r4)')).kind,
    );
    expect(kinds).toEqual(['privileged', 'retired', 'alignment']);
  });
});

describe('program priorities', () => {
  const levelAfter = (msr: bigint, register: number, isa: '2.06' | '2.07' = '2.07', boost = 0n) => {
    const made = bench(msr, {}, isa);
    made.registers.setSpecial('ppr', 4n << 50n);
    made.registers.setSpecial('pspb', boost);
    made.run(...words(`mr r${register},r${register}`));
    return made.registers.special('ppr') >> 50n;
  };
  test('each state has its own to choose from', () => {
    const hints = [31, 1, 6, 2, 5, 3, 7];
    const levels = (msr: bigint, isa?: '2.06') => hints.map((register) => Number(levelAfter(msr, register, isa)));
    expect(levels(hypervisor)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(levels(guest)).toEqual([1, 2, 3, 4, 5, 6, 4]);
    expect(levels(problem)).toEqual([1, 2, 3, 4, 4, 4, 4]);
    expect(levels(problem, '2.06')).toEqual([4, 2, 3, 4, 4, 4, 4]);
    expect(levelAfter(problem, 5, '2.07', 1n)).toBe(5n);
  });
  test('mtspr obeys the same rule, and other moves of a register to itself are no hints', () => {
    const made = bench(problem, { 3: 6n << 50n });
    made.registers.setSpecial('ppr', 2n << 50n);
    made.run(...words('mtppr r3', 'mr r8,r8', 'or. r1,r1,r1'));
    expect(made.registers.special('ppr') >> 50n).toBe(2n);
  });
});

test.each([
  ['doze', 'illegal'],
  ['nap', 'illegal'],
  ['sleep', 'illegal'],
  ['rvwinkle', 'illegal'],
  ['msgsnd r3', 'retired'],
  ['lbzcix r3,0,r4', 'retired'],
  ['stdcix r3,0,r4', 'retired'],
])('%s is the hypervisor’s', (line, kind) => {
  expect(bench(guest, { 4: place }).run(...words(line)).kind).toBe('privileged');
  expect(bench(hypervisor, { 4: place }).run(...words(line)).kind).toBe(kind);
});

test('BESCR has numbers that set and clear its bits', () => {
  const made = bench(problem, { 3: 0xf0n, 4: 0x30n, 5: 0x1n });
  made.run(...words('mtspr 800,r3', 'mtspr 802,r4', 'mtspr 801,r5', 'mfspr r6,806'));
  expect(made.registers.gpr(6)).toBe(0x1_0000_00c0n);
});

describe('an enabled floating-point exception that waits for FE0 or FE1 (Book III-S 6.5.9)', () => {
  const waiting = 0xa000_0400n | 0x4000_0080n;
  const moved = (line: string, gpr3: bigint, fpscr = waiting) => {
    const made = bench(guest, { 3: gpr3 });
    made.registers.setSpecial('fpscr', fpscr);
    made.registers.setSpecial('srr0', place);
    made.registers.setSpecial('srr1', gpr3);
    return { outcome: made.run(...words(line)).kind, nia: made.registers.special('nia') };
  };
  test.each(['mtmsr r3', 'mtmsrd r3'])('%s has it taken before the next instruction', (line) => {
    for (const bit of [MSR.FE0, MSR.FE1])
      expect(moved(line, guest | bit)).toEqual({ outcome: 'waiting-floating-point', nia: CODE + 4n });
  });
  test('rfid has it taken where it leads', () => {
    expect(moved('rfid', guest | MSR.FE0)).toEqual({ outcome: 'waiting-floating-point', nia: place });
  });
  test('it goes on waiting while both are off, and there is none without FEX', () => {
    expect(moved('mtmsrd r3', guest).outcome).toBe('retired');
    expect(moved('mtmsrd r3', guest | MSR.FE0, 0xa000_0400n).outcome).toBe('retired');
    expect(moved('mtmsrd r3,1', guest | MSR.FE0).outcome).toBe('retired');
  });
});

/** By the ISA's own words: QEMU's POWER8 has neither. */
describe('what QEMU leaves out', () => {
  test('mcrxr moves SO, OV and CA into a CR field, and clears them', () => {
    for (let bits = 0n; bits < 8n; bits++) {
      const made = bench(guest, { 3: (bits << 29n) | 0x15n });
      made.registers.setCrBit(3, true);
      expect(made.run(...words('mtspr 1,r3', 'mcrxr cr0', 'mfspr r4,1')).kind).toBe('retired');
      expect(conditions(made)).toEqual([(bits & 4n) !== 0n, (bits & 2n) !== 0n, (bits & 1n) !== 0n, false]);
      expect(made.registers.gpr(4)).toBe(0x15n);
    }
  });
  test('icbt touches no storage, wherever it points, and came with 2.07', () => {
    const nowhere = { 3: 0x1234_5678_0000n, 4: 8n };
    expect(bench(guest, nowhere).run(...words('icbt r3,r4')).kind).toBe('retired');
    expect(bench(guest, nowhere, '2.06').run(...words('icbt r3,r4')).kind).toBe('illegal');
  });
});

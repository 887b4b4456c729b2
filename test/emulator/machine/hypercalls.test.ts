import { describe, expect, it } from 'vitest';
import type { DebugTarget } from '../../../emulator/index';
import {
  branch,
  describeOutcome,
  ENTRY,
  enterPage,
  form,
  hypercall,
  li,
  lis,
  mfspr,
  mtspr,
  nop,
  place,
  quiet,
  recorder,
  sc1,
  sceneSegment,
  startGuest,
  turnTranslationOn,
} from '../../support/emulator-guest';
import { behaviorsUnderTest, HPTE_R_M } from '../../support/emulator-kvm';

const H_SET_MODE = 0x31c;
const H_RTAS = 0xf000;
const H_PUT_TERM_CHAR = 0x58;
const IDLE = { code: [branch(0)] };
const MSR_PR = 0x4000n;
const lpcrOf = (machine: DebugTarget) => machine.vcpus[0]!.registers.special('lpcr');

describe('sc 1', () => {
  it('asks the hypervisor, which answers what it does not know with H_FUNCTION', () => {
    expect(hypercall(startGuest(IDLE), 0x7777).status).toBe(-2n);
  });

  it('of a program in problem state is a system call, 0xc00', () => {
    const machine = startGuest({ code: [nop], elsewhere: { 0xc00: [branch(0)] } });
    turnTranslationOn(machine);
    place(machine, BigInt(ENTRY), [sc1]);
    const { registers } = machine.vcpus[0]!;
    machine.setSpecial(0, 'msr', registers.special('msr') | MSR_PR);
    const { watch, events } = recorder({ breakpoints: [0xc00n] });
    expect(machine.run(10, watch)).toMatchObject({ kind: 'breakpoint', address: 0xc00n });
    expect(registers.special('srr0')).toBe(BigInt(ENTRY + 4));
    expect(events).toMatchObject([{ kind: 'interrupt', fields: { name: 'system call', vector: 0xc00n } }]);
  });

  it('is reported with its name and arguments, before it is answered', () => {
    const machine = startGuest({ code: [li(3, 8), sc1, branch(0)] });
    [4, 5, 6, 7].forEach((register) => machine.setGpr(0, register, BigInt(register)));
    const { watch, events } = recorder({ stops: () => true });
    expect(machine.run(100, watch)).toMatchObject({ kind: 'event', vcpu: 0 });
    const fields = { vcpu: 0n, pc: BigInt(ENTRY + 4), number: 8n, name: 'H_ENTER', r4: 4n, r5: 5n, r6: 6n, r7: 7n };
    expect(events).toEqual([{ kind: 'hypercall', instructionCount: 2, fields }]);
    const { levels, instructionAddress } = machine.vcpus[0]!;
    expect(levels.map(({ name }) => name)).toEqual(['system call interrupt 0xc00 to the hypervisor', 'H_ENTER']);
    expect(instructionAddress).toBe(BigInt(ENTRY + 4));
  });
});

describe('H_SET_MODE', () => {
  it('sets the byte order of interrupts for all vCPUs', () => {
    const machine = startGuest({ ...IDLE, smp: 2 });
    const ile = () => machine.vcpus.map(({ registers }) => registers.special('lpcr') & 0x0200_0000n);
    expect(hypercall(machine, H_SET_MODE, 1n, 4n, 0n, 0n).status).toBe(0n);
    expect(ile()).toEqual([0x0200_0000n, 0x0200_0000n]);
    expect(hypercall(machine, H_SET_MODE, 0n, 4n, 0n, 0n).status).toBe(0n);
    expect(ile()).toEqual([0n, 0n]);
  });

  it('moves interrupts to where LPCR[AIL] says, on POWER8', () => {
    const machine = startGuest(IDLE);
    expect(hypercall(machine, H_SET_MODE, 3n, 3n, 0n, 0n).status).toBe(0n);
    expect(lpcrOf(machine) & 0x0180_0000n).toBe(0x0180_0000n);
    expect(hypercall(machine, H_SET_MODE, 1n, 3n, 0n, 0n).status).toBe(-4n);
    expect(hypercall(startGuest({ ...IDLE, cpu: 'power7' }), H_SET_MODE, 3n, 3n, 0n, 0n).status).toBe(-55n);
  });

  it.each([
    ['a value for the byte order', [0n, 4n, 1n, 0n], -56n],
    ['a second value', [0n, 4n, 0n, 1n], -57n],
    ['a byte order that there is not', [2n, 4n, 0n, 0n], -4n],
    ['a resource that there is not', [0n, 9n, 0n, 0n], -55n],
  ] as const)('refuses %s', (_what, args, expected) => {
    const machine = startGuest(IDLE);
    const before = lpcrOf(machine);
    expect(hypercall(machine, H_SET_MODE, ...args).status).toBe(expected);
    expect(lpcrOf(machine)).toBe(before);
  });
});

describe('H_PUT_TERM_CHAR', () => {
  const text = (eight: string) => BigInt(`0x${Buffer.from(eight).toString('hex')}`);

  it('writes as many characters as it is told, the most significant byte first', () => {
    const machine = startGuest(IDLE);
    expect(hypercall(machine, H_PUT_TERM_CHAR, 0n, 11n, text('Hello, w'), text('orld!...')).status).toBe(0n);
    expect(hypercall(machine, H_PUT_TERM_CHAR, 0x7100_0000n, 1n, text('!.......'), 0n).status).toBe(0n);
  });

  it('writes to the watch of the run', () => {
    const machine = startGuest({
      code: [li(3, H_PUT_TERM_CHAR), li(4, 0), li(5, 3), lis(6, 0x4142), nop, sc1, branch(0)],
    });
    machine.run(4, quiet);
    machine.setGpr(0, 6, text('Key31...'));
    const { watch, console } = recorder();
    machine.run(100, watch);
    expect(console()).toBe('Key');
  });

  it.each([
    ['more characters than two registers hold', 0n, 17n],
    ['a terminal that there is not', 5n, 1n],
  ])('refuses %s', (_what, unit, length) => {
    expect(hypercall(startGuest(IDLE), H_PUT_TERM_CHAR, unit, length, 0n, 0n).status).toBe(-4n);
  });
});

describe('H_RTAS', () => {
  const call = (token: number, results = 1) => {
    const machine = startGuest(IDLE);
    const bytes = new Uint8Array(24);
    [token, 1, results, 0x1234, 0xffff_ffff, 0x55].forEach((cell, i) =>
      new DataView(bytes.buffer).setUint32(4 * i, cell),
    );
    machine.writeMemory(0, 0x9000n, bytes);
    const { status } = hypercall(machine, H_RTAS, 0x9000n);
    const after = machine.readGuestPhysical(0x9000n, 24);
    return { machine, status, result: new DataView(after.buffer, after.byteOffset).getInt32(16) };
  };

  it.each([
    ['power-off', 0x2003],
    ['reboot', 0x2004],
  ])('ends the machine by %s', (how, token) => {
    expect(call(token).machine.ended).toEqual({ kind: 'powered-off', how });
  });

  it('answers a token that there is not with -3, and H_PARAMETER (facts 5)', () => {
    const { machine, status, result } = call(77);
    expect([machine.ended, status, result]).toEqual([undefined, -4n, -3]);
    expect(call(77, 0).result).toBe(-1);
  });
});

describe.each(behaviorsUnderTest)('the AMR of a guest under %s', (behavior) => {
  /** Writes all ones, then zero, to the AMR by the number that the state may use. */
  const written = (problem: boolean) => {
    const machine = startGuest({ code: [nop], behavior });
    turnTranslationOn(machine);
    const spr = problem ? 13 : 29;
    place(machine, BigInt(ENTRY), [li(5, -1), mtspr(spr, 5), mfspr(6, spr), li(5, 0), mtspr(spr, 5), mfspr(7, spr)]);
    const { registers } = machine.vcpus[0]!;
    if (problem) machine.setSpecial(0, 'msr', registers.special('msr') | MSR_PR);
    for (let count = 0; count < 6; count++) machine.step(0, quiet);
    return [registers.gpr(6), registers.gpr(7)];
  };

  it.each([false, true])('bars key 31 for good where an entry with it is valid; problem state: %s', (problem) => {
    const reserved = behavior === 'rfc-2011' ? 3n : 0n;
    expect(written(problem)).toEqual([(1n << 64n) - 1n, reserved]);
  });
});

it('a store that a key lets through does not open the page to loads that it bars', () => {
  const machine = startGuest({ code: [nop], elsewhere: { 0x300: [branch(0)] } });
  turnTranslationOn(machine);
  const EA = 0xd000_0000_0001_0000n;
  enterPage(machine, sceneSegment, EA, 0x9000n | HPTE_R_M | 2n | 0xa00n);
  place(machine, BigInt(ENTRY), [form.d(36, 3, 4, 0), form.d(32, 5, 4, 0), branch(0)]);
  machine.setGpr(0, 4, EA);
  machine.setGpr(0, 5, 0x77n);
  machine.setSpecial(0, 'amr', 1n << 52n);
  const { watch } = recorder({ breakpoints: [0x300n] });
  expect(describeOutcome(machine.run(10, watch))).toBe('breakpoint');
  const { registers } = machine.vcpus[0]!;
  expect([registers.special('srr0'), registers.special('dsisr')]).toEqual([BigInt(ENTRY + 4), 0x0020_0000n]);
  expect(registers.gpr(5)).toBe(0x77n);
});

import { describe, expect, it } from 'vitest';
import { engineNames } from '../../../emulator/machine/configuration';
import { assemble } from '../../../emulator/isa/assembler';
import { ENTRY, quiet, startGuest } from '../../support/emulator-guest';

function words(...lines: readonly string[]): number[] {
  return lines.map((line, i) => {
    const assembled = assemble(line, BigInt(ENTRY + 4 * i));
    if (assembled.kind === 'refused') throw new Error(assembled.why);
    return assembled.word;
  });
}
const wait = words('b .');
const ILLEGAL = 0x8_0000n;

describe.each(engineNames)('a facility that is withheld, by the %s', (engine) => {
  it('from the guest by its own MSR interrupts at 0xf60, and FSCR says which', () => {
    const machine = startGuest({ engine, code: words('li r3,1', 'tbegin.'), elsewhere: { 0xf60: wait } });
    machine.run(50, quiet);
    const { registers } = machine.vcpus[0]!;
    expect(registers.special('nia')).toBe(0xf60n);
    expect(registers.special('srr0')).toBe(BigInt(ENTRY + 4));
    expect(registers.special('fscr') >> 56n).toBe(5n);
  });
  it('by the hypervisor is an illegal instruction, as KVM has it for a POWER8', () => {
    const machine = startGuest({ engine, code: words('li r3,1', 'msgsndp r3'), elsewhere: { 0x700: wait } });
    machine.run(50, quiet);
    const { registers } = machine.vcpus[0]!;
    expect(registers.special('nia')).toBe(0x700n);
    expect(registers.special('srr0')).toBe(BigInt(ENTRY + 4));
    expect(registers.special('srr1') & 0x7f_0000n).toBe(ILLEGAL);
    expect(registers.special('hfscr') >> 56n).toBe(10n);
  });
  it('does not exist on a POWER7', () => {
    const machine = startGuest({ engine, cpu: 'power7', code: words('tbegin.'), elsewhere: { 0x700: wait } });
    machine.run(50, quiet);
    expect(machine.vcpus[0]!.registers.special('srr1') & 0x7f_0000n).toBe(ILLEGAL);
  });
});

it.each(engineNames)('a guest goes to 32-bit mode and back, by the %s', (engine) => {
  const code = words(
    ...['mfmsr r3', 'clrldi r4,r3,1', 'li r5,-1', 'li r6,1', 'mtmsrd r4'],
    // The sum is zero in 32 bits, and so is the address that it is.
    ...['add. r7,r5,r6', 'rldicr r8,r5,0,31', 'addi r8,r8,0x4000', 'addi r9,r9,77', 'stw r9,0(r8)'],
    ...['mfcr r10', 'mtmsrd r3', 'li r11,0x4000', 'lwz r12,0(r11)', 'b .'],
  );
  const machine = startGuest({ engine, code });
  machine.run(100, quiet);
  const { registers } = machine.vcpus[0]!;
  expect(registers.gpr(12)).toBe(77n);
  expect(registers.gpr(10) >> 28n).toBe(2n);
  expect(registers.gpr(8)).toBe(0xffff_ffff_0000_4000n);
  expect(registers.special('msr')).toBe(registers.gpr(3));
});

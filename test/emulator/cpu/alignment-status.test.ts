import { expect, test } from 'vitest';
import { alignmentStatus } from '../../../emulator/cpu/interrupts';
import { assemble } from '../../../emulator/isa/assembler';

/** Bits 15 to 21 of DSISR, which name the instruction: the table of IBM's Programming Environments Manual, 6.4.6.1. */
const named = [
  ['lwz r5,0(r7)', 0b0000000],
  ['lwarx r5,0,r7', 0b0000000],
  ['stw r5,0(r7)', 0b0000010],
  ['lhz r5,0(r7)', 0b0000100],
  ['lha r5,0(r7)', 0b0000101],
  ['sth r5,0(r7)', 0b0000110],
  ['lmw r8,0(r7)', 0b0000111],
  ['lfs f5,0(r7)', 0b0001000],
  ['lfd f5,0(r7)', 0b0001001],
  ['stfd f5,0(r7)', 0b0001011],
  ['ld r5,0(r7)', 0b0001101],
  ['std r5,0(r7)', 0b0001111],
  ['lwzu r5,4(r7)', 0b0010000],
  ['stmw r5,0(r7)', 0b0010111],
  ['ldx r5,0,r7', 0b0100000],
  ['stdx r5,0,r7', 0b0100010],
  ['lwax r5,0,r7', 0b0100101],
  ['lswi r5,r7,8', 0b0101001],
  ['stswi r5,r7,8', 0b0101011],
  ['stwcx. r5,0,r7', 0b1000010],
  ['dcbz 0,r7', 0b1011111],
  ['lwzx r5,0,r7', 0b1100000],
  ['stfiwx f5,0,r7', 0b1101111],
] as const;

const wordOf = (line: string): number => {
  const assembled = assemble(line, 0n);
  if (assembled.kind === 'refused') throw new Error(assembled.why);
  return assembled.word;
};

test.each(named)('DSISR names %s', (line, number) => {
  expect((Number(alignmentStatus(wordOf(line))) >> 10) & 0x7f).toBe(number);
});
test('and its registers, and which of ld, ldu and lwa it is', () => {
  expect(alignmentStatus(wordOf('ldu r5,8(r7)')) & 0x3ffn).toBe((5n << 5n) | 7n);
  expect(['ld', 'ldu', 'lwa'].map((one) => alignmentStatus(wordOf(`${one} r5,8(r7)`)) >> 18n)).toEqual([0n, 1n, 2n]);
});

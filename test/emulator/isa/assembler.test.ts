import { describe, expect, test } from 'vitest';
import { assemble } from '../../../emulator/isa/assembler';
import { decode, disassembleText, instructions } from '../../../emulator/isa/table';
import { Random, seedFor } from '../../support/isa-random';

const ADDRESS = 0x1000_0000n;
const WORDS_EACH = 6;

/** Bits that disassembly does not show: hints that are reserved, and a second opcode for the same. */
const unseen: readonly { readonly reason: string; readonly applies: (word: number, again: number) => boolean }[] = [
  {
    reason: 'the last bit of BO, where it is no hint or a reserved one',
    applies: (word, again) => decode(word)?.decode(word).bo !== undefined && ((word ^ again) & ~(1 << 21)) === 0,
  },
  { reason: 'mftb has an opcode beside that of mfspr', applies: (word) => /^mftbu?$/.test(decode(word)!.mnemonic) },
];

test('what the disassembler writes is assembled to the same word', () => {
  const random = new Random(seedFor('assembler'));
  const failures: string[] = [];
  let words = 0;
  for (const one of instructions)
    for (let i = 0; i < WORDS_EACH; i++) {
      const fields = one.decode((random.next() & ~one.mask) | one.match);
      const zeroed = Object.fromEntries(Object.entries(fields).map(([n, v]) => [n, random.below(3) === 0 ? 0 : v]));
      const word = one.encode(random.below(2) === 0 ? fields : zeroed);
      if (decode(word) === undefined) continue;
      words++;
      const text = disassembleText(word, ADDRESS);
      const again = assemble(text, ADDRESS);
      if (again.kind === 'refused') failures.push(`${text}: ${again.why}`);
      else if (disassembleText(again.word, ADDRESS) !== text) failures.push(`${text}: ${again.word.toString(16)}`);
      else if (again.word !== word && !unseen.some(({ applies }) => applies(word, again.word)))
        failures.push(`${text}: ${word.toString(16)} becomes ${again.word.toString(16)}`);
    }
  console.log(`${words} words there and back`);
  expect(failures.slice(0, 20)).toEqual([]);
});

const symbols = new Map([['main', 0xc000_0000_0001_8234n]]);
describe('what people write', () => {
  test.each([
    ['addi 3,1,16', 0x3861_0010],
    ['  li  %r3 , 0x10 ', 0x3860_0010],
    ['lis r3,0x8000', 0x3c60_8000],
    ['lis r3,main@highest', 0x3c60_c000],
    ['ori r3,r3,main@l', 0x6063_8234],
    ['addis r3,r2,main@ha', 0x3c62_0002],
    ['addi r3,r3,main@l', 0x3863_8234],
    ['ld r3,(r4)', 0xe864_0000],
    ['ld r3,-8(r4)', 0xe864_fff8],
    ['cmpwi r3,1', 0x2c03_0001],
    ['cmpwi cr7,r3,1', 0x2f83_0001],
    ['beq .+16', 0x4182_0010],
    ['beq cr7,. - 8', 0x419e_fff8],
    ['b 0x10000010', 0x4800_0010],
    ['slwi. r3,r4,8', 0x5483_402f],
    ['rlwinm r3,r4,8,0,23', 0x5483_402e],
    ['crset 4*cr2+eq', 0x4d4a_5242],
    ['mtspr 318,r3', 0x7c7e_4ba6],
    ['.long 0x12345678', 0x1234_5678],
  ])('%s', (text, word) => {
    expect(assemble(text, ADDRESS, symbols)).toEqual({ kind: 'word', word });
  });
  test.each([
    ['frob r3', 'Power ISA 2.07 has no instruction "frob".'],
    ['addi r3,r1', 'addi: It takes rt,ra0,si, and there are 2.'],
    ['addi r32,r1,0', 'addi: "r32" is no general register.'],
    ['addi r3,r1,40000', 'addi: 40000 does not fit: it must be a number from -32768 to 32767.'],
    ['ld r3,6(r4)', 'ld: 6 must be a multiple of 4.'],
    ['b nowhere', 'b: There is no symbol "nowhere".'],
    ['b main', 'b: main is too far away.'],
    ['slwi r3,r4,40', 'slwi: 40 does not fit: it must be a number from 0 to 31.'],
  ])('%s is refused', (text, why) => {
    expect(assemble(text, ADDRESS, symbols)).toEqual({ kind: 'refused', why });
  });
  test('an older processor refuses what came later', () => {
    expect(assemble('btar', 0n, undefined, '2.06').kind).toBe('refused');
    expect(assemble('btar', 0n).kind).toBe('word');
  });
});

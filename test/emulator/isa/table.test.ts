import { describe, expect, test } from 'vitest';
import { effectsOf } from '../../../emulator/isa/effects';
import { instruction } from '../../../emulator/isa/instruction';
import { decode, disassemble, disassembleText, instructions, proveDisjoint } from '../../../emulator/isa/table';
import { Random, seedFor } from '../../support/isa-random';

describe('the table proves itself', () => {
  test('no two instructions decode one word', () => {
    expect(() => proveDisjoint(instructions)).not.toThrow();
    const twin = instruction({
      mnemonic: 'twin',
      encoding: '14:6 rt /:5 si',
      assembly: 'rt,si',
      meaning: () => undefined,
    });
    expect(() => proveDisjoint([...instructions, ...twin])).toThrow('addi and twin decode the same word');
  });

  test('an encoding claims all 32 bits, with values that fit', () => {
    const make = (encoding: string) => () =>
      instruction({ mnemonic: 'broken', encoding, assembly: '', meaning: () => undefined });
    expect(make('14:6 rt ra')).toThrow('has 16 bits, not 32');
    expect(make('14:6 rt ra si /:1')).toThrow('has 33 bits, not 32');
    expect(make('64:6 rt ra si')).toThrow('64 needs more than 6 bits');
    expect(make('14:6 rt ra nonsense')).toThrow('nonsense is no field');
  });

  test('all that can fail comes before all that writes', () => {
    for (const one of instructions) expect(() => effectsOf(one, one.match)).not.toThrow();
    const careless = instruction({
      mnemonic: 'careless',
      encoding: '33:6 rt ra d',
      assembly: 'rt,d(ra)',
      meaning(op, { rt, ra, d }) {
        const address = op.add(op.gpr(ra), op.operand(d));
        op.setGpr(ra, address);
        op.setGpr(rt, op.load(address, 4));
      },
    });
    expect(() => effectsOf(careless[0]!, 0)).toThrow('careless can fail after it has written');
    const restless = instruction({
      mnemonic: 'restless',
      encoding: '18:6 li aa lk',
      assembly: 'li',
      meaning(op, { li }) {
        op.jumpRelative(li);
        op.setSpecial('lr', op.currentAddress());
      },
    });
    expect(() => effectsOf(restless[0]!, 0)).toThrow('restless goes on after it has jumped');
  });

  test('a word survives being taken apart and put together', () => {
    const random = new Random(seedFor('table'));
    for (const one of instructions) {
      const word = one.encode(one.decode((random.next() & ~one.mask) | one.match));
      expect(one.encode(one.decode(word))).toBe(word);
      const found = decode(word);
      const expected = one.isInvalidForm(word) ? undefined : one.mnemonic;
      // What only the older processor has is something else on the newer one.
      if (one.until === '2.07' && !one.otherwise) expect(found?.mnemonic).toBe(expected);
    }
  });

  test('any word can be read', () => {
    const random = new Random(seedFor('any word'));
    const words = Array.from({ length: 50_000 }, () => random.next());
    const misread = words.filter((word) => {
      const found = decode(word);
      const text = disassembleText(word, 0x100n);
      if (!found) return text !== `.long 0x${word.toString(16)}`;
      return (word & found.mask) !== found.match || /undefined|NaN/.test(text);
    });
    expect(misread).toEqual([]);
  });
});

describe('versions', () => {
  const bctar = 0x4e80_0460;
  const lqarx = 0x7c80_2a28;
  test('what came with 2.07 is unknown to a 2.06 processor', () => {
    expect(decode(bctar, '2.07')?.mnemonic).toBe('bctar');
    expect(decode(bctar, '2.06')).toBeUndefined();
    expect(decode(lqarx, '2.07')?.mnemonic).toBe('lqarx');
    expect(decode(lqarx, '2.06')).toBeUndefined();
  });
  test('a register of the other version is a number of no register', () => {
    const mtIamr = 0x7c7d_0ba6;
    const mtDabr = 0x7c75_fba6;
    expect(decode(mtIamr, '2.07')?.otherwise).toBe(false);
    expect(decode(mtIamr, '2.06')?.otherwise).toBe(true);
    expect(decode(mtDabr, '2.07')?.otherwise).toBe(true);
    expect(decode(mtDabr, '2.06')?.otherwise).toBe(false);
  });
  test('ignored bits are ignored', () => {
    expect(decode(0x7c00_04ac)?.mnemonic).toBe('sync');
    expect(decode(0x7c00_fcad)?.mnemonic).toBe('sync');
  });
});

test('a branch keeps its target apart, so that a caller can name it', () => {
  expect(disassemble(0x4182_0010, 0x1000n)).toEqual({ mnemonic: 'beq', operands: '', target: 0x1010n });
  expect(disassemble(0x409e_fff8, 0x1000n)).toEqual({ mnemonic: 'bne', operands: 'cr7', target: 0xff8n });
  expect(disassemble(0x4bff_fff1, 0n)).toEqual({ mnemonic: 'bl', operands: '', target: 0xffff_ffff_ffff_fff0n });
  expect(disassembleText(0x4182_0010, 0x1000n)).toBe('beq 0x1010');
});

/** From the Power ISA's encodings, by hand. */
test.each([
  [0x3861_0010, 'addi r3,r1,16'],
  [0x3860_0010, 'li r3,16'],
  [0x3c60_8000, 'lis r3,-32768'],
  [0xf821_ff91, 'stdu r1,-112(r1)'],
  [0x7c63_2615, 'addo. r3,r3,r4'],
  [0x5463_103a, 'slwi r3,r3,2'],
  [0x7863_0020, 'clrldi r3,r3,32'],
  [0x7863_1f24, 'sldi r3,r3,3'],
  [0x4e80_0020, 'blr'],
  [0x4e80_0421, 'bctrl'],
  [0x4d82_0020, 'beqlr'],
  [0x2c23_0000, 'cmpdi r3,0'],
  [0x2f83_0001, 'cmpwi cr7,r3,1'],
  [0x7fe0_0008, 'trap'],
  [0x7c08_02a6, 'mflr r0'],
  [0x7c7f_42a6, 'mfpvr r3'],
  [0x7c70_43a6, 'mtsprg 0,r3'],
  [0x7c7e_4ba6, 'mtspr 318,r3'],
  [0x7c61_0164, 'mtmsrd r3,1'],
  [0x4400_0022, 'sc 1'],
  [0x4400_0002, 'sc'],
  [0x6000_0000, 'nop'],
  [0x7c83_2378, 'mr r3,r4'],
  [0x7c20_04ac, 'lwsync'],
  [0x7c40_04ac, 'ptesync'],
  [0x4c00_012c, 'isync'],
  [0x7c60_2028, 'lwarx r3,0,r4'],
  [0x7c00_1fec, 'dcbz 0,r3'],
  [0x7c60_2324, 'slbmte r3,r4'],
])('%i reads %s', (word, text) => {
  expect(disassembleText(word, 0n)).toBe(text);
});

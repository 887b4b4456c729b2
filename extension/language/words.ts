/** A 64-bit number read as each word of the MMU that it may be. */
import { hpteFirst, hpteSecond } from '../../emulator/mmu/hashed-page-table-entry';
import { slbEsidWord, slbVsidWord } from '../../emulator/mmu/segment';
import { dsisr, lpcr, msr } from '../../emulator/mmu/special-register-bits';

interface Word {
  readonly name: string;
  /** What `decode` gives of zero has no name set. */
  decode(word: bigint): Readonly<Record<string, bigint | boolean>>;
  readonly mask: Readonly<Record<string, bigint>>;
}

/** In the order in which they are offered. */
export const words: readonly Word[] = [
  { name: 'MSR', ...msr },
  { name: 'LPCR', ...lpcr },
  { name: 'DSISR', ...dsisr },
  { name: 'HPTE, first doubleword', ...hpteFirst },
  { name: 'HPTE, second doubleword', ...hpteSecond },
  { name: 'SLB entry, ESID word (slbmte RB)', ...slbEsidWord },
  { name: 'SLB entry, VSID word (slbmte RS)', ...slbVsidWord },
];

/** The fields that are set: `SF=1 EE PR`. Bits that no field has are said at the end. */
function decoded(word: Word, value: bigint): string {
  const parts = Object.entries(word.decode(value)).flatMap(([name, field]) =>
    field === true ? [name] : field === false || field === 0n ? [] : [`${name}=0x${field.toString(16)}`],
  );
  const claimed = Object.values(word.mask).reduce((all, mask) => all | mask, 0n);
  const rest = value & ~claimed;
  return [...parts, ...(rest === 0n ? [] : [`other bits 0x${rest.toString(16)}`])].join(' ');
}

/** Numbers below this are offsets and counts, not words of the MMU. */
const SMALLEST = 0x1000n;

/** A table of what a number would be as each word; empty for small numbers. */
export function wordTable(value: bigint): string {
  const word = BigInt.asUintN(64, value);
  if (word < SMALLEST) return '';
  const rows = words.map((one) => `| ${one.name} | ${decoded(one, word)} |`);
  return [`\`0x${word.toString(16).padStart(16, '0')}\` would be`, '', '| as | fields |', '|---|---|', ...rows].join(
    '\n',
  );
}

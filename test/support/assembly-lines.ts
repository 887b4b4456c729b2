/** Lines of assembly by the dice: what the disassembler writes, and what becomes of it when something is changed. */
import { decode, disassembleText, instructions } from '../../emulator/isa/table';
import type { Random } from './isa-random';

/** A line that the table has written, of an instruction chosen by the dice. Branches lead to this address. */
export function validLine(random: Random): string {
  for (;;) {
    const one = random.of(instructions);
    const word = one.encode(one.decode((random.next() & ~one.mask) | one.match));
    if (decode(word) !== undefined) return disassembleText(word, 0n);
  }
}

/** The same with one thing changed, which may make it wrong. */
export function changedLine(random: Random, line: string): string {
  const [mnemonic = '', rest = ''] = line.split(/ (.*)/s);
  const operands = rest === '' ? [] : rest.split(',');
  const at = random.below(Math.max(1, operands.length));
  switch (random.below(5)) {
    case 0:
      return `${mnemonic} ${operands.slice(0, -1).join(',')}`;
    case 1:
      return `${mnemonic} ${[...operands, '3'].join(',')}`;
    case 2:
      return `${mnemonic}${random.of(['q', 'zz', 'x.'])} ${rest}`;
    case 3:
      return `${mnemonic} ${replaced(operands, at, (n) => n * 37 + 11)}`;
    default:
      return `${mnemonic} ${replaced(operands, at, () => random.below(100_000))}`;
  }
}

/** Another number in a register's name or in its place; addresses and bits of the CR stay. */
const replaced = (operands: readonly string[], at: number, change: (number: number) => number): string =>
  operands
    .map((one, i) =>
      i === at && /^(r|f|v|vs|cr|-)?\d+$/.test(one) ? one.replace(/\d+/, (n) => String(change(Number(n)))) : one,
    )
    .join(',');

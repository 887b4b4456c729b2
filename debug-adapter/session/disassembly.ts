import { disassemble, hexadecimal } from '../../emulator/index';
import { symbolText, type VcpuOfGuest } from './guest';

/** One line of assembly; a branch names the symbol that it goes to. */
export function instructionText(of: VcpuOfGuest, word: number, address: bigint): string {
  const { mnemonic, operands, target } = disassemble(word, address);
  if (target === undefined) return operands === '' ? mnemonic : `${mnemonic} ${operands}`;
  const symbol = symbolText(of, target);
  const destination = symbol === undefined ? hexadecimal(target) : `${hexadecimal(target)} <${symbol}>`;
  return `${mnemonic} ${operands === '' ? '' : `${operands},`}${destination}`;
}

const OPCODE_EXTENDED = 19;
const CONDITIONAL = 16;
const UNCONDITIONAL = 18;

/** Whether an instruction is a branch that leaves a return address behind (LK = 1). */
export function isCall(word: number): boolean {
  if ((word & 1) === 0) return false;
  const opcode = word >>> 26;
  if (opcode === UNCONDITIONAL || opcode === CONDITIONAL) return true;
  // bclr, bcctr, bctar
  return opcode === OPCODE_EXTENDED && [16, 528, 560].includes((word >>> 1) & 0x3ff);
}

const BLR = 0x4e800020;
export const isReturn = (word: number): boolean => word === BLR;

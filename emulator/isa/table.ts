import { assemblyText, type Disassembly } from './assembly';
import { barriers, cacheManagement } from './cache-management';
import { branchFacility } from './branch-facility';
import { conditionRegister } from './condition-register';
import { decimalAssist } from './decimal-assist';
import { decodeTree } from './decode-tree';
import { effectsOf } from './effects';
import { fixedPointArithmetic } from './fixed-point-arithmetic';
import { fixedPointCompareAndTrap } from './fixed-point-compare-and-trap';
import { fixedPointDivide } from './fixed-point-divide';
import { fixedPointLoads } from './fixed-point-load';
import { fixedPointLogical } from './fixed-point-logical';
import { fixedPointRotateAndShift } from './fixed-point-rotate-and-shift';
import { fixedPointStores } from './fixed-point-store';
import type { Instruction, IsaVersion } from './instruction';
import { loadAndReserve } from './load-and-reserve';
import { moveSystemRegister } from './move-system-register';
import { segmentLookaside } from './segment-lookaside';
import { systemLinkage } from './system-linkage';
import { translationLookaside } from './translation-lookaside';

/** Every instruction we know, by the sections of the Power ISA. */
export const instructions: readonly Instruction[] = [
  branchFacility,
  conditionRegister,
  systemLinkage,
  fixedPointLoads,
  fixedPointStores,
  fixedPointArithmetic,
  fixedPointDivide,
  decimalAssist,
  fixedPointCompareAndTrap,
  fixedPointLogical,
  fixedPointRotateAndShift,
  moveSystemRegister,
  loadAndReserve,
  cacheManagement,
  barriers,
  segmentLookaside,
  translationLookaside,
].flat(2);

/** Throws unless no word is decoded by two instructions of one version. */
export function proveDisjoint(table: readonly Instruction[]): void {
  for (let opcode = 0; opcode < 64; opcode++) {
    const group = table.filter((one) => one.match >>> 26 === opcode);
    for (const [i, a] of group.entries())
      for (const b of group.slice(i + 1)) {
        const sameWord = (a.mask & b.mask & (a.match ^ b.match)) === 0;
        const sameVersion = a.since <= b.until && b.since <= a.until;
        if (sameWord && sameVersion && a.otherwise === b.otherwise)
          throw new Error(`${a.mnemonic} and ${b.mnemonic} decode the same word`);
      }
  }
}

proveDisjoint(instructions);
for (const one of instructions) effectsOf(one, one.match);

const versions: Readonly<Record<IsaVersion, (word: number) => Instruction | undefined>> = {
  '2.06': decodeTree(instructions.filter((one) => one.since === '2.06')),
  '2.07': decodeTree(instructions.filter((one) => one.until === '2.07')),
};

/** The instruction that a word is, on a processor of this version; undefined for one that it does not know. */
export const decode = (word: number, isa: IsaVersion = '2.07'): Instruction | undefined => versions[isa](word);

const unknownWord = (word: number): Disassembly => ({
  mnemonic: '.long',
  operands: `0x${(word >>> 0).toString(16)}`,
});

export const disassemble = (word: number, address: bigint, isa: IsaVersion = '2.07'): Disassembly =>
  decode(word, isa)?.disassemble(word, address) ?? unknownWord(word);

export const disassembleText = (word: number, address: bigint, isa?: IsaVersion): string =>
  assemblyText(disassemble(word, address, isa));

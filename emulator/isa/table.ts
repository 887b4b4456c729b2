import { assemblyText, type Disassembly } from './assembly';
import { barriers, cacheManagement } from './cache-management';
import { branchFacility } from './branch-facility';
import { conditionRegister } from './condition-register';
import { decimalArithmetic, decimalTests } from './decimal-arithmetic';
import { decimalAssist } from './decimal-assist';
import { decimalConvert, decimalPieces } from './decimal-convert';
import { decimalQuantize } from './decimal-quantize';
import { decodeTree } from './decode-tree';
import { eventBasedBranch } from './event-based-branch';
import { fixedPointArithmetic } from './fixed-point-arithmetic';
import { fixedPointCompareAndTrap } from './fixed-point-compare-and-trap';
import { fixedPointDivide } from './fixed-point-divide';
import { fixedPointLoads } from './fixed-point-load';
import { fixedPointLogical } from './fixed-point-logical';
import { fixedPointRotateAndShift } from './fixed-point-rotate-and-shift';
import { fixedPointStores } from './fixed-point-store';
import { fixedPointStrings } from './fixed-point-string';
import { floatingPointArithmetic } from './floating-point-arithmetic';
import { floatingPointLoadsAndStores } from './floating-point-load-store';
import { floatingPointMoveAndConvert } from './floating-point-move-and-convert';
import { floatingPointStatusRegister } from './floating-point-status-register';
import { hypervisorInstructions } from './hypervisor-instructions';
import type { Instruction, IsaVersion } from './instruction';
import { loadAndReserve } from './load-and-reserve';
import { moveSystemRegister } from './move-system-register';
import { priorityHints } from './program-priority';
import { quadwordStorage } from './quadword-storage';
import { segmentLookaside } from './segment-lookaside';
import { systemLinkage } from './system-linkage';
import { transactionalMemory } from './transactional-memory';
import { translationLookaside } from './translation-lookaside';
import { vectorBits, vectorStatus } from './vector-bits-and-status';
import { vectorCompare, vectorCount, vectorLogical, vectorShift } from './vector-compare-and-logical';
import { vectorCryptography } from './vector-cryptography';
import { vectorDecimal } from './vector-decimal';
import { vectorFloatingPoint } from './vector-floating-point';
import { vectorAdd, vectorAverage } from './vector-integer';
import { vectorMultiply, vectorMultiplyAdd } from './vector-multiply';
import { vectorPermute } from './vector-permute';
import { dataStreams, vectorStorage } from './vector-storage';
import { vsxArithmetic } from './vsx-arithmetic';
import { vsxCompare } from './vsx-compare';
import { vsxConvert } from './vsx-convert';
import { vsxPermuteAndLogical } from './vsx-permute-and-logical';
import { vsxStorage } from './vsx-storage';

/** Every instruction we know, by the sections of the Power ISA. */
export const instructions: readonly Instruction[] = [
  branchFacility,
  conditionRegister,
  systemLinkage,
  fixedPointLoads,
  fixedPointStores,
  fixedPointStrings,
  quadwordStorage,
  fixedPointArithmetic,
  fixedPointDivide,
  decimalAssist,
  fixedPointCompareAndTrap,
  fixedPointLogical,
  fixedPointRotateAndShift,
  priorityHints,
  moveSystemRegister,
  loadAndReserve,
  transactionalMemory,
  eventBasedBranch,
  cacheManagement,
  barriers,
  segmentLookaside,
  translationLookaside,
  hypervisorInstructions,
  floatingPointLoadsAndStores,
  floatingPointArithmetic,
  floatingPointMoveAndConvert,
  floatingPointStatusRegister,
  vsxStorage,
  vsxArithmetic,
  vsxConvert,
  vsxCompare,
  vsxPermuteAndLogical,
  vectorStorage,
  dataStreams,
  vectorPermute,
  vectorAdd,
  vectorAverage,
  vectorMultiply,
  vectorMultiplyAdd,
  vectorCompare,
  vectorLogical,
  vectorShift,
  vectorCount,
  vectorFloatingPoint,
  vectorCryptography,
  vectorBits,
  vectorStatus,
  vectorDecimal,
  decimalArithmetic,
  decimalTests,
  decimalQuantize,
  decimalConvert,
  decimalPieces,
].flat(2);

/** Throws unless no word is decoded by two instructions of one version. For tests: at each start it would cost time. */
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

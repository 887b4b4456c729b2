/** Linux: kvmppc_hv_emulate_mmio() and kvmppc_emulate_loadstore(). */
import { programInterrupt, storageInterrupt } from '../../cpu/interrupts';
import type { Registers } from '../../cpu/registers';
import { describeAccess, type AccessDescription } from '../../isa/describe-access';
import { dsisr, msr as msrBits } from '../../mmu/special-register-bits';
import { bytesOf, valueOf } from '../../word/byte-order';
import type { Kvm } from '../kvm';
import { backToGuest, type HostStage, type MmioExitStage, type Next, type StorageTrap } from './stage';

/**
 * Whether an instruction stores, by two bits of its word. Linux: instruction_is_store(), which a load multiple deceives:
 * the guest then tries it again for ever.
 */
export const instructionIsStore = (word: number): boolean => (word & (word >>> 26 === 31 ? 0x100 : 0x1000_0000)) !== 0;

export function emulateMmio(kvm: Kvm, registers: Registers, stage: HostStage & { at: 'emulate-mmio' }): Next {
  const { trap } = stage;
  const word = stage.instruction ?? kvm.readInstruction(registers, trap.instructionAddress);
  if (word === undefined) return backToGuest;
  const isStore = trap.access === 'store';
  if (kvm.behavior.directionBy === 'instruction' && instructionIsStore(word) !== isStore) return backToGuest;
  const described = describeAccess(word);
  if (described === undefined) return cannotEmulate(kvm, trap);
  if (described.kind === 'cache-operation') {
    registers.setSpecial('nia', trap.instructionAddress + 4n);
    return backToGuest;
  }
  return leaveToUserSpace(registers, stage, word, described);
}

/** The instruction counts as done before user space sees the access; only a load's result is still to come. */
function leaveToUserSpace(
  registers: Registers,
  { trap, entry, guestPhysicalAddress }: HostStage & { at: 'emulate-mmio' },
  instruction: number,
  described: AccessDescription & { kind: 'load' | 'store' },
): MmioExitStage {
  const littleEndian = (registers.special('msr') & msrBits.mask.LE) !== 0n;
  const isWrite = described.kind === 'store';
  const data =
    described.kind === 'store'
      ? bytesOf(registers.gpr(described.source), described.bytes, littleEndian !== described.byteReversed)
      : undefined;
  registers.setSpecial('nia', trap.instructionAddress + 4n);
  const updated = described.update ? described.base : undefined;
  const baseBefore = updated === undefined ? undefined : { register: updated, value: registers.gpr(updated) };
  if (updated !== undefined) registers.setGpr(updated, trap.effectiveAddress);
  return {
    at: 'mmio-exit',
    trap,
    entry,
    guestPhysicalAddress,
    length: described.bytes,
    isWrite,
    data,
    instruction,
    baseBefore,
    completion:
      described.kind === 'load'
        ? { target: described.target, signExtended: described.signed, byteReversed: described.byteReversed }
        : undefined,
  };
}

function cannotEmulate(kvm: Kvm, trap: StorageTrap): Next {
  if (kvm.behavior.emulationFailure === 'program interrupt')
    return { at: 'interrupt', trap, interrupt: { ...programInterrupt('illegal'), cause: 0n } };
  const status = dsisr.mask.BADACCESS | (trap.access === 'store' ? dsisr.mask.ISSTORE : 0n);
  const fault = { ...trap, verdict: 'refused' as const, status };
  return { at: 'interrupt', trap, interrupt: storageInterrupt(fault, 'by LPCR[AIL]') };
}

/** Puts what user space supplied into the load's register. Linux: kvmppc_complete_mmio_load(). */
export function completeLoad(registers: Registers, stage: MmioExitStage, data: Uint8Array): void {
  if (!stage.completion) return;
  const { target, signExtended, byteReversed } = stage.completion;
  const littleEndian = (registers.special('msr') & msrBits.mask.LE) !== 0n;
  const value = valueOf(data.subarray(0, stage.length), littleEndian !== byteReversed);
  registers.setGpr(target, signExtended ? BigInt.asIntN(stage.length * 8, value) : value);
}

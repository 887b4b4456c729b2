/** The registers that Linux keeps of what an interrupt, or a system call, has interrupted: struct pt_regs on the stack. */
import { dwarfRegister, type FrameRegisters, type SavedRegister } from './frame-registers';
import { readNumber, type VcpuOfGuest } from './guest';

/** "regshere": what the kernel writes into a frame that holds them (STACK_FRAME_REGS_MARKER). */
const MARKER = 0x7265677368657265n;
/** Where the marker and the registers are in such a frame: until Linux 6.1 and, under the ELFv2 ABI, after it. */
const layouts = [
  { marker: 96n, registers: 112n },
  { marker: 32n, registers: 48n },
] as const;
const NIA = 256n;
const CTR = 280n;
const LR = 288n;

export interface InterruptedCode {
  readonly address: bigint;
  readonly registers: FrameRegisters;
}

/** What was interrupted, when the frame at a stack pointer is an interrupt's. */
export function interruptedCode(of: VcpuOfGuest, stackPointer: bigint): InterruptedCode | undefined {
  const layout = layouts.find(({ marker }) => readNumber(of, stackPointer + marker, 8) === MARKER);
  if (!layout) return undefined;
  const base = stackPointer + layout.registers;
  const at = (offset: bigint): SavedRegister | undefined => {
    const address = base + offset;
    const value = readNumber(of, address, 8);
    return value === undefined ? undefined : { value, place: { kind: 'memory', address } };
  };
  const address = at(NIA)?.value;
  if (address === undefined) return undefined;
  return {
    address,
    registers: (number) => {
      if (number >= 0 && number < 32) return at(8n * BigInt(number));
      if (number === dwarfRegister.LR || number === dwarfRegister.STANDARD_LR) return at(LR);
      return number === dwarfRegister.CTR || number === dwarfRegister.STANDARD_CTR ? at(CTR) : undefined;
    },
  };
}

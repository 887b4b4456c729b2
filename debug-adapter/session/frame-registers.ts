/** The registers of one frame of the stack, by their DWARF numbers: each as it is, or as a later function has kept it. */
import type { VcpuOfGuest } from './guest';

/** Where a register's value lies now, so that it can be changed. */
export type RegisterPlace =
  | { readonly kind: 'register' }
  | { readonly kind: 'memory'; readonly address: bigint }
  /** Computed: there is nothing to change. */
  | { readonly kind: 'none' };

export interface SavedRegister {
  readonly value: bigint;
  readonly place: RegisterPlace;
}

/** Undefined: not known in this frame. */
export type FrameRegisters = (number: number) => SavedRegister | undefined;

/** Numbers of the Power ABIs (64-Bit ELFv2 ABI, 2.4), and those that compilers use for LR and CTR in fact. */
export const dwarfRegister = {
  STACK_POINTER: 1,
  FLOATING: 32,
  LR: 65,
  CTR: 66,
  STANDARD_LR: 108,
  STANDARD_CTR: 109,
} as const;

/** The registers of the innermost frame: the vCPU's own. */
export const ownRegisters =
  ({ vcpu: { registers } }: VcpuOfGuest): FrameRegisters =>
  (number) => {
    const own = (value: bigint): SavedRegister => ({ value, place: { kind: 'register' } });
    if (number >= 0 && number < 32) return own(registers.gpr(number));
    if (number >= 32 && number < 64) return own(registers.vsrDoubleword(number - 32, 0));
    if (number === dwarfRegister.LR || number === dwarfRegister.STANDARD_LR) return own(registers.special('lr'));
    if (number === dwarfRegister.CTR || number === dwarfRegister.STANDARD_CTR) return own(registers.special('ctr'));
    return undefined;
  };

/** Puts a value into the register of the innermost frame; false where that cannot be done. */
export function setOwnRegister({ target, vcpu }: VcpuOfGuest, number: number, value: bigint): boolean {
  if (number >= 0 && number < 32) target.setGpr(vcpu.number, number, value);
  else if (number === dwarfRegister.LR || number === dwarfRegister.STANDARD_LR)
    target.setSpecial(vcpu.number, 'lr', value);
  else if (number === dwarfRegister.CTR || number === dwarfRegister.STANDARD_CTR)
    target.setSpecial(vcpu.number, 'ctr', value);
  else return false;
  return true;
}

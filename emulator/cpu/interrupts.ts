import { lpcr as lpcrBits, msr as msrBits } from '../mmu/special-register-bits';
import type { StorageFault } from '../mmu/storage-fault';
import type { Registers } from './registers';

/** Interrupt vectors (Power ISA 2.07, Book III-S 6.5). */
export const vectors = {
  systemReset: 0x100,
  machineCheck: 0x200,
  dataStorage: 0x300,
  dataSegment: 0x380,
  instructionStorage: 0x400,
  instructionSegment: 0x480,
  external: 0x500,
  alignment: 0x600,
  program: 0x700,
  floatingPointUnavailable: 0x800,
  decrementer: 0x900,
  hypervisorDecrementer: 0x980,
  systemCall: 0xc00,
  trace: 0xd00,
  hypervisorDataStorage: 0xe00,
  hypervisorInstructionStorage: 0xe20,
  hypervisorEmulationAssistance: 0xe40,
  vectorUnavailable: 0xf20,
  vsxUnavailable: 0xf40,
  facilityUnavailable: 0xf60,
  hypervisorFacilityUnavailable: 0xf80,
} as const;
export type VectorName = keyof typeof vectors;
const namesByVector = new Map<number, VectorName>(
  Object.entries(vectors).map(([name, vector]) => [vector, name as VectorName]),
);
/** "data storage" of 0x300. */
export const vectorName = (vector: number): string =>
  (namesByVector.get(vector) ?? 'unknown').replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);

/** SRR1 bits of a program interrupt (6.5.9). */
export const programCause = {
  /** TM Bad Thing. */
  transaction: 0x200000n,
  'floating-point': 0x100000n,
  /** SRR0 is no longer at what caused it. */
  'waiting-floating-point': 0x110000n,
  illegal: 0x80000n,
  privileged: 0x40000n,
  trap: 0x20000n,
} as const;

/** An interrupt that the guest is about to take. */
export interface GuestInterrupt {
  readonly vector: number;
  /** What SRR1 says beside the saved MSR. */
  readonly cause: bigint;
  readonly dar: bigint | undefined;
  readonly dsisr: bigint | undefined;
  /**
   * Hardware and KVM's inject_interrupt() go to where LPCR[AIL] says; KVM's real-mode code, reflecting a fault, goes to
   * the vector itself.
   */
  readonly location: 'by LPCR[AIL]' | 'real-mode vector';
}

/** SRR1 bits 33 to 36 and 42 to 47 report the cause; the others are the MSR's. */
const causeBits = 0x783f_0000n;
/** Where LPCR[AIL] puts the vectors, with translation left on (6.4, "Alternate Interrupt Location"). */
const alternateLocations = [
  { field: lpcrBits.encode({ AIL: 2n }), address: 0x1_8000n },
  { field: lpcrBits.encode({ AIL: 3n }), address: 0xc000_0000_0000_4000n },
];
const alternateLocation = (lpcr: bigint): bigint | undefined =>
  alternateLocations.find(({ field }) => field === (lpcr & lpcrBits.mask.AIL))?.address;

/** The MSR in which a guest's handler starts. Linux: kvmppc's intr_msr, with the byte order of LPCR[ILE]. */
export const interruptMsr = (msr: bigint, lpcr: bigint): bigint =>
  msrBits.mask.SF |
  (msr & (msrBits.mask.ME | msrBits.mask.HV)) |
  ((lpcr & lpcrBits.mask.ILE) === 0n ? 0n : msrBits.mask.LE);

/** Takes an interrupt: SRR0 and SRR1, DAR and DSISR, then the handler's MSR and address (6.4.3). */
export function deliver(registers: Registers, interrupt: GuestInterrupt): void {
  const msr = registers.special('msr');
  const lpcr = registers.special('lpcr');
  const translated = msrBits.mask.IR | msrBits.mask.DR;
  const alternate =
    interrupt.location === 'by LPCR[AIL]' && (msr & translated) === translated ? alternateLocation(lpcr) : undefined;
  registers.setSpecial('srr0', registers.special('nia'));
  registers.setSpecial('srr1', (msr & ~causeBits) | interrupt.cause);
  if (interrupt.dar !== undefined) registers.setSpecial('dar', interrupt.dar);
  if (interrupt.dsisr !== undefined) registers.setSpecial('dsisr', interrupt.dsisr);
  registers.setSpecial('msr', interruptMsr(msr, lpcr) | (alternate === undefined ? 0n : translated));
  registers.setSpecial('nia', BigInt(interrupt.vector) + (alternate ?? 0n));
}

const plain = { dar: undefined, dsisr: undefined, location: 'by LPCR[AIL]' } as const;
export const programInterrupt = (kind: keyof typeof programCause): GuestInterrupt => ({
  vector: vectors.program,
  cause: programCause[kind],
  dar: undefined,
  dsisr: undefined,
  location: 'by LPCR[AIL]',
});
export const interruptAt = (vector: number): GuestInterrupt => ({ ...plain, vector, cause: 0n });

/** X-form has its extended opcode at the end; DS-form has two bits of it there (Book I 1.6). */
const isXForm = (word: number): boolean => word >>> 26 === 31;
const isDsForm = (word: number): boolean => [57, 58, 61, 62].includes(word >>> 26);

/** What DSISR says of an instruction refused for its alignment (6.5.8): which one it is, its RT and its RA. */
export function alignmentStatus(word: number): bigint {
  const registers = (word >>> 16) & 0x3ff;
  const opcode = isXForm(word)
    ? ((word & 0x6) << 14) | ((word & 0x40) << 8) | ((word & 0x780) << 3)
    : ((word >>> 12) & 0x4000) | ((word >>> 17) & 0x3c00) | (isDsForm(word) ? (word & 3) << 18 : 0);
  return BigInt(opcode | registers);
}

/** FSCR and HFSCR name, in their first byte, the facility that was last refused (Book III-S 6.2.9, 6.2.10). */
const causeByte = { shift: 56n, mask: 0xffn << 56n } as const;

/**
 * A facility refused. What HFSCR withholds is the hypervisor's affair, and KVM (kvmppc_handle_exit_hv(), the case of
 * BOOK3S_INTERRUPT_H_FAC_UNAVAIL) emulates nothing of it for a POWER8's guest, which sees an illegal instruction.
 */
export function facilityInterrupt(registers: Registers, hypervisor: boolean, cause: number): GuestInterrupt {
  const name = hypervisor ? 'hfscr' : 'fscr';
  registers.setSpecial(name, (registers.special(name) & ~causeByte.mask) | (BigInt(cause) << causeByte.shift));
  if (!hypervisor) return interruptAt(vectors.facilityUnavailable);
  registers.setSpecial('hsrr0', registers.special('nia'));
  registers.setSpecial('hsrr1', registers.special('msr'));
  return programInterrupt('illegal');
}

/** A storage access refused, as a guest sees it. */
export function storageInterrupt(fault: StorageFault, location: GuestInterrupt['location']): GuestInterrupt {
  const { access, verdict, status, effectiveAddress } = fault;
  if (verdict === 'segment-miss')
    return access === 'fetch'
      ? { ...plain, vector: vectors.instructionSegment, cause: 0n, location }
      : { ...plain, vector: vectors.dataSegment, cause: 0n, dar: effectiveAddress, location };
  return access === 'fetch'
    ? { ...plain, vector: vectors.instructionStorage, cause: status, location }
    : { vector: vectors.dataStorage, cause: 0n, dar: effectiveAddress, dsisr: status, location };
}

/** Whether the hardware gives a refused access to the hypervisor (Book III-S 5.7.3.4 and 6.5: LPCR[VPM0], LPCR[VPM1]). */
export function goesToHypervisor(fault: StorageFault, msr: bigint, lpcr: bigint): boolean {
  // The hypervisor's own faults are its own (VPM counts with MSR[HV] = 0 only).
  if (fault.verdict === 'segment-miss' || (msr & msrBits.mask.HV) !== 0n) return false;
  const translated = (msr & (fault.access === 'fetch' ? msrBits.mask.IR : msrBits.mask.DR)) !== 0n;
  return (lpcr & (translated ? lpcrBits.mask.VPM1 : lpcrBits.mask.VPM0)) !== 0n;
}

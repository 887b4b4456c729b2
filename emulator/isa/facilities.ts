/** Facilities that FSCR, HFSCR and the MSR can take away (Book III-S 6.2.9, 6.2.10), and who is told when they are used. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny } from './idioms';
import { MSR } from './machine-state-register';

/** The bit of FSCR and HFSCR, counted from the right, which is also the cause that the interrupt reports. */
export const facilities = {
  dataStream: 2,
  performanceMonitor: 3,
  branchHistory: 4,
  transactionalMemory: 5,
  eventBasedBranch: 7,
  targetAddress: 8,
  messages: 10,
} as const;
export type FacilityName = keyof typeof facilities;

/** MMCR0[PMCC]: what problem state may do with the performance monitor (Book III-S 9.4.4). */
export const PMCC = { mask: 0xc_0000, first: 0x8_0000, second: 0x4_0000 } as const;

/** When the operating system has withheld a facility. What is not here, only the hypervisor can withhold. */
function withheld<S extends Sorts>(op: Operations<S>, facility: FacilityName): S['condition'] | undefined {
  const inProblemState = (when: S['condition']) => op.both(hasAny(op, op.special('msr'), MSR.PR), when);
  switch (facility) {
    case 'dataStream':
    case 'eventBasedBranch':
    case 'targetAddress':
      return inProblemState(op.not(hasAny(op, op.special('fscr'), 2 ** facilities[facility])));
    case 'transactionalMemory':
      return op.not(hasAny(op, op.special('msr'), MSR.TM));
    case 'branchHistory':
      return inProblemState(op.not(hasAny(op, op.special('mmcr0'), PMCC.first)));
    case 'performanceMonitor':
    case 'messages':
      return undefined;
  }
}

/** Asks for a facility of version 2.07: the operating system is asked first, the hypervisor next. */
export function demandFacility<S extends Sorts>(op: Operations<S>, facility: FacilityName): void {
  const cause = facilities[facility];
  const byOperatingSystem = withheld(op, facility);
  if (byOperatingSystem !== undefined) op.facilityUnavailable(byOperatingSystem, false, cause);
  const msr = op.special('msr');
  const isHypervisor = op.both(hasAny(op, msr, MSR.HV), op.not(hasAny(op, msr, MSR.PR)));
  const byHypervisor = op.not(hasAny(op, op.special('hfscr'), 2 ** cause));
  op.facilityUnavailable(op.both(op.not(isHypervisor), byHypervisor), true, cause);
}

import type { Facility } from '../operations/instruction-operations';

/** `floating-point` comes after the instruction has written: an enabled exception. */
export type ProgramInterruptKind = 'trap' | 'privileged' | 'illegal' | 'floating-point' | 'transaction';

/** Thrown inside an engine only, and returned from it as a value: the instruction was not done. */
export class Refused {
  readonly kind: ProgramInterruptKind;
  constructor(kind: ProgramInterruptKind) {
    this.kind = kind;
  }
}
export class AlignmentRefused {
  readonly address: bigint;
  readonly store: boolean;
  constructor(address: bigint, store: boolean) {
    this.address = address;
    this.store = store;
  }
}

/** What FSCR (`hypervisor` false) or HFSCR withholds. */
export class FacilityWithheld {
  readonly hypervisor: boolean;
  readonly cause: number;
  constructor(hypervisor: boolean, cause: number) {
    this.hypervisor = hypervisor;
    this.cause = cause;
  }
}

export class FacilityUnavailable {
  readonly facility: Facility;
  constructor(facility: Facility) {
    this.facility = facility;
  }
}

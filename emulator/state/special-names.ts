/**
 * The 64-bit special registers of a vCPU, by name. The place of each is in layout.ts, the number and the rights of
 * those that mtspr and mfspr reach in isa/special-purpose-registers.ts.
 */
export const specialNames = [
  'nia',
  'msr',
  'lr',
  'ctr',
  'srr0',
  'srr1',
  'hsrr0',
  'hsrr1',
  'dar',
  'dsisr',
  'hdar',
  'hdsisr',
  'cfar',
  'sprg0',
  'sprg1',
  'sprg2',
  'sprg3',
  'hsprg0',
  'hsprg1',
  'sdr1',
  'lpcr',
  'rmor',
  'hrmor',
  'amr',
  'iamr',
  'uamor',
  'amor',
  'pvr',
  'pir',
  'pid',
  'lpid',
  'heir',
  'vrsave',
  'dscr',
  'ppr',
  'ctrl',
  'fscr',
  'hfscr',
  'dabr',
  'dabrx',
  'dawr0',
  'dawrx0',
  'ciabr',
  'hid0',
  'hid1',
  'hid4',
  'purr',
  'spurr',
  'tar',
  'fpscr',
  'xerRest',
  /** The timebase value at which the decrementer passes through zero; `mfdec` is this less the timebase. */
  'decrementerExpiry',
  'hypervisorDecrementerExpiry',
  /** What a timebase write added to the machine's own count of ticks. */
  'timebaseOffset',
  /** Real address of the reservation that a load-and-reserve made, or all ones when there is none. */
  'reservationAddress',
  'reservationBytes',
  'reservationValue',
] as const;

export type Special = (typeof specialNames)[number];

/** XER bits that are kept apart, a byte each. */
export const flagNames = ['so', 'ov', 'ca'] as const;
export type Flag = (typeof flagNames)[number];

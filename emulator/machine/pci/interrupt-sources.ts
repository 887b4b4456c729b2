/** Interrupt source numbers of the host bridge, and the way to the interrupt controller. Numbers are QEMU's. */

export interface InterruptSources {
  /** A level-sensitive source is asserted, or no longer. */
  setLevel(source: number, asserted: boolean): void;
  /** A message has arrived. */
  send(source: number): void;
}

/** INTA to INTD of the bus; slots take them in turn (PCI Local Bus Specification 3.0, 2.2.6). */
export const firstLine = 0x1200;
export const LINES = 4;
/** The first message interrupt, and how many each function may have. */
export const firstMessage = 0x1300;
export const MESSAGES_OF_FUNCTION = 8;
/** The source of a slot's INTA. */
export const lineOfSlot = (slot: number): number => firstLine + (slot % LINES);

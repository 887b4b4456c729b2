/** Which interrupt source belongs to whom. Devices on the PCI bus have theirs from 0x1200 on. */
export const interruptSources = { console: 0x1100, nonVolatileMemory: 0x1101 } as const;

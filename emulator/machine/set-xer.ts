import type { Registers } from '../cpu/registers';

/** Where the three flags that lie apart stand in the XER. */
const flags = { so: 31n, ov: 30n, ca: 29n } as const;
/** The byte count of string instructions; all else is reserved. */
const REST = 0x7fn;

export function setXer(registers: Registers, value: bigint): void {
  for (const [flag, bit] of Object.entries(flags))
    registers.setFlag(flag as keyof typeof flags, ((value >> bit) & 1n) === 1n);
  registers.setSpecial('xerRest', value & REST);
}

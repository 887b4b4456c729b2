import { msr } from '../state/machine-state-register';
import type { IsaVersion } from './instruction';

/** Each bit of the MSR, as a mask. */
export const MSR = msr.mask;

const allBits = Object.values(MSR).reduce((all, bit) => all | bit, 0n);
/** The bits that a processor keeps; the others always read as zero. */
export const implementedMsrBits: Readonly<Record<IsaVersion, bigint>> = { '2.06': allBits & ~MSR.TM, '2.07': allBits };

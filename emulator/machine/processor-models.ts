import type { ProcessorName } from './configuration';

export interface ProcessorModel {
  /** As the device tree names the processor. */
  readonly name: string;
  readonly pvr: bigint;
  readonly isa: '2.06' | '2.07';
}
export const processorModels: Readonly<Record<ProcessorName, ProcessorModel>> = {
  power7: { name: 'PowerPC,POWER7', pvr: 0x003f_0203n, isa: '2.06' },
  power8: { name: 'PowerPC,POWER8', pvr: 0x004d_0200n, isa: '2.07' },
};

/** Ticks of the timebase, a second (facts: pseries guests are told 512 MHz). */
export const TIMEBASE_FREQUENCY = 512_000_000;
/** One instruction takes a nanosecond of guest time. */
export const NANOSECONDS_PER_INSTRUCTION = 1;
/** Ticks in a time given in nanoseconds. */
export const ticksIn = (nanoseconds: number): bigint => (BigInt(nanoseconds) * 64n) / 125n;
/** The first nanosecond at which this many ticks have passed. */
export const nanosecondsFor = (ticks: bigint): number => Number((ticks * 125n + 63n) / 64n);

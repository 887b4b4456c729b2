/**
 * Where everything lies in the machine's one linear memory, for TypeScript views, generated code and snapshots.
 * A block for each vCPU comes first, then tables that all share, then the memory of the modelled host.
 */
import { flagNames, specialNames, type Flag, type Special } from './special-names';

/** A 33rd general register that always holds zero stands for (RA|0) with RA = 0: no test at run time. */
export const ZERO_REGISTER = 32;

export const gprOffset = 0;
/** VSRs; an FPR is the first doubleword of one of the first 32, a VR one of the last 32. */
export const vsrOffset = gprOffset + 33 * 8 + 8;
/** One byte a CR bit: a compare stores four, a branch loads one, and no mask is needed. */
export const crOffset = vsrOffset + 64 * 16;
const flagsBase = crOffset + 32;
const specialsBase = flagsBase + 8;

const offsets = <N extends string>(names: readonly N[], base: number, size: number) =>
  Object.fromEntries(names.map((name, index) => [name, base + index * size])) as Readonly<Record<N, number>>;

export const flagOffsets: Readonly<Record<Flag, number>> = offsets(flagNames, flagsBase, 1);
export const specialOffsets: Readonly<Record<Special, number>> = offsets(specialNames, specialsBase, 8);

/** What the last translation found, for its caller; see mmu/translate.ts. */
const resultsBase = specialsBase + specialNames.length * 8;
export const translationResults = {
  realAddress: resultsBase,
  /** Place of the HPTE in linear memory, or 0. */
  entryAddress: resultsBase + 8,
  /** DSISR bits for data, SRR1 bits for a fetch. */
  status: resultsBase + 16,
  /** Of the hypervisor's search: the VSID word of the segment. */
  vsidWord: resultsBase + 24,
} as const;

/** 32 entries of 16 bytes: ESID word (ESID, V) as slbmte's RB holds it, then VSID word as its RS does. */
export const slb = { offset: 0x800, entries: 32, entrySize: 16, esid: 0, vsid: 8 } as const;

/**
 * Software TLBs, direct-mapped. Data: read tag, write tag (page address, or NO_PAGE), what to add to an effective
 * address to reach linear memory. Fetch: tag and addend.
 */
export const dataTlb = { offset: 0x1000, entries: 1024, entrySize: 32, readTag: 0, writeTag: 8, addend: 16 } as const;
export const fetchTlb = { offset: 0x9000, entries: 64, entrySize: 16, tag: 0, addend: 8 } as const;
export const NO_PAGE = -1n;
export const TLB_PAGE_SIZE = 4096;

export const VCPU_SIZE = 0x10000;
export const MAX_VCPUS = 8;
export const vcpuBase = (index: number): number => index * VCPU_SIZE;

/** Shared tables: base and actual page shift by the eight LP bits of an HPTE with L = 1; 0 where reserved. */
const sharedBase = MAX_VCPUS * VCPU_SIZE;
export const pageShifts = { base: sharedBase, actual: sharedBase + 256 } as const;
/** Bytes of the modelled host's memory, as the walk needs them. */
export const hostMemorySize = sharedBase + 512;

/** Host real address 0. Everything with a host real address below the host's memory size lies here. */
export const HOST_MEMORY = 0x100000;

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
export const slb = { offset: 0xa00, entries: 32, entrySize: 16, esid: 0, vsid: 8 } as const;
if (resultsBase + 32 > slb.offset) throw new Error('the special registers reach into the SLB');

/** What engines keep for themselves: none of it is guest state, and all of it can be made anew. */
const scratchBase = 0xc00;
export const engineScratch = {
  /** Which set of translations is in force, 1 to MOST_ADDRESS_SPACES: the low bits of the tags below. 64 bits. */
  addressSpace: scratchBase,
  /** The rest is the interpreter's. Effective address of the page that it is in; 64 bits. */
  page: scratchBase + 8,
  /** Effective address of an access that the data TLB does not know; 64 bits. */
  missAddress: scratchBase + 16,
  /** Record at which it left, and how many instructions it had left to do. */
  record: scratchBase + 24,
  left: scratchBase + 28,
  /** Record, in this page, of the last taken branch, as long as CFAR does not say so; or 0. */
  takenBranch: scratchBase + 32,
  /** What the walk said of missAddress, and whether the access was a store; 32 bits each. */
  verdict: scratchBase + 296,
  missIsStore: scratchBase + 300,
  /** LEV of the last system call; 32 bits. */
  level: scratchBase + 304,
  /** Numbers of the sets of translations, 64 bits each, by the MSR's bits; 0: none yet. See engine/address-spaces.ts. */
  addressSpaces: scratchBase + 40,
} as const;

/**
 * Software TLBs, direct-mapped. Data: read tag, write tag (page address with the address space, or NO_PAGE), what to
 * add to an effective address to reach linear memory. Fetch: tag and addend. Tags of zero match nothing.
 */
export const dataTlb = { offset: 0x1000, entries: 1024, entrySize: 32, readTag: 0, writeTag: 8, addend: 16 } as const;
export const fetchTlb = { offset: 0x9000, entries: 64, entrySize: 16, tag: 0, addend: 8 } as const;
export const NO_PAGE = -1n;
/** One less than NO_PAGE's. */
export const MOST_ADDRESS_SPACES = 0xffe;
/** From an instruction page to the interpreter's records of it: tag as in the TLBs, place of its first record. */
export const jumpCache = { offset: 0xa000, entries: 1024, entrySize: 16, tag: 0, records: 8 } as const;
export const TLB_PAGE_SIZE = 4096;

export const VCPU_SIZE = 0x10000;
export const MAX_VCPUS = 8;
export const vcpuBase = (index: number): number => index * VCPU_SIZE;

/** Shared tables: base and actual page shift by the eight LP bits of an HPTE with L = 1; 0 where reserved. */
const sharedBase = MAX_VCPUS * VCPU_SIZE;
export const pageShifts = { base: sharedBase, actual: sharedBase + 256 } as const;
/** Bytes of the modelled host's memory, as the walk needs them. */
export const hostMemorySize = sharedBase + 512;

/**
 * A byte for each page of the host's memory: `code` where the interpreter has decoded instructions of it, `stores` and
 * `loads` where a debugger watches. No TLB holds a page for stores that has any mark, nor one for loads with `loads`.
 */
export const codePages = { base: 0x100000, size: 0x100000, code: 1, stores: 2, loads: 4 } as const;
/**
 * A word for each page of the host's memory: the place of its records without breakpoints, plus 1 if they are
 * big-endian; or 0.
 */
export const pageRecords = { base: 0x200000, size: 0x400000, bigEndian: 1 } as const;
/**
 * Pre-decoded instructions: a block for each page, with one record more at its end. A record: u16 handler, five u16
 * operands (a register's place in the vCPU's block, or a small number), i32 immediate. All zero: not yet decoded.
 */
export const records = {
  base: 0x600000,
  blocks: 4096,
  blockSize: 0x8000,
  size: 16,
  operands: 2,
  immediate: 12,
} as const;

/** Host real address 0. Everything with a host real address below the host's memory size lies here. */
export const HOST_MEMORY = records.base + records.blocks * records.blockSize;

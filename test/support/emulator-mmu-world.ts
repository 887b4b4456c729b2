/** Random worlds for the MMU: segments, a hashed page table, and states of the processor that look at them. */
import { Registers } from '../../emulator/cpu/registers';
import { emitWalks, type EmittedWalks } from '../../emulator/engine/emitted-translation';
import { HashedPageTable } from '../../emulator/mmu/hashed-page-table';
import { largePageShifts } from '../../emulator/mmu/page-size';
import type { Access } from '../../emulator/mmu/storage-fault';
import { HOST_MEMORY, hostMemorySize, pageShifts, VCPU_SIZE } from '../../emulator/state/layout';
import type { Random } from './isa-random';

/** Bytes of the modelled host: real addresses beyond belong to no memory. */
export const HOST_BYTES = 0x180_0000;
const TABLE_AT = 0x4_0000;
const WASM_PAGE = 0x10000;

const TERABYTE_SEGMENT = 1n << 62n;
const VALID = 1n;
const SECONDARY = 2n;
const LARGE = 4n;
const ABSENT = 0x20n;
const SLB_VALID = 0x0800_0000n;

export type BaseShift = 12 | 16 | 24;
/** L and LP of an SLB entry's second word (facts 1.3). */
export const segmentSizeBits: Readonly<Record<BaseShift, bigint>> = { 12: 0n, 16: 0x110n, 24: 0x100n };
/** Base and actual page size, and the LP encoding that says so; none for L = 0 (facts 1.3). */
export const pageSizes = [
  { base: 12, actual: 12, encoding: undefined },
  { base: 12, actual: 16, encoding: 0x07n },
  { base: 12, actual: 24, encoding: 0x38n },
  { base: 16, actual: 16, encoding: 0x01n },
  { base: 16, actual: 24, encoding: 0x08n },
  { base: 24, actual: 24, encoding: 0x00n },
] as const;

/** A segment with somewhere to stand: in the SLB, or lent to real mode. */
export interface WorldSegment {
  readonly effectiveAddress: bigint;
  readonly vsidWord: bigint;
  readonly terabyte: boolean;
  readonly vsid: bigint;
  readonly base: BaseShift;
}

/** What an access meets, beside the table and the SLB. */
export interface ProcessorState {
  readonly msr: bigint;
  readonly lpcr: bigint;
  readonly rmor: bigint;
  readonly amr: bigint;
  readonly iamr: bigint;
}
export interface TranslationCase {
  readonly access: Access;
  readonly effectiveAddress: bigint;
  readonly state: ProcessorState;
}

export interface World {
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  readonly registers: Registers;
  readonly table: HashedPageTable;
  readonly walks: EmittedWalks;
  /** The vCPU's block, and the table, as bytes. */
  readonly block: Uint8Array;
  readonly tableBytes: Uint8Array;
  readonly segments: readonly WorldSegment[];
  /** Indexes of entries that hold anything. */
  readonly occupied: readonly number[];
  enter(state: ProcessorState): void;
  nextCase(): TranslationCase;
}

/** An empty machine: one vCPU, a table, and the tables of page sizes that the walk reads. */
export function emptyWorld(order = 18) {
  const memory = new WebAssembly.Memory({ initial: (HOST_MEMORY + HOST_BYTES) / WASM_PAGE });
  const view = new DataView(memory.buffer);
  for (let encoding = 0; encoding < 256; encoding++) {
    const { base, actual } = largePageShifts(encoding);
    view.setUint8(pageShifts.base + encoding, base);
    view.setUint8(pageShifts.actual + encoding, actual);
  }
  view.setBigUint64(hostMemorySize, BigInt(HOST_BYTES), true);
  const registers = new Registers(view, 0);
  const table = new HashedPageTable(view, Math.ceil(TABLE_AT / 2 ** order) * 2 ** order, order);
  registers.setSpecial('sdr1', table.sdr1);
  return { memory, view, registers, table, walks: emitWalks(memory) };
}

const bitsOf = (random: Random, width: number): bigint => random.wide() & ((1n << BigInt(width)) - 1n);

/** Ks, Kp and N, in the places that they have in an SLB entry. */
const segmentRights = (random: Random): bigint => bitsOf(random, 2) << 10n;

function randomSegments(random: Random): WorldSegment[] {
  const segments: WorldSegment[] = [];
  const taken = new Set<bigint>();
  while (segments.length < 26) {
    const terabyte = random.below(2) === 0;
    const base = random.of([12, 12, 12, 16, 16, 24] as const);
    // A few terabytes of addresses, so that neighbours in the same terabyte occur.
    const tera = random.of([0n, 1n, 0xc00000n, 0xd00001n, bitsOf(random, 24)]);
    const effectiveAddress = terabyte ? tera << 40n : (tera << 40n) | (bitsOf(random, 12) << 28n);
    const overlaps =
      taken.has(effectiveAddress >> 28n) ||
      segments.some((one) => (one.terabyte || terabyte) && one.effectiveAddress >> 40n === effectiveAddress >> 40n);
    if (overlaps) continue;
    taken.add(effectiveAddress >> 28n);
    // Sometimes the number of another segment, of either size.
    const width = terabyte ? 38 : 50;
    const shared = segments.length > 0 && random.below(4) === 0 ? random.of(segments).vsid : bitsOf(random, width);
    const vsid = BigInt.asUintN(width, shared);
    const unused = terabyte && random.below(2) === 0 ? bitsOf(random, 12) << 12n : 0n;
    const noExecute = random.below(8) === 0 ? 0x200n : 0n;
    const vsidWord =
      (terabyte ? TERABYTE_SEGMENT | (vsid << 24n) | unused : vsid << 12n) |
      segmentRights(random) |
      noExecute |
      segmentSizeBits[base];
    segments.push({ effectiveAddress, vsidWord, terabyte, vsid, base });
  }
  return segments;
}

/** The segments that a guest in real mode may be lent, by LPCR[VRMASD] (facts 2). */
const realModeSegments: readonly WorldSegment[] = ([12, 16, 24] as const).map((base) => ({
  effectiveAddress: 0n,
  vsidWord: 0x4001_ffff_ff00_0000n | segmentSizeBits[base],
  terabyte: true,
  vsid: 0x1ff_ffffn,
  base,
}));

/** Where the page at an address belongs, by the formula of facts 1.4. */
export function homeOf(segment: WorldSegment, effectiveAddress: bigint, groupCount: number) {
  const segmentShift = segment.terabyte ? 40n : 28n;
  const offset = effectiveAddress & ((1n << segmentShift) - 1n);
  const mixed = segment.terabyte ? segment.vsid ^ (segment.vsid << 25n) : segment.vsid;
  const primary = Number((mixed ^ (offset >> BigInt(segment.base))) & BigInt(groupCount - 1));
  const virtualAddress = (segment.vsid << segmentShift) | offset;
  const lowest = segment.base === 24 ? 24n : 23n;
  const abbreviated = (virtualAddress >> lowest) << (lowest - 16n);
  const first = (segment.terabyte ? TERABYTE_SEGMENT : 0n) | abbreviated;
  return { primary, secondary: groupCount - 1 - primary, first, virtualAddress };
}

function randomSecond(random: Random, actual: number, encoding: bigint | undefined): bigint {
  const protection = random.of([0n, 1n, 2n, 2n, 2n, 3n, 1n << 63n, (1n << 63n) | 2n, (1n << 63n) | 3n]);
  const key = random.below(3) === 0 ? 0n : bitsOf(random, 5);
  const keyBits = ((key >> 3n) << 60n) | ((key & 7n) << 9n);
  const noExecute = random.below(6) === 0 ? 4n : 0n;
  const wimg = random.of([0x10n, 0x10n, 0x10n, 0x28n, 0x70n]);
  const used = random.of([0n, 0x100n, 0x180n]);
  const frames = random.below(2) === 0 ? HOST_BYTES / 2 ** actual : 2 ** 30;
  const page = BigInt(random.below(Math.max(1, Math.floor(frames)))) << BigInt(actual);
  const shown = encoding === undefined ? 0n : encoding << 12n;
  return protection | keyBits | noExecute | wimg | used | (page & 0x0fff_ffff_ffff_f000n) | shown;
}

/** Puts an entry for a page into its primary or secondary group. Returns the index, or undefined if both are full. */
function plant(random: Random, table: HashedPageTable, segment: WorldSegment, effectiveAddress: bigint) {
  const { primary, secondary, first } = homeOf(segment, effectiveAddress, table.groupCount);
  const size = random.of(pageSizes.filter(({ base }) => base === segment.base));
  const inSecondary = random.below(3) === 0;
  const group = inSecondary ? secondary : primary;
  const start = random.below(8);
  const index = Array.from({ length: 8 }, (_, i) => group * 8 + ((start + i) & 7)).find((at) => table.first(at) === 0n);
  if (index === undefined) return undefined;
  const state = random.of([VALID, VALID, VALID, VALID, ABSENT]);
  const large = size.encoding === undefined ? 0n : LARGE;
  table.setSecond(index, randomSecond(random, size.actual, size.encoding));
  table.setFirst(index, first | large | (inSecondary ? SECONDARY : 0n) | state | (bitsOf(random, 2) << 3n));
  return index;
}

/** An entry for the same virtual address as a segment of the other size has it, where that one belongs. */
function plantTwin(random: Random, table: HashedPageTable, segment: WorldSegment, effectiveAddress: bigint) {
  const { virtualAddress } = homeOf(segment, effectiveAddress, table.groupCount);
  const terabyte = !segment.terabyte;
  const vsid = virtualAddress >> (terabyte ? 40n : 28n);
  const twin = { ...segment, terabyte, vsid };
  return plant(random, table, twin, virtualAddress & ((1n << 40n) - 1n));
}

/** An entry that resembles one beside it: one bit differs, or it stands in another group. */
function plantImpostor(random: Random, table: HashedPageTable, original: number): number | undefined {
  const elsewhere = random.below(3) === 0;
  const group = elsewhere ? random.below(table.groupCount) : original >> 3;
  const index = Array.from({ length: 8 }, (_, i) => group * 8 + i).find((at) => table.first(at) === 0n);
  if (index === undefined) return undefined;
  const flipped = elsewhere ? 0n : 1n << BigInt(random.below(64));
  const size = elsewhere || random.below(2) === 0 ? 0n : bitsOf(random, 8) << 12n;
  table.setSecond(index, table.second(original) ^ size);
  table.setFirst(index, table.first(original) ^ flipped);
  return index;
}

function randomState(random: Random): ProcessorState {
  const relocation = random.of([0x30n, 0x30n, 0x30n, 0x30n, 0x20n, 0x10n, 0n, 0n]);
  const problem = random.below(3) === 0 ? 0x4000n : 0n;
  const hypervisor = random.below(8) === 0 ? 1n << 60n : 0n;
  const vpm0 = random.below(3) === 0 ? 0n : 1n << 63n;
  const lent = segmentSizeBits[random.of([12, 16, 24] as const)] << 43n;
  const register = () => random.of([0n, 0n, random.wide(), random.wide() & random.wide() & random.wide()]);
  return {
    msr: (1n << 63n) | hypervisor | problem | relocation,
    lpcr: vpm0 | (bitsOf(random, 1) << 62n) | lent | (bitsOf(random, 4) << 26n),
    rmor: bitsOf(random, 24),
    amr: register(),
    iamr: register(),
  };
}

export function randomWorld(random: Random, order: number): World {
  const parts = emptyWorld(order);
  const { memory, registers, table } = parts;
  const segments = randomSegments(random);
  const slots = Array.from({ length: 32 }, (_, slot) => slot);
  for (const segment of segments) {
    const slot = slots.splice(random.below(slots.length), 1)[0] ?? 0;
    const esid = segment.effectiveAddress | SLB_VALID;
    registers.setSlbEntry(slot, { esid, vsid: segment.vsidWord });
  }
  // What is left holds segments that are not valid.
  for (const slot of slots)
    registers.setSlbEntry(slot, { esid: random.of(segments).effectiveAddress, vsid: random.wide() });

  const pages: { segment: WorldSegment; effectiveAddress: bigint }[] = [];
  const occupied: number[] = [];
  const everySegment = [...segments, ...realModeSegments];
  for (let tries = 0; tries < 700; tries++) {
    const segment = random.of(everySegment);
    const shift = BigInt(segment.base);
    const width = (segment.terabyte ? 40 : 28) - segment.base;
    // A few pages near the start, many anywhere.
    const number = random.below(2) === 0 ? bitsOf(random, Math.min(width, 3)) : bitsOf(random, width);
    const effectiveAddress = segment.effectiveAddress | (number << shift);
    const known = pages.some((page) => page.segment === segment && page.effectiveAddress === effectiveAddress);
    if (known) continue;
    const index =
      random.below(8) === 0
        ? plantTwin(random, table, segment, effectiveAddress)
        : plant(random, table, segment, effectiveAddress);
    if (index === undefined) continue;
    occupied.push(index);
    if (random.below(10) > 0) pages.push({ segment, effectiveAddress });
    const impostor = random.below(3) === 0 ? plantImpostor(random, table, index) : undefined;
    if (impostor !== undefined) occupied.push(impostor);
  }

  const address = (state: ProcessorState, access: Access): bigint => {
    const relocated = (state.msr & (access === 'fetch' ? 0x20n : 0x10n)) !== 0n;
    const luck = random.below(40);
    if (luck === 0) return random.wide();
    if (luck === 1) return bitsOf(random, 36);
    // About as far as one of the real mode limits.
    if (!relocated && luck < 12) return bitsOf(random, 24 + random.below(16));
    if (luck < 4) return random.of(everySegment).effectiveAddress | bitsOf(random, 28);
    const lent = Number((state.lpcr >> 43n) & 0x130n);
    const candidates = pages.filter(({ segment }) =>
      relocated
        ? !realModeSegments.includes(segment)
        : realModeSegments.includes(segment) && Number(segmentSizeBits[segment.base]) === lent,
    );
    const page = random.of(candidates.length > 0 ? candidates : pages);
    const top = relocated ? 0n : bitsOf(random, 4) << 60n;
    return page.effectiveAddress | bitsOf(random, page.segment.base) | top;
  };
  const buffer = memory.buffer;
  return {
    ...parts,
    segments,
    occupied,
    block: new Uint8Array(buffer, 0, VCPU_SIZE),
    tableBytes: new Uint8Array(buffer, HOST_MEMORY + table.address, 2 ** order),
    enter(state) {
      for (const name of ['msr', 'lpcr', 'rmor', 'amr', 'iamr'] as const) registers.setSpecial(name, state[name]);
    },
    nextCase() {
      const state = randomState(random);
      const access = random.of(['load', 'store', 'fetch'] as const);
      return { state, access, effectiveAddress: address(state, access) };
    },
  };
}

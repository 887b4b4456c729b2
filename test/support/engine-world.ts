/** A vCPU with a few pages of code and data, which either engine can run for so many instructions. */
import { AccessRefused } from '../../emulator/engine/guest-storage';
import type { Engine, RunEnd } from '../../emulator/engine/engine';
import { Interpreter } from '../../emulator/engine/interpreter/interpreter';
import { RecordBlocks } from '../../emulator/engine/interpreter/record-blocks';
import { ReferenceEngine } from '../../emulator/engine/reference';
import { SlowStep } from '../../emulator/engine/slow-step';
import { SteppingEngine } from '../../emulator/engine/stepping-engine';
import { TranslatedStorage } from '../../emulator/engine/translated-storage';
import { MSR } from '../../emulator/isa/machine-state-register';
import { HOST_MEMORY, slb, specialOffsets, translationResults } from '../../emulator/state/layout';
import { emptyWorld, homeOf } from './emulator-mmu-world';

export const PAGE = 4096;
const segmentStart = 0xc000_0000_0000_0000n;
const segment = {
  effectiveAddress: segmentStart,
  vsidWord: (0x5a5an << 12n) | 0x400n,
  terabyte: false,
  vsid: 0x5a5an,
  base: 12,
} as const;

/** Two pages of code that follow one another, the first of them twice, and pages of data of every kind. */
export const CODE = segmentStart + 0x1_0000n;
export const DATA = segmentStart + 0x10_0000n;
export const DATA_PAGES = 12;
/** Real addresses: RMOR keeps real mode away from the page table. */
const RAM_AT = 0x100_0000;
const RMOR = BigInt(RAM_AT);
const RAM_PAGES = 16;
const DEVICE_AT = 0x3fe0_0000_0000n;
const LPCR = 7n << 26n;

const kinds = [
  'plain',
  'plain',
  'read-only',
  'plain',
  'missing',
  'plain',
  'code',
  'device',
  'key',
  'plain',
  'plain',
  'code 2',
] as const;
type EngineName = 'reference' | 'interpreter';

export interface Program {
  /** A vCPU's block as far as registers go, and RAM from RAM_AT on. */
  readonly registers: Uint8Array;
  readonly ram: Uint8Array;
  /** Addresses that are loaded before the start, so that some pages are in the TLB. */
  readonly known: readonly bigint[];
  readonly breakpoints: ReadonlySet<bigint>;
  readonly amr: bigint;
  /** MSR[FP, VEC, VSX]. */
  readonly facilities: bigint;
}
export const registersSize = translationResults.realAddress;
export const ramSize = RAM_PAGES * PAGE;

export class EngineWorld {
  readonly #parts = emptyWorld();
  readonly #bytes = new Uint8Array(this.#parts.memory.buffer);
  readonly #blocks = new RecordBlocks(this.#parts.view, 1);
  readonly #deviceLog: string[] = [];
  readonly #storage: TranslatedStorage;
  readonly #engines: Readonly<Record<EngineName, Engine>>;
  readonly events: string[] = [];
  #entries: { index: number; first: bigint; second: bigint }[] = [];
  #breakpoints: ReadonlySet<bigint> = new Set();
  counted = 0;

  /** `codeWritten`: false plants a fault, stores to code that nobody notices. */
  constructor({ codeWritten = true } = {}) {
    const { registers, walks, memory } = this.#parts;
    const bus = {
      read: (address: bigint, length: number) => {
        this.#deviceLog.push(`read ${address.toString(16)} ${length}`);
        return Uint8Array.from({ length }, (_, i) => (this.#deviceLog.length * 37 + i) & 0xff);
      },
      write: (address: bigint, bytes: Uint8Array) => {
        this.#deviceLog.push(`write ${address.toString(16)} ${bytes.join()}`);
        return true;
      },
    };
    this.#storage = new TranslatedStorage(registers, walks.translate, bus, (page) => {
      if (codeWritten) this.#blocks.written(page);
    });
    const count = (instructions: number) => {
      this.counted += instructions;
    };
    const reference = new ReferenceEngine(registers, this.#storage, {
      isa: '2.07',
      timeBase: () => BigInt(this.counted),
    });
    const slow = new SlowStep(reference, registers, this.#storage, count, () => false);
    this.#engines = {
      reference: new SteppingEngine(registers, slow),
      interpreter: new Interpreter({ memory, walks, blocks: this.#blocks, isa: '2.07' }, registers, slow, count),
    };
  }

  get registers() {
    return this.#parts.registers;
  }

  /** Real pages are not in the order of effective ones, so that an access over two goes wrong where it is taken for one. */
  #map(): void {
    const { table } = this.#parts;
    for (const { index } of this.#entries) table.setFirst(index, 0n);
    this.#entries = [];
    const add = (address: bigint, realAddress: bigint, bits: bigint) => {
      const { primary, first } = homeOf(segment, address, table.groupCount);
      const index = Array.from({ length: 8 }, (_, i) => primary * 8 + i).find((at) => table.first(at) === 0n);
      if (index === undefined) throw new Error('the group is full');
      this.#entries.push({ index, first: first | 1n, second: realAddress | bits });
      table.setFirst(index, first | 1n);
      table.setSecond(index, realAddress | bits);
    };
    const ram = (page: number) => BigInt(RAM_AT + page * PAGE);
    const ordinary = 0x12n;
    add(CODE, ram(0), ordinary);
    add(CODE + 0x1000n, ram(5), ordinary);
    kinds.forEach((kind, i) => {
      const address = DATA + BigInt(i * PAGE);
      const page = ram(6 + ((i * 7) % 10));
      if (kind === 'plain') add(address, page, ordinary);
      else if (kind === 'read-only') add(address, page, 0x13n);
      else if (kind === 'key') add(address, page, ordinary | 0x200n);
      else if (kind === 'code') add(address, ram(0), ordinary);
      else if (kind === 'code 2') add(address, ram(5), ordinary);
      else if (kind === 'device') add(address, DEVICE_AT, 0x2an);
    });
  }

  #enterSegment(): void {
    this.registers.setSlbEntry(3, { esid: segmentStart | 0x0800_0000n, vsid: segment.vsidWord });
  }
  #startMsr(littleEndian: boolean, problem: boolean): bigint {
    return MSR.SF | MSR.IR | MSR.DR | (littleEndian ? MSR.LE : 0n) | (problem ? MSR.PR : 0n);
  }

  start(
    { registers, ram, known, breakpoints, amr, facilities }: Program,
    littleEndian: boolean,
    problem: boolean,
  ): void {
    this.#bytes.set(registers, 0);
    this.#bytes.fill(0, slb.offset, slb.offset + slb.entries * slb.entrySize);
    this.#bytes.set(ram, HOST_MEMORY + RAM_AT);
    this.#map();
    this.#enterSegment();
    const own = this.registers;
    own.setSpecial('sdr1', this.#parts.table.sdr1);
    own.setSpecial('msr', this.#startMsr(littleEndian, problem) | facilities);
    own.setSpecial('nia', CODE);
    own.setSpecial('lpcr', LPCR);
    own.setSpecial('rmor', RMOR);
    own.setSpecial('amr', amr);
    this.#storage.memoryReplaced();
    this.#blocks.memoryReplaced();
    this.events.length = this.#deviceLog.length = this.counted = 0;
    for (const address of known) this.#look(address);
    this.#breakpoints = breakpoints;
    for (const engine of Object.values(this.#engines)) engine.setBreakpoints(breakpoints);
  }
  #look(address: bigint): void {
    try {
      this.#storage.load(address, 1);
    } catch (outcome) {
      if (!(outcome instanceof AccessRefused)) throw outcome;
    }
  }

  /** Runs `count` instructions, in pieces of `piece()`, each by the engine that `choose()` says. */
  run(count: number, choose: () => EngineName, piece: () => number): void {
    while (this.counted < count) {
      const begun = this.counted;
      const end = this.#engines[choose()].run(Math.min(piece(), count - begun), this.counted % 3 === 0);
      if (this.counted <= begun || this.counted > count) throw new Error(`${this.counted - begun} instructions begun`);
      this.#goOn(end);
      const address = this.registers.special('nia');
      if (this.#breakpoints.has(address)) this.events.push(`${this.counted} breakpoint ${address.toString(16)}`);
    }
  }

  /** What is not done is skipped, and a fetch that fails goes back to the start. */
  #goOn(end: RunEnd): void {
    if (end.kind === 'budget') return;
    const { registers } = this;
    const nia = registers.special('nia');
    const detail =
      end.kind === 'storage'
        ? `${end.fault.access} ${end.fault.verdict} ${end.fault.effectiveAddress.toString(16)} ${end.fault.status.toString(16)}`
        : '';
    this.events.push(`${this.counted} ${end.kind} ${detail} at ${nia.toString(16)}`);
    const lost = end.kind === 'storage' && end.fault.access === 'fetch';
    if (lost) {
      registers.setSpecial('nia', CODE);
      registers.setSpecial('msr', registers.special('msr') | this.#startMsr(false, false));
      registers.setSpecial('amr', 0n);
      registers.setSpecial('iamr', 0n);
      this.#enterSegment();
      this.#storage.translationChanged();
    } else if (end.kind !== 'system-call') registers.setSpecial('nia', nia + 4n);
  }

  /** All that a guest can see, and what happened. */
  snapshot() {
    const { table } = this.#parts;
    return {
      counted: this.counted,
      events: [...this.events],
      device: [...this.#deviceLog],
      registers: this.#bytes.slice(0, registersSize),
      slb: this.#bytes.slice(slb.offset, slb.offset + slb.entries * slb.entrySize),
      entries: this.#entries.map(
        ({ index }) => `${table.first(index).toString(16)} ${table.second(index).toString(16)}`,
      ),
      ram: this.#bytes.slice(HOST_MEMORY + RAM_AT, HOST_MEMORY + RAM_AT + ramSize),
    };
  }
}

/** The register whose state differs, for a message. */
export function placeName(offset: number): string {
  const special = Object.entries(specialOffsets).find(([, at]) => offset >= at && offset < at + 8);
  return special?.[0] ?? (offset < 264 ? `r${offset >> 3}` : `byte ${offset}`);
}

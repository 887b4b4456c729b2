import type { Registers } from '../../cpu/registers';
import type { IsaVersion } from '../../isa/instruction';
import { MSR } from '../../isa/machine-state-register';
import {
  engineScratch,
  HOST_MEMORY,
  hostMemorySize,
  jumpCache,
  records,
  specialOffsets,
  TLB_PAGE_SIZE,
  translationResults,
} from '../../state/layout';
import type { StorageFault } from '../../mmu/storage-fault';
import { verdicts } from '../../mmu/verdict';
import type { EmittedWalks } from '../emitted-translation';
import { budgetSpent, type CountInstructions, type Engine, type RunEnd } from '../engine';
import type { SlowStep } from '../slow-step';
import { manners } from './drive-function';
import { makeDrive, type Drive } from './generate';
import type { ByteOrder } from './home';
import { REGION } from './loop-function';
import { longestStraightRun, handlers, reasons } from './reasons';
import type { RecordBlocks } from './record-blocks';
import { RecordWriter } from './record-writer';

/** What the interpreters of a machine's vCPUs have in common. */
export interface InterpreterParts {
  readonly memory: WebAssembly.Memory;
  readonly walks: EmittedWalks;
  readonly blocks: RecordBlocks;
  readonly isa: IsaVersion;
}

/** Instructions in a byte order before code is generated for it: a little-endian guest leaves big-endian after eight. */
const COLD = 200;
/** The compiler replaces code by better code between calls only, so that no call may be long. */
const LONGEST_CALL = 1_000_000;
const LITTLE_ENDIAN = Number(MSR.LE);
/** MSR[SF] in the MSR's upper word. */
const SIXTY_FOUR_BIT = 0x8000_0000;
const PAGE = BigInt(TLB_PAGE_SIZE);
const noStops = () => false;

/** Runs pre-decoded records by generated code, and what that leaves by the reference engine. */
export class Interpreter implements Engine {
  readonly #parts: InterpreterParts;
  readonly #registers: Registers;
  readonly #view: DataView;
  readonly #base: number;
  readonly #slow: SlowStep;
  readonly #count: CountInstructions;
  readonly #drives: Partial<Record<ByteOrder, Drive>> = {};
  readonly #coldSteps: Record<ByteOrder, number> = { little: 0, big: 0 };
  #writer: RecordWriter | undefined;
  #breakpoints: ReadonlySet<bigint> = new Set();
  #breakpointKey = '';

  constructor(parts: InterpreterParts, registers: Registers, slow: SlowStep, count: CountInstructions) {
    this.#parts = parts;
    this.#registers = registers;
    this.#view = registers.view;
    this.#base = registers.base;
    this.#slow = slow;
    this.#count = count;
  }

  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    if (addresses.size === 0 && this.#breakpoints.size === 0) return;
    // The caller's set may change behind our back.
    const key = [...addresses].sort().join();
    if (key === this.#breakpointKey) return;
    this.#breakpointKey = key;
    this.#breakpoints = new Set(addresses);
    this.#forgetJumps();
  }

  run(budget: number, interruptWaits: boolean): RunEnd {
    for (let left = budget; ;) {
      const drive = this.#driveNow();
      let stepsOne = drive === undefined;
      if (drive) {
        const most = Math.min(left, LONGEST_CALL);
        const reason = drive(most, this.#manner(most, interruptWaits));
        const done = most - this.#view.getInt32(this.#base + engineScratch.left, true);
        if (done > 0) this.#count(done);
        left -= done;
        const end = this.#ending(reason);
        if (end) {
          this.#count(1);
          return end;
        }
        if (left === 0 || reason === reasons.moved) return budgetSpent;
        if (this.#atBreakpoint() && left < budget) return budgetSpent;
        stepsOne = this.#mustStep(reason);
      }
      if (!stepsOne) continue;
      const end = this.#slow.step();
      if (end) return end;
      if (--left === 0 || this.#atBreakpoint()) return budgetSpent;
    }
  }

  /** What generated code has found out about an instruction that ends the run. */
  #ending(reason: number): RunEnd | undefined {
    switch (reason) {
      case reasons.trap:
        return { kind: 'trap', word: this.#word() };
      case reasons.systemCall:
        return { kind: 'system-call', level: this.#scratch(engineScratch.level) };
      case reasons.fault:
        return { kind: 'storage', fault: this.#fault() };
      default:
        return undefined;
    }
  }
  /** The instruction whose record generated code left at. */
  #word(): number {
    const record = this.#scratch(engineScratch.record);
    const place = record - (record & (records.blockSize - 1));
    const page = this.#parts.blocks.realPageOf(place);
    if (page === undefined) throw new Error('an instruction has trapped whose page is not known');
    const at = HOST_MEMORY + page * TLB_PAGE_SIZE + ((record - place) / records.size) * 4;
    return this.#view.getUint32(at, this.#byteOrder === 'little');
  }
  #fault(): StorageFault {
    const verdict = verdicts[this.#scratch(engineScratch.verdict)];
    if (verdict === undefined || verdict === 'mapped') throw new Error('generated code reports a fault that is none');
    return {
      access: this.#scratch(engineScratch.missIsStore) === 0 ? 'load' : 'store',
      effectiveAddress: this.#view.getBigUint64(this.#base + engineScratch.missAddress, true),
      verdict,
      status: this.#view.getBigUint64(this.#base + translationResults.status, true),
    };
  }
  #scratch(offset: number): number {
    return this.#view.getInt32(this.#base + offset, true);
  }

  #manner(budget: number, interruptWaits: boolean): number {
    const exact = budget < longestStraightRun ? manners.exact : 0;
    const breakpoints = this.#breakpoints.size > 0 ? manners.breakpoints : 0;
    return exact + breakpoints + (interruptWaits ? manners.interruptWaits : 0);
  }

  /** After generated code has left with instructions still to do: whether the next one needs the reference engine. */
  #mustStep(reason: number): boolean {
    switch (reason) {
      case reasons.budget:
        return false;
      case reasons.page:
        return !this.#enterPage();
      case reasons.undecoded:
        return !this.#decode();
      default:
        return true;
    }
  }

  /** Undefined where generated code cannot run: in 32-bit mode, at an odd address, and while it is not worth it. */
  #driveNow(): Drive | undefined {
    const view = this.#view;
    const msr = this.#base + specialOffsets.msr;
    if ((view.getUint32(msr + 4, true) & SIXTY_FOUR_BIT) === 0) return undefined;
    if ((view.getUint8(this.#base + specialOffsets.nia) & 3) !== 0) return undefined;
    const order = this.#byteOrder;
    const made = this.#drives[order];
    if (made) return made;
    if (this.#coldSteps[order]++ < COLD) return undefined;
    const { memory, walks } = this.#parts;
    return (this.#drives[order] = makeDrive(order, this.#base, memory, walks.functions));
  }
  get #byteOrder(): ByteOrder {
    const little = (this.#view.getUint8(this.#base + specialOffsets.msr) & LITTLE_ENDIAN) !== 0;
    return little ? 'little' : 'big';
  }
  #atBreakpoint(): boolean {
    return this.#breakpoints.size > 0 && this.#breakpoints.has(this.#registers.special('nia'));
  }

  /** Puts the page of NIA into the jump cache. False: its first instruction cannot be fetched, or not from memory. */
  #enterPage(): boolean {
    const nia = this.#registers.special('nia');
    if (this.#parts.walks.translate(this.#base, nia, 'fetch') !== 'mapped') return false;
    const realAddress = this.#view.getBigUint64(this.#base + translationResults.realAddress, true);
    if (realAddress >= this.#view.getBigUint64(hostMemorySize, true)) return false;
    const place = this.#placeOf(Number(realAddress / PAGE), nia & -PAGE);
    const space = this.#view.getBigUint64(this.#base + engineScratch.addressSpace, true);
    const entry = this.#jumpEntry(nia, space);
    this.#view.setBigUint64(entry + jumpCache.tag, (nia & -PAGE) | space, true);
    this.#view.setInt32(entry + jumpCache.records, place, true);
    return true;
  }
  #placeOf(realPage: number, page: bigint): number {
    return this.#parts.blocks.placeOf(realPage, this.#byteOrder, this.#stopsIn(page), handlers.pageEnd);
  }
  /** Which instructions of a page have a breakpoint. */
  #stopsIn(page: bigint): number[] {
    if (this.#breakpoints.size === 0) return [];
    const inPage = [...this.#breakpoints].filter(
      (address) => BigInt.asUintN(64, address & -PAGE) === BigInt.asUintN(64, page),
    );
    return inPage.map((address) => Number((address & (PAGE - 1n)) / 4n)).sort((a, b) => a - b);
  }

  /** Decodes at the record at which generated code stopped. False: the page is not where it was any more. */
  #decode(): boolean {
    const nia = this.#registers.special('nia');
    const record = this.#view.getInt32(this.#base + engineScratch.record, true);
    const place = record - (record & (records.blockSize - 1));
    const page = this.#parts.blocks.realPageOf(place);
    if (page === undefined) return false;
    this.#writer ??= new RecordWriter(this.#view, this.#parts.isa);
    const stops = this.#stopsIn(nia & -PAGE);
    const isStop = stops.length === 0 ? noStops : (index: number) => stops.includes(index);
    const index = (record - place) / records.size;
    this.#writer.write(HOST_MEMORY + page * TLB_PAGE_SIZE, place, index, this.#byteOrder, isStop);
    return true;
  }

  #jumpEntry(address: bigint, space: bigint): number {
    const mixed = (address / PAGE) ^ (address >> BigInt(REGION)) ^ space;
    const index = Number(mixed & BigInt(jumpCache.entries - 1));
    return this.#base + jumpCache.offset + index * jumpCache.entrySize;
  }
  #forgetJumps(): void {
    const start = this.#base + jumpCache.offset;
    new Uint8Array(this.#view.buffer).fill(0, start, start + jumpCache.entries * jumpCache.entrySize);
  }
}

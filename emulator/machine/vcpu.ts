import type { GuestInterrupt } from '../cpu/interrupts';
import { Registers } from '../cpu/registers';
import type { CountInstructions, Engine, RunEnd } from '../engine/engine';
import { Interpreter, type InterpreterParts } from '../engine/interpreter/interpreter';
import { ReferenceEngine } from '../engine/reference';
import { SlowStep } from '../engine/slow-step';
import { SteppingEngine } from '../engine/stepping-engine';
import { slb, translationResults } from '../state/layout';
import type { EngineName } from './configuration';
import { type DeviceBus, TranslatedStorage } from '../engine/translated-storage';
import type { HostStage, StorageTrap } from '../kvm/fault/stage';
import type { ProcessorModel } from './processor-models';
import { noAreas, type RegisteredAreas } from './virtual-processor-area';

/** Where a vCPU is: in the guest, or held by a level outside it. Plain data, so that a checkpoint can hold it. */
export type Stage =
  | { readonly at: 'guest' }
  /** An interrupt that the guest is about to take, and the access that led to it. */
  | { readonly at: 'interrupt'; readonly interrupt: GuestInterrupt; readonly trap: StorageTrap | undefined }
  /** `sc 1`: NIA is after it. */
  | { readonly at: 'hypercall'; readonly number: number; readonly instructionAddress: bigint }
  | HostStage
  | { readonly at: 'failed'; readonly why: string };

/** What a vCPU is made of beside its registers. */
interface VcpuParts extends Omit<InterpreterParts, 'isa'> {
  readonly view: DataView;
  readonly model: ProcessorModel;
  readonly engine: EngineName;
  readonly bus: DeviceBus;
  readonly timeBase: (vcpu: number) => bigint;
  /** The vCPU has begun so many more instructions. */
  readonly count: (vcpu: number, instructions: number) => void;
}

/** Where a vCPU's own state lies in its block; the rest of it can be made anew. */
const capturedStretches = [
  { offset: 0, length: translationResults.realAddress },
  { offset: slb.offset, length: slb.entries * slb.entrySize },
] as const;
type CapturedFields =
  | 'state'
  | 'wakes'
  | 'prodded'
  | 'givesWay'
  | 'dispatched'
  | 'areas'
  | 'stage'
  | 'standing'
  | 'interruptWaits'
  | 'withoutProgress'
  | 'instructionCount';
export interface CapturedVcpu extends Pick<Vcpu, CapturedFields> {
  readonly registers: readonly Uint8Array[];
}

export class Vcpu {
  readonly number: number;
  readonly model: ProcessorModel;
  readonly registers: Registers;
  readonly storage: TranslatedStorage;
  /** Ceded until an interrupt; stopped until another vCPU starts it. */
  state: 'running' | 'ceded' | 'stopped' = 'running';
  /** What ends a ceded vCPU's wait: an interrupt or a prod, or a prod alone. */
  wakes: 'until an interrupt' | 'until prodded' = 'until an interrupt';
  /** H_PROD came while the vCPU was not waiting: the next wait ends at once. */
  prodded = false;
  /** It leaves the rest of its turn to others: it has lowered its priority, or conferred. */
  givesWay = false;
  /** Its guest has been told that it runs. */
  dispatched = true;
  readonly areas: RegisteredAreas = noAreas();
  stage: Stage = { at: 'guest' };
  /** May be changed at any time: a guest cannot see which it is. */
  engine: EngineName;
  /** Instructions begun. One that ends in an interrupt counts: its attempt took its time. */
  instructionCount = 0;
  /** The last move ended with an instruction that branches to itself. */
  standing = false;
  /** An interrupt is due that MSR[EE] keeps out; worked out before each run. */
  interruptWaits = false;
  /** Instructions begun since one was completed. */
  withoutProgress = 0;

  readonly #count: CountInstructions;
  readonly #engines: Readonly<Record<EngineName, Engine>>;

  constructor(number: number, parts: VcpuParts) {
    const { model, walks, blocks } = parts;
    this.number = number;
    this.model = model;
    this.registers = new Registers(parts.view, number);
    this.storage = new TranslatedStorage(this.registers, walks.translate, parts.bus, (page) => {
      blocks.written(page);
    });
    const reference = new ReferenceEngine(this.registers, this.storage, {
      isa: model.isa,
      timeBase: () => parts.timeBase(number),
      giveWay: () => {
        this.givesWay = true;
      },
    });
    this.#count = (instructions) => {
      parts.count(number, instructions);
    };
    const count = (instructions: number) => {
      this.count(instructions);
    };
    const { observation } = this.storage;
    const isObserved = () =>
      observation.accesses.length > 0 || (observation.segments && this.registers.segmentsWritten);
    const slow = new SlowStep(reference, this.registers, this.storage, count, () => this.givesWay || isObserved());
    this.engine = parts.engine;
    this.#engines = {
      reference: new SteppingEngine(this.registers, slow),
      interpreter: new Interpreter({ ...parts, isa: model.isa }, this.registers, slow, count),
    };
  }

  /** So many more instructions have begun, and so much time has passed. */
  count(instructions: number): void {
    this.instructionCount += instructions;
    this.#count(instructions);
  }
  /** Its registers, and what else is not in them, as plain data. */
  get captured(): CapturedVcpu {
    const { state, wakes, prodded, givesWay, dispatched, areas, stage, standing, interruptWaits, withoutProgress } =
      this;
    const flags = { state, wakes, prodded, givesWay, dispatched, stage, standing, interruptWaits, withoutProgress };
    const registers = capturedStretches.map(({ offset, length }) => this.#bytes(offset, length).slice());
    return { ...flags, areas, instructionCount: this.instructionCount, registers };
  }
  set captured({ registers, areas, ...fields }: CapturedVcpu) {
    Object.assign(this, fields);
    Object.assign(this.areas, areas);
    capturedStretches.forEach(({ offset, length }, index) => {
      this.#bytes(offset, length).set(registers[index] ?? []);
    });
  }
  #bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.registers.view.buffer, this.registers.base + offset, length);
  }

  cede(wakes: Vcpu['wakes']): void {
    this.state = 'ceded';
    this.wakes = wakes;
  }
  /** H_PROD. */
  prod(): void {
    if (this.state === 'ceded') this.state = 'running';
    else this.prodded = true;
  }
  /** Whether it was prodded while it was not waiting; once. */
  takeProd(): boolean {
    const was = this.prodded;
    this.prodded = false;
    return was;
  }
  /** Begins at least one instruction, and at most `budget`. */
  run(budget: number): RunEnd {
    return this.#engines[this.engine].run(budget, this.interruptWaits);
  }
  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    for (const engine of Object.values(this.#engines)) engine.setBreakpoints(addresses);
  }
}

/** The instruction that a vCPU is at: the one being held outside the guest, or the next. */
export function heldAddress({ stage, registers }: Vcpu): bigint {
  if (stage.at === 'hypercall') return stage.instructionAddress;
  if ('trap' in stage && stage.trap) return stage.trap.instructionAddress;
  return registers.special('nia');
}

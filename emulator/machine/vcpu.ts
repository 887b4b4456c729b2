import type { GuestInterrupt } from '../cpu/interrupts';
import { Registers } from '../cpu/registers';
import type { EmittedWalk } from '../engine/emitted-translation';
import { ReferenceEngine } from '../engine/reference';
import { type DeviceBus, TranslatedStorage } from '../engine/translated-storage';
import type { HostStage, StorageTrap } from '../kvm/fault/stage';
import type { ProcessorModel } from './processor-models';

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
interface VcpuParts {
  readonly view: DataView;
  readonly model: ProcessorModel;
  readonly walk: EmittedWalk;
  readonly bus: DeviceBus;
  readonly timeBase: (vcpu: number) => bigint;
}

export class Vcpu {
  readonly number: number;
  readonly model: ProcessorModel;
  readonly registers: Registers;
  readonly storage: TranslatedStorage;
  readonly engine: ReferenceEngine;
  /** Ceded until an interrupt; stopped until another vCPU starts it. */
  state: 'running' | 'ceded' | 'stopped' = 'running';
  stage: Stage = { at: 'guest' };
  /** Instructions begun. One that ends in an interrupt counts: its attempt took its time. */
  instructionCount = 0;
  /** Instructions begun since one was completed. */
  withoutProgress = 0;

  constructor(number: number, { view, model, walk, bus, timeBase }: VcpuParts) {
    this.number = number;
    this.model = model;
    this.registers = new Registers(view, number);
    this.storage = new TranslatedStorage(this.registers, walk, bus);
    this.engine = new ReferenceEngine(this.registers, this.storage, {
      isa: model.isa,
      timeBase: () => timeBase(number),
    });
  }
}

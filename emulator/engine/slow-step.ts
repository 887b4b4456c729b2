import type { Registers } from '../cpu/registers';
import { specialOffsets } from '../state/layout';
import { budgetSpent, standing, type CountInstructions, type RunEnd } from './engine';
import type { GuestStorage } from './guest-storage';
import type { ReferenceEngine } from './reference';

/** `b .`, where software waits for an interrupt, or for ever. */
export const BRANCH_TO_ITSELF = 0x4800_0000;

/** One instruction by the reference engine. Undefined: it retired, and a run can go on. */
export class SlowStep {
  readonly #reference: ReferenceEngine;
  readonly #registers: Registers;
  readonly #storage: GuestStorage;
  readonly #view: DataView;
  readonly #count: CountInstructions;
  readonly #endsRun: () => boolean;
  readonly #msr: number;
  readonly #expiry: number;
  readonly #nia: number;

  /** `endsRun` is asked after each instruction whether somebody else has to look. */
  constructor(
    reference: ReferenceEngine,
    registers: Registers,
    storage: GuestStorage,
    count: CountInstructions,
    endsRun: () => boolean,
  ) {
    this.#reference = reference;
    this.#registers = registers;
    this.#storage = storage;
    this.#view = registers.view;
    this.#count = count;
    this.#endsRun = endsRun;
    this.#msr = registers.base + specialOffsets.msr;
    this.#expiry = registers.base + specialOffsets.decrementerExpiry;
    this.#nia = registers.base + specialOffsets.nia;
  }

  step(): RunEnd | undefined {
    const view = this.#view;
    // The low words are enough: of the MSR all that can change is there, and the decrementer has 32 bits.
    const msr = view.getInt32(this.#msr, true);
    const expiry = view.getInt32(this.#expiry, true);
    const low = view.getInt32(this.#nia, true);
    const high = view.getInt32(this.#nia + 4, true);
    this.#count(1);
    const outcome = this.#reference.step();
    if (outcome.kind !== 'retired') return outcome;
    const stayed = view.getInt32(this.#nia, true) === low && view.getInt32(this.#nia + 4, true) === high;
    if (stayed && this.#storage.fetch(this.#registers.special('nia')) === BRANCH_TO_ITSELF) return standing;
    const unchanged = view.getInt32(this.#msr, true) === msr && view.getInt32(this.#expiry, true) === expiry;
    return unchanged && !this.#endsRun() ? undefined : budgetSpent;
  }
}

import type { Registers } from '../cpu/registers';
import { budgetSpent, type Engine, type RunEnd } from './engine';
import type { SlowStep } from './slow-step';

/** The reference engine behind the interface of all engines. */
export class SteppingEngine implements Engine {
  readonly #registers: Registers;
  readonly #slow: SlowStep;
  #breakpoints: ReadonlySet<bigint> = new Set();

  constructor(registers: Registers, slow: SlowStep) {
    this.#registers = registers;
    this.#slow = slow;
  }

  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    this.#breakpoints = addresses;
  }

  run(budget: number): RunEnd {
    for (let left = budget; ;) {
      const end = this.#slow.step();
      if (end) return end;
      if (--left === 0) return budgetSpent;
      if (this.#breakpoints.size > 0 && this.#breakpoints.has(this.#registers.special('nia'))) return budgetSpent;
    }
  }
}

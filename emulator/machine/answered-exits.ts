/** The MMIO exits of the recent past, for a debugger: nothing in the machine depends on them. */
export interface AnsweredExit {
  readonly instructionCount: number;
  readonly vcpu: number;
  readonly guestPhysicalAddress: bigint;
  readonly isWrite: boolean;
  readonly length: number;
  /** In the order in which the guest's instruction sees memory. */
  readonly data: Uint8Array;
  readonly instructionAddress: bigint;
  /** Name of the device, or who else: "a person", "nobody". */
  readonly answeredBy: string;
}

const KEPT = 64;

export class AnsweredExits {
  #exits: AnsweredExit[] = [];

  /** Oldest first. */
  get list(): readonly AnsweredExit[] {
    return this.#exits;
  }
  set list(list: readonly AnsweredExit[]) {
    this.#exits = [...list];
  }
  push(exit: AnsweredExit): void {
    this.#exits.push(exit);
    if (this.#exits.length > KEPT) this.#exits.shift();
  }
}

import type { Registers } from '../cpu/registers';
import { MSR } from '../isa/machine-state-register';
import { dataTlb, engineScratch, fetchTlb, jumpCache, MOST_ADDRESS_SPACES } from '../state/layout';

/**
 * The MSR bits that choose between translations, and LE: decoded instructions of one page differ by it. By each, where
 * it goes in the index of the table of numbers.
 */
export const contextBits = [
  { bit: MSR.LE, shift: 0n },
  { bit: MSR.DR, shift: 1n },
  { bit: MSR.IR, shift: 2n },
  { bit: MSR.PR, shift: 3n },
  { bit: MSR.HV, shift: 4n },
] as const;
const CONTEXTS = 2 ** contextBits.length;

/**
 * Numbers the sets of translations that a vCPU uses, so that an interrupt and the way back from it need not drop what
 * software TLBs remember: each entry says to which number it belongs. The table of numbers is where generated code
 * finds it.
 */
export class AddressSpaces {
  readonly #registers: Registers;
  readonly #bytes: Uint8Array;
  readonly #table: number;
  #next = 1n;

  constructor(registers: Registers) {
    this.#registers = registers;
    this.#bytes = new Uint8Array(registers.view.buffer);
    this.#table = registers.base + engineScratch.addressSpaces;
    this.clear();
  }

  /** The number in force. */
  get present(): bigint {
    return this.#registers.view.getBigUint64(this.#registers.base + engineScratch.addressSpace, true);
  }

  /** Chooses by the present MSR. */
  select(): void {
    const { view, base } = this.#registers;
    const msr = this.#registers.special('msr');
    const index = contextBits.reduce(
      (sum, { bit, shift }) => ((msr & bit) === 0n ? sum : sum + (1 << Number(shift))),
      0,
    );
    const entry = this.#table + index * 8;
    let number = view.getBigUint64(entry, true);
    if (number === 0n) {
      if (this.#next > MOST_ADDRESS_SPACES) this.#startAgain();
      number = this.#next++;
      view.setBigUint64(entry, number, true);
    }
    view.setBigUint64(base + engineScratch.addressSpace, number, true);
  }
  /** No number given so far is used again: what is remembered under it is forgotten. */
  renew(): void {
    this.#forgetNumbers();
    this.select();
  }
  /** Forgets everything, as is needed when the memory itself has been replaced. */
  clear(): void {
    this.#startAgain();
    this.select();
  }

  #forgetNumbers(): void {
    this.#bytes.fill(0, this.#table, this.#table + CONTEXTS * 8);
  }
  #startAgain(): void {
    this.#forgetNumbers();
    this.#next = 1n;
    const { base } = this.#registers;
    this.#bytes.fill(0, base + dataTlb.offset, base + fetchTlb.offset + fetchTlb.entries * fetchTlb.entrySize);
    this.#bytes.fill(0, base + jumpCache.offset, base + jumpCache.offset + jumpCache.entries * jumpCache.entrySize);
  }
}

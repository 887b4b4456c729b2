import type { Registers } from '../cpu/registers';
import { MSR } from '../isa/machine-state-register';
import { dataTlb, engineScratch, fetchTlb, jumpCache, MOST_ADDRESS_SPACES } from '../state/layout';

/** The MSR bits that choose between translations, and LE: decoded instructions of one page differ by it. */
const CONTEXT = MSR.HV | MSR.PR | MSR.IR | MSR.DR | MSR.LE;

/**
 * Numbers the sets of translations that a vCPU uses, so that an interrupt and the way back from it need not drop what
 * software TLBs remember: each entry says to which number it belongs.
 */
export class AddressSpaces {
  readonly #registers: Registers;
  readonly #bytes: Uint8Array;
  /** By the MSR's bits. */
  readonly #numbers = new Map<bigint, bigint>();
  #next = 1n;
  #present = 0n;

  constructor(registers: Registers) {
    this.#registers = registers;
    this.#bytes = new Uint8Array(registers.view.buffer);
    this.clear();
  }

  /** The number in force. */
  get present(): bigint {
    return this.#present;
  }

  /** Chooses by the present MSR. */
  select(): void {
    const context = this.#registers.special('msr') & CONTEXT;
    let number = this.#numbers.get(context);
    if (number === undefined) {
      if (this.#next > MOST_ADDRESS_SPACES) this.#startAgain();
      number = this.#next++;
      this.#numbers.set(context, number);
    }
    this.#present = number;
    this.#registers.view.setBigUint64(this.#registers.base + engineScratch.addressSpace, number, true);
  }
  /** No number given so far is used again: what is remembered under it is forgotten. */
  renew(): void {
    this.#numbers.clear();
    this.select();
  }
  /** Forgets everything, as is needed when the memory itself has been replaced. */
  clear(): void {
    this.#startAgain();
    this.select();
  }

  #startAgain(): void {
    this.#numbers.clear();
    this.#next = 1n;
    const { base } = this.#registers;
    this.#bytes.fill(0, base + dataTlb.offset, base + fetchTlb.offset + fetchTlb.entries * fetchTlb.entrySize);
    this.#bytes.fill(0, base + jumpCache.offset, base + jumpCache.offset + jumpCache.entries * jumpCache.entrySize);
  }
}

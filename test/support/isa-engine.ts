import { Registers } from '../../emulator/cpu/registers';
import { AccessRefused, type GuestStorage } from '../../emulator/engine/guest-storage';
import { ReferenceEngine, type StepOutcome } from '../../emulator/engine/reference';
import type { IsaVersion } from '../../emulator/isa/instruction';
import { MSR } from '../../emulator/isa/machine-state-register';
import type { Bytes } from '../../emulator/operations/instruction-operations';
import { VCPU_SIZE } from '../../emulator/state/layout';

type StorageAccess = 'load' | 'store' | 'fetch';

/** Storage without translation: one stretch of bytes, and nothing beside it. */
export class FlatStorage implements GuestStorage {
  readonly base: bigint;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  littleEndian: boolean;
  translationChanges = 0;

  constructor(base: bigint, size: number, littleEndian = true) {
    this.base = base;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.littleEndian = littleEndian;
  }

  #place(address: bigint, length: number, access: StorageAccess): number {
    const place = Number(address - this.base);
    if (place < 0 || place + length > this.bytes.length)
      throw new AccessRefused({ access, effectiveAddress: address, verdict: 'no-entry', status: 0x4000_0000n });
    return place;
  }
  fetch(address: bigint): number {
    return this.view.getUint32(this.#place(address, 4, 'fetch'), this.littleEndian);
  }
  load(address: bigint, bytes: Bytes): bigint {
    const at = this.#place(address, bytes, 'load');
    switch (bytes) {
      case 1:
        return BigInt(this.view.getUint8(at));
      case 2:
        return BigInt(this.view.getUint16(at, this.littleEndian));
      case 4:
        return BigInt(this.view.getUint32(at, this.littleEndian));
      case 8:
        return this.view.getBigUint64(at, this.littleEndian);
    }
  }
  store(address: bigint, bytes: Bytes, value: bigint): void {
    const at = this.#place(address, bytes, 'store');
    switch (bytes) {
      case 1:
        return this.view.setUint8(at, Number(value));
      case 2:
        return this.view.setUint16(at, Number(value), this.littleEndian);
      case 4:
        return this.view.setUint32(at, Number(value), this.littleEndian);
      case 8:
        return this.view.setBigUint64(at, value, this.littleEndian);
    }
  }
  probe(address: bigint, length: number, access: 'load' | 'store'): void {
    this.#place(address, length, access);
  }
  realAddress(address: bigint, access: 'load' | 'store'): bigint {
    this.#place(address, 1, access);
    return address;
  }
  contextChanged(): void {
    this.translationChanges++;
  }
  translationChanged(): void {
    this.translationChanges++;
  }
}

export const CODE = 0x1000n;
export const EVERY_FACILITY = (1n << 56n) - 1n;

/** A vCPU with a page of storage from 0x1000 on, about to run what stands at its start. */
export class Bench {
  readonly registers = new Registers(new DataView(new ArrayBuffer(VCPU_SIZE)), 0);
  readonly storage: FlatStorage;
  readonly engine: ReferenceEngine;
  ticks = 0n;

  constructor(options: { readonly isa?: IsaVersion; readonly littleEndian?: boolean } = {}) {
    const { isa = '2.07', littleEndian = true } = options;
    this.storage = new FlatStorage(CODE, 0x1000, littleEndian);
    this.engine = new ReferenceEngine(this.registers, this.storage, { isa, timeBase: () => this.ticks });
    this.registers.setSpecial('msr', MSR.SF | (littleEndian ? MSR.LE : 0n));
    this.registers.setSpecial('nia', CODE);
    for (const name of ['fscr', 'hfscr'] as const) this.registers.setSpecial(name, EVERY_FACILITY);
  }

  /** Puts words at CODE and does as many steps, stopping at the first that is not done. */
  run(...words: readonly number[]): StepOutcome {
    words.forEach((word, i) => this.storage.view.setUint32(i * 4, word, this.storage.littleEndian));
    this.registers.setSpecial('nia', CODE);
    let outcome: StepOutcome = { kind: 'retired' };
    for (let i = 0; i < words.length && outcome.kind === 'retired'; i++) outcome = this.engine.step();
    return outcome;
  }
}

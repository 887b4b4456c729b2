import { crOffset, flagOffsets, gprOffset, slb, specialOffsets, vcpuBase, vsrOffset } from '../state/layout';
import type { Flag, Special } from '../state/special-names';
import { unsigned64 } from '../word/unsigned';

export interface SlbEntry {
  readonly esid: bigint;
  readonly vsid: bigint;
}

/** One vCPU's registers, read and written where they lie in the machine's linear memory. */
export class Registers {
  readonly view: DataView;
  /** Where this vCPU's block of state starts. */
  readonly base: number;
  /** An SLB entry has been written since somebody took this back. */
  segmentsWritten = false;

  constructor(view: DataView, vcpu: number) {
    this.view = view;
    this.base = vcpuBase(vcpu);
  }

  gpr(number: number): bigint {
    return this.view.getBigUint64(this.base + gprOffset + number * 8, true);
  }
  setGpr(number: number, value: bigint): void {
    this.view.setBigUint64(this.base + gprOffset + number * 8, unsigned64(value), true);
  }

  /** A doubleword of a VSR: 0 is the first, which is the FPR where the VSR has one. */
  vsrDoubleword(number: number, index: 0 | 1): bigint {
    return this.view.getBigUint64(this.base + vsrOffset + number * 16 + index * 8, true);
  }
  setVsrDoubleword(number: number, index: 0 | 1, value: bigint): void {
    this.view.setBigUint64(this.base + vsrOffset + number * 16 + index * 8, unsigned64(value), true);
  }

  special(name: Special): bigint {
    return this.view.getBigUint64(this.base + specialOffsets[name], true);
  }
  setSpecial(name: Special, value: bigint): void {
    this.view.setBigUint64(this.base + specialOffsets[name], unsigned64(value), true);
  }

  flag(name: Flag): boolean {
    return this.view.getUint8(this.base + flagOffsets[name]) !== 0;
  }
  setFlag(name: Flag, on: boolean): void {
    this.view.setUint8(this.base + flagOffsets[name], on ? 1 : 0);
  }

  /** CR bit 0 is the most significant. */
  crBit(number: number): boolean {
    return this.view.getUint8(this.base + crOffset + number) !== 0;
  }
  setCrBit(number: number, on: boolean): void {
    this.view.setUint8(this.base + crOffset + number, on ? 1 : 0);
  }
  /** The 32 bits of the CR as a number. */
  get cr(): number {
    let word = 0;
    for (let bit = 0; bit < 32; bit++) word = word * 2 + (this.crBit(bit) ? 1 : 0);
    return word;
  }
  set cr(word: number) {
    for (let bit = 0; bit < 32; bit++) this.setCrBit(bit, ((word >>> (31 - bit)) & 1) === 1);
  }

  slbEntry(index: number): SlbEntry {
    const at = this.base + slb.offset + index * slb.entrySize;
    return {
      esid: this.view.getBigUint64(at + slb.esid, true),
      vsid: this.view.getBigUint64(at + slb.vsid, true),
    };
  }
  setSlbEntry(index: number, { esid, vsid }: SlbEntry): void {
    const at = this.base + slb.offset + index * slb.entrySize;
    this.segmentsWritten = true;
    this.view.setBigUint64(at + slb.esid, unsigned64(esid), true);
    this.view.setBigUint64(at + slb.vsid, unsigned64(vsid), true);
  }
}

/** Single vector instructions by name, on vectors given as numbers of 128 bits. */
import { MSR } from '../../emulator/isa/machine-state-register';
import { instructions } from '../../emulator/isa/table';
import { Bench } from './isa-engine';

export const wordOf = (mnemonic: string, values: Readonly<Record<string, number>>): number => {
  const found = instructions.find((one) => one.mnemonic === mnemonic);
  if (!found) throw new Error(`no ${mnemonic}`);
  return found.encode(values);
};

export class VectorBench {
  readonly bench: Bench;
  constructor(littleEndian = true) {
    this.bench = new Bench({ littleEndian });
    const { registers } = this.bench;
    registers.setSpecial('msr', registers.special('msr') | MSR.VEC);
  }
  vr(number: number): bigint {
    const { registers } = this.bench;
    return (registers.vsrDoubleword(32 + number, 0) << 64n) | registers.vsrDoubleword(32 + number, 1);
  }
  setVr(number: number, value: bigint): void {
    this.bench.registers.setVsrDoubleword(32 + number, 0, value >> 64n);
    this.bench.registers.setVsrDoubleword(32 + number, 1, BigInt.asUintN(64, value));
  }
  /** What the instruction makes of v1, v2 and v3, in v4. */
  compute(mnemonic: string, vectors: readonly bigint[], values: Readonly<Record<string, number>> = {}): bigint {
    vectors.forEach((vector, i) => this.setVr(i + 1, vector));
    const [vra, vrb] = vectors.length === 1 && values['vra'] === undefined ? [0, 1] : [1, 2];
    this.bench.run(wordOf(mnemonic, { vrt: 4, vra, vrb, vrc: 3, ...values }));
    return this.vr(4);
  }
}

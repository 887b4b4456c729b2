import { msr, type DebugTarget, type VcpuView } from '../../emulator/index';
import { errors } from '../errors';
import type { Program } from '../symbols/program';
import { placeText } from '../symbols/symbol-table';

/** A guest that has been made: its machine, and what its file says about its code. */
export interface Guest {
  readonly target: DebugTarget;
  readonly program: Program;
}
/** One vCPU of a guest: what most views are about. */
export interface VcpuOfGuest extends Guest {
  readonly vcpu: VcpuView;
}

export function vcpuOf(guest: Guest, number: number): VcpuOfGuest {
  const find = (): VcpuView => {
    const vcpu = guest.target.vcpus[number];
    if (!vcpu) throw errors.noThread(number + 1);
    return vcpu;
  };
  find();
  return {
    ...guest,
    // Looked up each time: a step outlives the views that it began with.
    get vcpu() {
      return find();
    },
  };
}

const has = ({ registers }: VcpuView, bit: bigint): boolean => (registers.special('msr') & bit) !== 0n;
/** Whether instruction addresses are real: the top four bits then do not count. */
export const isRealMode = (vcpu: VcpuView): boolean => !has(vcpu, msr.mask.IR);
export const isLittleEndian = (vcpu: VcpuView): boolean => has(vcpu, msr.mask.LE);

/** A number in the guest's byte order; undefined where not all of it can be read. */
export function readNumber({ target, vcpu }: VcpuOfGuest, address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined {
  const bytes = target.readMemory(vcpu.number, address, size);
  return bytes.length < size ? undefined : numberOf(bytes, isLittleEndian(vcpu));
}
export const readInstruction = (of: VcpuOfGuest, address: bigint): number | undefined => {
  const word = readNumber(of, address, 4);
  return word === undefined ? undefined : Number(word);
};

/** Bytes in memory as the number that they stand for. */
export function numberOf(bytes: Uint8Array, littleEndian: boolean): bigint {
  const ordered = littleEndian ? [...bytes].reverse() : [...bytes];
  return ordered.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
export function bytesOf(value: bigint, length: number, littleEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
  return littleEndian ? bytes : bytes.reverse();
}

/** "main+0x14", or undefined where no symbol is. */
export function symbolText({ program, vcpu }: VcpuOfGuest, address: bigint): string | undefined {
  const place = program.symbols.at(address, isRealMode(vcpu));
  return place && placeText(place);
}

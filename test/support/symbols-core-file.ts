/** A core file of a stopped guest, which gdb reads as it would a process that has died: the same state for both. */
import type { DebugTarget } from '../../emulator/index';

interface Area {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

const fileHeaderSize = 64;
const segmentHeaderSize = 56;
const noteHeaderSize = 20;
/** struct elf_prstatus of ppc64, where the registers lie in it, and how many floating-point registers are kept. */
const statusSize = 504;
const registersOffset = 112;
const floatingSize = 33 * 8;
const type = { CORE: 4, LOAD: 1, NOTE: 4, PRSTATUS: 1, FPREGSET: 2 };
const POWERPC_64 = 21;
const register = { NIA: 32, MSR: 33, CTR: 35, LR: 36, CR: 38 };

/** `abi` is 1 or 2, as the program's file has it. */
export function coreFile(target: DebugTarget, littleEndian: boolean, abi: number, areas: readonly Area[]): Uint8Array {
  const notesSize = noteHeaderSize + statusSize + noteHeaderSize + floatingSize;
  const headersSize = fileHeaderSize + segmentHeaderSize * (areas.length + 1);
  const contents = areas.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const core = new Uint8Array(headersSize + notesSize + contents);
  const view = new DataView(core.buffer);
  const word = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  const half = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const double = (at: number, value: bigint): void => view.setBigUint64(at, value, littleEndian);

  core.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  half(16, type.CORE);
  half(18, POWERPC_64);
  word(20, 1);
  double(32, BigInt(fileHeaderSize));
  word(48, abi);
  half(52, fileHeaderSize);
  half(54, segmentHeaderSize);
  half(56, areas.length + 1);
  const segment = (index: number, kind: number, offset: number, address: bigint, size: number): void => {
    const at = fileHeaderSize + segmentHeaderSize * index;
    word(at, kind);
    word(at + 4, 7);
    double(at + 8, BigInt(offset));
    double(at + 16, address);
    double(at + 32, BigInt(size));
    double(at + 40, BigInt(size));
    double(at + 48, 1n);
  };
  segment(0, type.NOTE, headersSize, 0n, notesSize);

  const note = (at: number, kind: number, size: number): number => {
    word(at, 5);
    word(at + 4, size);
    word(at + 8, kind);
    core.set(Buffer.from('CORE'), at + 12);
    return at + noteHeaderSize;
  };
  const { registers, instructionAddress } = target.vcpus[0]!;
  const status = note(headersSize, type.PRSTATUS, statusSize);
  // A process must have a number.
  word(status + 32, 1);
  const put = (number: number, value: bigint): void => double(status + registersOffset + 8 * number, value);
  for (let number = 0; number < 32; number++) put(number, registers.gpr(number));
  put(register.NIA, instructionAddress);
  put(register.MSR, registers.special('msr'));
  put(register.CTR, registers.special('ctr'));
  put(register.LR, registers.special('lr'));
  put(register.CR, BigInt(registers.cr));
  const floating = note(status + statusSize, type.FPREGSET, floatingSize);
  for (let number = 0; number < 32; number++) double(floating + 8 * number, registers.vsrDoubleword(number, 0));

  let offset = headersSize + notesSize;
  areas.forEach(({ address, bytes }, index) => {
    segment(index + 1, type.LOAD, offset, address, bytes.length);
    core.set(bytes, offset);
    offset += bytes.length;
  });
  return core;
}

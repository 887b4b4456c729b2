/**
 * The guest's own call stack: by the program's call frame information where it has some, through the frames in which
 * Linux keeps what was interrupted, and elsewhere by the back chain and the instructions of a function's beginning.
 */
import { isReturn } from './disassembly';
import { callerByFrameInformation } from './frame-information';
import { dwarfRegister, ownRegisters, type FrameRegisters } from './frame-registers';
import { isRealMode, readInstruction, readNumber, type VcpuOfGuest } from './guest';
import { interruptedCode } from './interrupt-frame';
import { linkedAddress } from './linked-address';

export interface GuestFrame {
  /** Where it stands: the instruction itself in the innermost frame and one that was interrupted, else a return address. */
  readonly address: bigint;
  /** r1 as it is in this frame. */
  readonly stackPointer: bigint;
  readonly registers: FrameRegisters;
  /** Whether the instruction at its address has yet to run, rather than having called. */
  readonly isExact: boolean;
  /** How it was found. A back chain tells nothing of registers, and may leave a frame out. */
  readonly by: 'registers' | 'frame information' | 'interrupt frame' | 'back chain';
}

/** An address in the instruction that a frame stands at: a return address may belong to another line already. */
export const insideInstruction = ({ address, isExact }: GuestFrame): bigint => (isExact ? address : address - 1n);

const MAXIMUM_FRAMES = 64;
/** Where a function keeps its caller's return address: in its caller's frame (ELFv2 ABI 2.2.2). */
const LR_SAVE = 16n;

/** The innermost frames first, and at most so many. */
export function unwind(of: VcpuOfGuest, most = MAXIMUM_FRAMES): readonly GuestFrame[] {
  const frames: GuestFrame[] = [
    {
      address: of.vcpu.instructionAddress,
      stackPointer: of.vcpu.registers.gpr(1),
      registers: ownRegisters(of),
      isExact: true,
      by: 'registers',
    },
  ];
  while (frames.length < most) {
    const frame = frames.at(-1)!;
    const caller = callerOf(of, frame);
    // Nothing that comes back to where it was leads anywhere.
    if (!caller || frames.some((one) => one.address === caller.address && one.stackPointer === caller.stackPointer))
      break;
    frames.push(caller);
  }
  return frames;
}

function callerOf(of: VcpuOfGuest, frame: GuestFrame): GuestFrame | undefined {
  const row = of.program.source.frames.rowAt(linkedAddress(of, insideInstruction(frame)));
  if (row) {
    const caller = callerByFrameInformation(of, row, frame.registers);
    return caller && frameOf(caller.address, caller.registers, caller.isInterrupted, 'frame information');
  }
  const interrupted = interruptedCode(of, frame.stackPointer);
  if (interrupted) return frameOf(interrupted.address, interrupted.registers, true, 'interrupt frame');
  return frame.by === 'registers' ? callerOfInnermost(of, frame) : callerByBackChain(of, frame.stackPointer);
}

function frameOf(
  address: bigint,
  registers: FrameRegisters,
  isExact: boolean,
  by: GuestFrame['by'],
): GuestFrame | undefined {
  const stackPointer = registers(dwarfRegister.STACK_POINTER)?.value;
  if (stackPointer === undefined || address === 0n || address % 4n !== 0n) return undefined;
  return { address, stackPointer, registers, isExact, by };
}

function callerByBackChain(of: VcpuOfGuest, stackPointer: bigint): GuestFrame | undefined {
  const caller = readNumber(of, stackPointer, 8);
  // Stacks grow down, and frames are aligned: anything else is no chain.
  if (caller === undefined || caller <= stackPointer || caller % 8n !== 0n) return undefined;
  return frameAt(readNumber(of, caller + LR_SAVE, 8), caller);
}

/** Of its registers only the stack pointer is known. */
const frameAt = (address: bigint | undefined, stackPointer: bigint): GuestFrame | undefined =>
  address === undefined
    ? undefined
    : frameOf(
        address,
        (number) =>
          number === dwarfRegister.STACK_POINTER ? { value: stackPointer, place: { kind: 'none' } } : undefined,
        false,
        'back chain',
      );

/** How far the innermost function has come with keeping its return address. */
interface Progress {
  /** LR still holds it. */
  readonly saved: boolean;
  readonly hasFrame: boolean;
}

function callerOfInnermost(of: VcpuOfGuest, { address, stackPointer }: GuestFrame): GuestFrame | undefined {
  const { saved, hasFrame } = progressOf(of, address);
  if (!saved) {
    const caller = hasFrame ? readNumber(of, stackPointer, 8) : stackPointer;
    return caller === undefined ? undefined : frameAt(of.vcpu.registers.special('lr'), caller);
  }
  if (hasFrame) return callerByBackChain(of, stackPointer);
  return frameAt(readNumber(of, stackPointer + LR_SAVE, 8), stackPointer);
}

const isStoreOfLr = (word: number): boolean => (word & 0xfc1fffff) >>> 0 === 0xf8010010; // std rX,16(r1)
const isFramePush = (word: number): boolean => (word & 0xffff8003) >>> 0 === 0xf8218001; // stdu r1,-N(r1)
const isFramePop = (word: number): boolean => (word & 0xffff8000) >>> 0 === 0x38210000; // addi r1,r1,N
const isLrRestore = (word: number): boolean => (word & 0xfc1fffff) >>> 0 === 0x7c0803a6; // mtlr rX
const MAXIMUM_SCAN = 4096n;

/** Reads the function's instructions up to where it stands, as if they had run one after another. */
function progressOf(of: VcpuOfGuest, address: bigint): Progress {
  const place = of.program.symbols.at(address, isRealMode(of.vcpu));
  // Without a symbol there is no beginning to read from; most code has its frame.
  if (!place || place.offset > MAXIMUM_SCAN) return { saved: true, hasFrame: true };
  let progress: Progress = { saved: false, hasFrame: false };
  let inBody = progress;
  for (let at = address - place.offset; at < address; at += 4n) {
    const word = readInstruction(of, at);
    if (word === undefined) break;
    if (isStoreOfLr(word)) inBody = progress = { ...progress, saved: true };
    else if (isFramePush(word)) inBody = progress = { ...progress, hasFrame: true };
    else if (isFramePop(word)) progress = { ...progress, hasFrame: false };
    else if (isLrRestore(word)) progress = { ...progress, saved: false };
    // What stands behind a return was branched to from before it.
    else if (isReturn(word)) progress = inBody;
  }
  return progress;
}

/** The guest's own call stack, from the ELFv2 ABI's back chain and the instructions of a function's beginning. */
import { isRealMode, readInstruction, readNumber, type VcpuOfGuest } from './guest';
import { isReturn } from './disassembly';

export interface GuestFrame {
  /** Where it stands: the instruction itself in the innermost frame, a return address in the others. */
  readonly address: bigint;
  /** r1 as it is in this frame. */
  readonly stackPointer: bigint;
}

const MAXIMUM_FRAMES = 64;
/** Where a function keeps its caller's return address: in its caller's frame (ELFv2 ABI 2.2.2). */
const LR_SAVE = 16n;

export function unwind(of: VcpuOfGuest): readonly GuestFrame[] {
  const { registers } = of.vcpu;
  const innermost = { address: of.vcpu.instructionAddress, stackPointer: registers.gpr(1) };
  const frames: GuestFrame[] = [innermost];
  let next = callerOfInnermost(of, innermost);
  while (next && frames.length < MAXIMUM_FRAMES) {
    frames.push(next);
    next = callerByBackChain(of, next.stackPointer);
  }
  return frames;
}

function callerByBackChain(of: VcpuOfGuest, stackPointer: bigint): GuestFrame | undefined {
  const caller = readNumber(of, stackPointer, 8);
  // Stacks grow down, and frames are aligned: anything else is no chain.
  if (caller === undefined || caller <= stackPointer || caller % 8n !== 0n) return undefined;
  return frameAt(readNumber(of, caller + LR_SAVE, 8), caller);
}

const frameAt = (address: bigint | undefined, stackPointer: bigint): GuestFrame | undefined =>
  address === undefined || address === 0n || address % 4n !== 0n ? undefined : { address, stackPointer };

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

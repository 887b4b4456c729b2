/** What the three steps consist of, as actions that the runner carries out one after another. */
import { errors } from '../errors';
import type { SourceLine } from '../symbols/line-table';
import { withoutTopBits } from '../symbols/real-mode';
import { linkedAddress, sourceOf } from './call-stack';
import { isCall } from './disassembly';
import { readInstruction, type VcpuOfGuest } from './guest';
import { unwind, type GuestFrame } from './unwind';

export type Action =
  | { readonly kind: 'step' }
  /** Runs to an address, and on from it as long as `arrived` says that it is another call's. */
  | { readonly kind: 'run-to'; readonly address: bigint; readonly arrived: () => boolean };
/** Ends when the step is done; everything is read anew from the vCPU after each action. */
export type Plan = Generator<Action, void>;

export interface StepOptions {
  /** True: one instruction. False: until another line of source begins, where there are lines. */
  readonly byInstruction: boolean;
}

/** DAP's stepIn. */
export function* stepInto(of: VcpuOfGuest, { byInstruction }: StepOptions): Plan {
  const start = lineOf(of);
  do yield { kind: 'step' };
  while (!byInstruction && isWithin(of, start));
}

/** DAP's next: calls and interrupts are run through. */
export function* stepOver(of: VcpuOfGuest, { byInstruction }: StepOptions): Plan {
  const start = lineOf(of);
  do yield* overOneInstruction(of);
  while (!byInstruction && isWithin(of, start));
}

function* overOneInstruction(of: VcpuOfGuest): Plan {
  const { registers } = of.vcpu;
  const address = of.vcpu.instructionAddress;
  const stackPointer = registers.gpr(1);
  const word = readInstruction(of, address);
  yield { kind: 'step' };
  if (word !== undefined && isCall(word) && isReturnTo(registers.special('lr'), address)) {
    // A recursive call returns to the same address, deeper in the stack.
    if (of.vcpu.instructionAddress !== address + 4n) {
      yield { kind: 'run-to', address: address + 4n, arrived: () => registers.gpr(1) >= stackPointer };
    }
  } else if (hasInterrupted(of, address)) {
    yield { kind: 'run-to', address, arrived: () => registers.gpr(1) === stackPointer };
    yield* overOneInstruction(of);
  }
}
const isReturnTo = (lr: bigint, call: bigint): boolean => withoutTopBits(lr) === withoutTopBits(call + 4n);

const LAST_VECTOR = 0x3000n;
const VECTOR_SPACING = 0x20n;
/** What LPCR[AIL] adds to a vector's address, apart from the bits that say that it is translated. */
const AIL_OFFSET = 0x4000n;
/**
 * Whether the step ended in an interrupt's handler, which will come back to the same instruction. A step from an access
 * that was held has done the handler's first instruction already.
 */
function hasInterrupted({ vcpu }: VcpuOfGuest, address: bigint): boolean {
  const now = withoutTopBits(vcpu.instructionAddress) & ~AIL_OFFSET;
  return now < LAST_VECTOR && now % VECTOR_SPACING <= 4n && vcpu.registers.special('srr0') === address;
}

/** DAP's stepOut: until the caller goes on. */
export function stepOut(of: VcpuOfGuest): Plan {
  const caller = unwind(of)[1];
  // Said before the request is answered, which is before the first action.
  if (!caller) throw errors.noReturnAddress();
  return runTo(of, caller);
}

function* runTo(of: VcpuOfGuest, caller: GuestFrame): Plan {
  const { registers } = of.vcpu;
  yield { kind: 'run-to', address: caller.address, arrived: () => registers.gpr(1) >= caller.stackPointer };
}

const lineOf = (of: VcpuOfGuest): SourceLine | undefined => sourceOf(of, of.vcpu.instructionAddress);

/** Whether a step by lines has further to go. Code without lines is stepped by instruction. */
function isWithin(of: VcpuOfGuest, start: SourceLine | undefined): boolean {
  if (!start) return false;
  const address = of.vcpu.instructionAddress;
  const now = sourceOf(of, address);
  if (!now) return false;
  const isSameLine = now.path === start.path && now.line === start.line;
  return isSameLine || !of.program.lines.isStartOfLine(linkedAddress(of, address));
}

/** What the three steps consist of, as actions that the runner carries out one after another. */
import { errors } from '../errors';
import { isIn, rangesOf } from '../symbols/dwarf/address-ranges';
import type { Entry } from '../symbols/dwarf/entry';
import { withoutTopBits } from '../symbols/real-mode';
import { isCall } from './disassembly';
import { readInstruction, type VcpuOfGuest } from './guest';
import { linkedAddress } from './linked-address';
import { positionAt, type SourcePosition } from './source-position';
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
  const start = position(of);
  do yield { kind: 'step' };
  while (!byInstruction && !hasArrived(of, start));
}

/** DAP's next: calls and interrupts are run through, and what is inlined too. */
export function* stepOver(of: VcpuOfGuest, { byInstruction }: StepOptions): Plan {
  const start = position(of);
  const within = start.places.at(-1)?.entry;
  do yield* overOneInstruction(of);
  while (!byInstruction && (isInlinedInto(of, within) || !hasArrived(of, start)));
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

/** DAP's stepOut: until the caller goes on; out of what is inlined, until its code is left. */
export function stepOut(of: VcpuOfGuest): Plan {
  const place = position(of).places.at(-1);
  if (place?.calledFrom) return leave(of, place.entry);
  const caller = unwind(of)[1];
  // Said before the request is answered, which is before the first action.
  if (!caller) throw errors.noReturnAddress();
  return runTo(of, caller);
}

function* runTo(of: VcpuOfGuest, caller: GuestFrame): Plan {
  const { registers } = of.vcpu;
  yield { kind: 'run-to', address: caller.address, arrived: () => registers.gpr(1) >= caller.stackPointer };
}
function* leave(of: VcpuOfGuest, inlined: Entry): Plan {
  const ranges = rangesOf(inlined);
  do yield* overOneInstruction(of);
  while (isIn(ranges, linkedAddress(of, of.vcpu.instructionAddress)));
}

const position = (of: VcpuOfGuest): SourcePosition => positionAt(of, of.vcpu.instructionAddress, false);

/** Whether the guest stands in something that is inlined into where the step began. */
function isInlinedInto(of: VcpuOfGuest, within: Entry | undefined): boolean {
  const { places } = position(of);
  return places.some(({ entry }) => entry === within) && places.at(-1)?.entry !== within;
}

/** Whether a step by lines is done. Code without lines is stepped by instruction. */
function hasArrived(of: VcpuOfGuest, start: SourcePosition): boolean {
  const now = position(of);
  if (!start.line || !now.line) return true;
  const isSameLine = now.line.path === start.line.path && now.line.line === start.line.line;
  return !isSameLine && now.isStart;
}

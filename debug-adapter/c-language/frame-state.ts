/** What the expressions of debug information ask of a frame of the guest's stack. */
import { attribute, tag } from '../symbols/dwarf/constants';
import { readAddressList } from '../symbols/dwarf/address-list';
import { rangesOf } from '../symbols/dwarf/address-ranges';
import type { Entry } from '../symbols/dwarf/entry';
import { evaluateLocation, evaluateNumber, type FrameState } from '../symbols/dwarf/evaluate';
import { optimizedOut, whole, type Location } from '../symbols/dwarf/location';
import { operation } from '../symbols/dwarf/operation';
import { frameAddress } from '../session/frame-information';
import { isLittleEndian, type VcpuOfGuest } from '../session/guest';
import { linkedAddress } from '../session/linked-address';
import { insideInstruction, type GuestFrame } from '../session/unwind';

/** Frames further out that are asked for the sake of one inside. */
const MAXIMUM_CALLERS = 4;

/** A frame of the stack as expressions see it. */
export class StackFrameState implements FrameState {
  readonly littleEndian: boolean;
  readonly guestFrame: GuestFrame;
  /** The instruction that it stands at, as it is linked. */
  readonly address: bigint;
  readonly #of: VcpuOfGuest;
  readonly #stack: readonly GuestFrame[];
  readonly #index: number;
  readonly #depth: number;

  constructor(of: VcpuOfGuest, stack: readonly GuestFrame[], index: number, depth = 0) {
    this.#of = of;
    this.#stack = stack;
    this.#index = index;
    this.#depth = depth;
    this.guestFrame = stack[index]!;
    this.address = linkedAddress(of, insideInstruction(this.guestFrame));
    this.littleEndian = isLittleEndian(of.vcpu);
  }

  register(number: number): bigint | undefined {
    return this.guestFrame.registers(number)?.value;
  }
  memory(address: bigint, length: number): Uint8Array | undefined {
    const bytes = this.#of.target.readMemory(this.#of.vcpu.number, address, length);
    return bytes.length < length ? undefined : bytes;
  }

  get #function(): Entry | undefined {
    return this.#of.program.source.functions.functionAt(this.address);
  }

  frameBase(): bigint | undefined {
    const bytes = this.#function && this.#expressionOf(this.#function, attribute.FRAME_BASE);
    return bytes && evaluateNumber(bytes, this.#function.unit, this);
  }
  canonicalFrameAddress(): bigint | undefined {
    const row = this.#of.program.source.frames.rowAt(this.address);
    if (row) return frameAddress(this.#of, row.frameAddress, this.guestFrame.registers);
    // By the back chain: the stack pointer that the caller has again.
    return this.#stack[this.#index + 1]?.stackPointer;
  }

  registerAtEntry(number: number): bigint | undefined {
    return this.#passed((parameter) => {
      const location = parameter.expression(attribute.LOCATION);
      return location !== undefined && isRegister(location, number);
    });
  }
  parameterAtEntry(wanted: Entry): bigint | undefined {
    return this.#passed((parameter) => {
      const referred = parameter.reference(CALL_PARAMETER) ?? parameter.reference(attribute.ABSTRACT_ORIGIN);
      return referred === wanted;
    });
  }

  /** What the caller says that it passed in the parameter that `isIt` picks. */
  #passed(isIt: (parameter: Entry) => boolean): bigint | undefined {
    const frame = this.#stack[this.#index + 1];
    if (!frame || frame.isExact || this.#depth >= MAXIMUM_CALLERS) return undefined;
    const caller = new StackFrameState(this.#of, this.#stack, this.#index + 1, this.#depth + 1);
    const site = caller.#callSite();
    if (!site || !this.#isCallOf(site)) return undefined;
    const parameter = site.children.find((one) => isCallParameter(one) && isIt(one));
    const value = parameter?.expression(attribute.CALL_VALUE) ?? parameter?.expression(attribute.GNU_CALL_SITE_VALUE);
    return value && parameter && evaluateNumber(value, parameter.unit, caller);
  }
  /** The call that this frame waits for. */
  #callSite(): Entry | undefined {
    const returnAddress = linkedAddress(this.#of, this.guestFrame.address);
    const search = (entry: Entry): Entry | undefined => {
      for (const child of entry.children) {
        if (isCallSite(child)) {
          const at = child.address(attribute.CALL_RETURN_PC) ?? child.address(attribute.LOW_PC);
          if (at === returnAddress) return child;
        } else if (child.tag === tag.LEXICAL_BLOCK || child.tag === tag.INLINED_SUBROUTINE) {
          const found = search(child);
          if (found) return found;
        }
      }
      return undefined;
    };
    return this.#function && search(this.#function);
  }
  /** Not where a function was called that went on to this one by a jump: it may have changed what it was passed. */
  #isCallOf(site: Entry): boolean {
    const called = site.reference(attribute.CALL_ORIGIN) ?? site.reference(attribute.ABSTRACT_ORIGIN);
    const own = this.#function;
    if (!called || !own) return true;
    const start = rangesOf(called)[0]?.low;
    return start === undefined ? called.name === own.name : start === rangesOf(own)[0]?.low;
  }

  locationOf(entry: Entry): Location {
    const constant = this.#constant(entry);
    if (constant) return constant;
    const bytes = this.#expressionOf(entry, attribute.LOCATION);
    return bytes ? evaluateLocation(bytes, entry.unit, this) : optimizedOut;
  }
  #constant(entry: Entry): Location | undefined {
    const holder = entry.has(attribute.LOCATION) ? undefined : entry.holderOf(attribute.CONST_VALUE);
    const raw = holder?.raw(attribute.CONST_VALUE);
    if (!raw) return undefined;
    if (raw.kind === 'block') return whole({ kind: 'bytes', bytes: raw.bytes });
    const value = holder?.signedConstant(attribute.CONST_VALUE);
    return value === undefined ? undefined : whole({ kind: 'computed', value: BigInt.asUintN(64, value) });
  }
  /** Of a list, the expression that holds at this frame's instruction. */
  #expressionOf(entry: Entry, name: number): Uint8Array | undefined {
    const holder = entry.has(name) ? entry : entry.holderOf(name);
    const raw = holder?.raw(name);
    if (!holder || !raw) return undefined;
    const single = holder.expression(name);
    if (single) return single;
    const { address } = this;
    return readAddressList(holder.unit, raw, 'location').find(({ low, high }) => address >= low && address < high)
      ?.expression;
  }
}

/** DW_AT_call_parameter. */
const CALL_PARAMETER = 0x80;
const isCallSite = (entry: Entry): boolean => entry.tag === tag.CALL_SITE || entry.tag === tag.GNU_CALL_SITE;
const isCallParameter = (entry: Entry): boolean =>
  entry.tag === tag.CALL_SITE_PARAMETER || entry.tag === tag.GNU_CALL_SITE_PARAMETER;
/** Whether a location is just a register: of the first 32 the operation says which, of others its operand. */
const isRegister = (location: Uint8Array, number: number): boolean =>
  number < 32
    ? location.length === 1 && location[0] === operation.REG0 + number
    : location.length === 2 && location[0] === operation.REGX && location[1] === number;

/** The state of a program that stands nowhere in particular: what is in memory at a fixed address has a place in it. */
export function memoryState(of: VcpuOfGuest): FrameState {
  return {
    littleEndian: isLittleEndian(of.vcpu),
    register: () => undefined,
    memory: (address, length) => {
      const bytes = of.target.readMemory(of.vcpu.number, address, length);
      return bytes.length < length ? undefined : bytes;
    },
    frameBase: () => undefined,
    canonicalFrameAddress: () => undefined,
    registerAtEntry: () => undefined,
    parameterAtEntry: () => undefined,
    locationOf: (entry) => {
      const bytes = entry.expression(attribute.LOCATION);
      return bytes ? evaluateLocation(bytes, entry.unit, memoryState(of)) : optimizedOut;
    },
  };
}

/** Runs the stack machine of DWARF expressions (DWARF 5, section 2.5) for one frame of the program. */
import { Cursor, TruncatedError } from '../cursor';
import { attribute } from './constants';
import type { Entry } from './entry';
import { optimizedOut, whole, type Location, type Piece, type Place } from './location';
import { operation as op } from './operation';
import {
  binary,
  converted,
  generic,
  stackType,
  stackValue,
  unary,
  type StackType,
  type StackValue,
} from './stack-value';

/** What expressions ask of the frame that they are about. Undefined: it is not known there. */
export interface FrameState {
  readonly littleEndian: boolean;
  register(number: number): bigint | undefined;
  /** All of the bytes, or nothing. */
  memory(address: bigint, length: number): Uint8Array | undefined;
  /** The value of the function's DW_AT_frame_base. */
  frameBase(): bigint | undefined;
  canonicalFrameAddress(): bigint | undefined;
  /** What the register held when the function was entered. */
  registerAtEntry(number: number): bigint | undefined;
  /** What the caller passed for a parameter that this function no longer has. */
  parameterAtEntry(parameter: Entry): bigint | undefined;
  /** The location of another entry at the same instruction. */
  locationOf(entry: Entry): Location;
}

/** What an expression asks of where it stands: a unit, or nothing for call frame information. */
export interface ExpressionHome {
  readonly header: { readonly addressSize: number; readonly is64: boolean; readonly offset: number };
  readonly information: { entryAt(offset: number): Entry | undefined };
  addressOfIndex(index: number): bigint | undefined;
  entryAt(offset: number): Entry | undefined;
}

const MAXIMUM_STEPS = 10_000;
const MAXIMUM_DEPTH = 8;
const MAXIMUM_PIECES = 1000;

/** An expression that needs what is not known. */
class Unknown extends Error {}
const unknown = (): never => {
  throw new Unknown();
};

/** Where the expression says that a value is; what it needs and is not known makes the value optimized out. */
export function evaluateLocation(bytes: Uint8Array, unit: ExpressionHome, frame: FrameState, depth = 0): Location {
  return guarded(() => new Machine(bytes, unit, frame, depth).location()) ?? optimizedOut;
}

/** The number that an expression computes; `initial` lies on the stack when it begins. */
export function evaluateNumber(
  bytes: Uint8Array,
  unit: ExpressionHome,
  frame: FrameState,
  initial: readonly bigint[] = [],
  depth = 0,
): bigint | undefined {
  return guarded(() => new Machine(bytes, unit, frame, depth, initial).number());
}

function guarded<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Unknown || error instanceof TruncatedError) return undefined;
    throw error;
  }
}

class Machine {
  readonly #cursor: Cursor;
  readonly #unit: ExpressionHome;
  readonly #frame: FrameState;
  readonly #depth: number;
  readonly #stack: StackValue[];
  readonly #pieces: Piece[] = [];
  /** What the last operation said where the value is, other than in memory at the top of the stack. */
  #place: Place | undefined;

  constructor(
    bytes: Uint8Array,
    unit: ExpressionHome,
    frame: FrameState,
    depth: number,
    initial: readonly bigint[] = [],
  ) {
    if (depth > MAXIMUM_DEPTH) throw new Unknown();
    this.#cursor = new Cursor(bytes, frame.littleEndian);
    this.#unit = unit;
    this.#frame = frame;
    this.#depth = depth;
    this.#stack = initial.map((value) => stackValue(value));
  }

  location(): Location {
    if (this.#cursor.atEnd) return optimizedOut;
    this.#run();
    if (this.#pieces.length > 0) return this.#pieces;
    return whole(this.#place ?? { kind: 'memory', address: this.#pop().bits });
  }
  number(): bigint {
    return this.#value().bits;
  }
  /** With its type, which a register that is named plainly does not have. */
  #value(): StackValue {
    this.#run();
    if (this.#place?.kind === 'register') return stackValue(this.#register(this.#place.number));
    if (this.#place && this.#place.kind !== 'computed') return unknown();
    return this.#place ? stackValue(this.#place.value) : this.#pop();
  }

  #run(): void {
    for (let steps = 0; !this.#cursor.atEnd; steps++) {
      if (steps > MAXIMUM_STEPS) unknown();
      this.#step(this.#cursor.u8());
    }
  }

  #push(value: bigint, type?: StackType): void {
    this.#stack.push(stackValue(value, type));
  }
  #pop(): StackValue {
    return this.#stack.pop() ?? unknown();
  }
  #register(number: number): bigint {
    return this.#frame.register(number) ?? unknown();
  }

  #step(code: number): void {
    const cursor = this.#cursor;
    if (code >= op.LIT0 && code <= op.LIT31) return this.#push(BigInt(code - op.LIT0));
    if (code >= op.REG0 && code <= op.REG31) return this.#at({ kind: 'register', number: code - op.REG0 });
    if (code >= op.BREG0 && code <= op.BREG31) {
      return this.#push(this.#register(code - op.BREG0) + cursor.signedLeb());
    }
    if (this.#pushConstant(code) || this.#arrange(code) || this.#describe(code) || this.#typed(code)) return;
    this.#compute(code);
  }

  #pushConstant(code: number): boolean {
    const cursor = this.#cursor;
    const size = 1 << ((code - op.CONST1U) >> 1);
    switch (code) {
      case op.ADDR:
        this.#push(cursor.unsigned(this.#unit.header.addressSize));
        return true;
      case op.CONST1U:
      case op.CONST2U:
      case op.CONST4U:
      case op.CONST8U:
        this.#push(cursor.unsigned(size));
        return true;
      case op.CONST1S:
      case op.CONST2S:
      case op.CONST4S:
      case op.CONST8S:
        this.#push(cursor.signed(size));
        return true;
      case op.CONSTU:
        this.#push(cursor.unsignedLeb());
        return true;
      case op.CONSTS:
        this.#push(cursor.signedLeb());
        return true;
      case op.ADDRX:
      case op.GNU_ADDR_INDEX:
      case op.CONSTX:
      case op.GNU_CONST_INDEX:
        this.#push(this.#unit.addressOfIndex(cursor.count()) ?? unknown());
        return true;
      default:
        return false;
    }
  }

  /** What only moves values about. */
  #arrange(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case op.DUP:
        stack.push(stack.at(-1) ?? unknown());
        return true;
      case op.DROP:
        this.#pop();
        return true;
      case op.OVER:
        stack.push(stack.at(-2) ?? unknown());
        return true;
      case op.PICK:
        stack.push(stack.at(-1 - this.#cursor.u8()) ?? unknown());
        return true;
      case op.SWAP: {
        const [first, second] = [this.#pop(), this.#pop()];
        stack.push(first, second);
        return true;
      }
      case op.ROT: {
        const [first, second, third] = [this.#pop(), this.#pop(), this.#pop()];
        stack.push(first, third, second);
        return true;
      }
      case op.NOP:
      case op.GNU_UNINIT:
        return true;
      case op.SKIP:
        this.#jump(this.#cursor.signed(2));
        return true;
      case op.BRA: {
        const distance = this.#cursor.signed(2);
        if (this.#pop().bits !== 0n) this.#jump(distance);
        return true;
      }
      default:
        return false;
    }
  }
  #jump(distance: bigint): void {
    const to = this.#cursor.position + Number(distance);
    if (to < 0 || to > this.#cursor.bytes.length) unknown();
    this.#cursor.position = to;
  }

  /** What says where the value is. */
  #describe(code: number): boolean {
    const cursor = this.#cursor;
    switch (code) {
      case op.REGX:
        this.#at({ kind: 'register', number: cursor.count() });
        return true;
      case op.STACK_VALUE:
        this.#at({ kind: 'computed', value: this.#pop().bits });
        return true;
      case op.IMPLICIT_VALUE:
        this.#at({ kind: 'bytes', bytes: cursor.take(cursor.count()) });
        return true;
      case op.IMPLICIT_POINTER:
      case op.GNU_IMPLICIT_POINTER: {
        const target = this.#unit.information.entryAt(cursor.offset(this.#unit.header.is64));
        this.#at({ kind: 'implicit-pointer', target, offset: cursor.signedLeb() });
        return true;
      }
      case op.PIECE:
        this.#piece(cursor.count() * 8, 0);
        return true;
      case op.BIT_PIECE:
        this.#piece(cursor.count(), cursor.count());
        return true;
      default:
        return false;
    }
  }
  #at(place: Place): void {
    this.#place = place;
  }
  #piece(bitSize: number, bitOffset: number): void {
    const inMemory = (): Place => {
      const address = this.#stack.pop()?.bits;
      return address === undefined ? { kind: 'optimized-out' } : { kind: 'memory', address };
    };
    const count = this.#pieces.push({ place: this.#place ?? inMemory(), bitSize, bitOffset });
    if (count > MAXIMUM_PIECES || bitSize > 1 << 24) unknown();
    this.#place = undefined;
  }

  /** Operations on values with a type of their own. */
  #typed(code: number): boolean {
    const cursor = this.#cursor;
    switch (code) {
      case op.CONST_TYPE:
      case op.GNU_CONST_TYPE: {
        const type = this.#type(cursor.count());
        this.#push(cursor.part(cursor.u8()).unsigned(type.size), type);
        return true;
      }
      case op.REGVAL_TYPE:
      case op.GNU_REGVAL_TYPE: {
        const value = this.#register(cursor.count());
        this.#push(value, this.#type(cursor.count()));
        return true;
      }
      case op.DEREF_TYPE:
      case op.GNU_DEREF_TYPE: {
        const size = cursor.u8();
        const type = this.#type(cursor.count());
        this.#push(this.#read(this.#pop().bits, size), type);
        return true;
      }
      case op.CONVERT:
      case op.GNU_CONVERT:
        this.#stack.push(converted(this.#pop(), this.#type(cursor.count())));
        return true;
      case op.REINTERPRET:
      case op.GNU_REINTERPRET:
        this.#push(this.#pop().bits, this.#type(cursor.count()));
        return true;
      default:
        return false;
    }
  }
  /** 0 stands for the generic type. */
  #type(offset: number): StackType {
    if (offset === 0) return generic;
    return stackType(this.#unit.entryAt(this.#unit.header.offset + offset)) ?? unknown();
  }
  #read(address: bigint, size: number): bigint {
    const bytes = this.#frame.memory(address, size) ?? unknown();
    return new Cursor(bytes, this.#frame.littleEndian).unsigned(size);
  }

  #compute(code: number): void {
    const cursor = this.#cursor;
    switch (code) {
      case op.DEREF:
        return this.#push(this.#read(this.#pop().bits, this.#unit.header.addressSize));
      case op.DEREF_SIZE:
        return this.#push(this.#read(this.#pop().bits, cursor.u8()));
      case op.FBREG:
        return this.#push((this.#frame.frameBase() ?? unknown()) + cursor.signedLeb());
      case op.BREGX:
        return this.#push(this.#register(cursor.count()) + cursor.signedLeb());
      case op.CALL_FRAME_CFA:
        return this.#push(this.#frame.canonicalFrameAddress() ?? unknown());
      case op.PLUS_UCONST:
        return this.#push(this.#pop().bits + cursor.unsignedLeb());
      case op.ENTRY_VALUE:
      case op.GNU_ENTRY_VALUE:
        this.#stack.push(this.#entryValue(cursor.take(cursor.count())));
        return;
      case op.GNU_PARAMETER_REF: {
        const parameter = this.#unit.entryAt(this.#unit.header.offset + cursor.u32()) ?? unknown();
        return this.#push(this.#frame.parameterAtEntry(parameter) ?? unknown());
      }
      case op.GNU_VARIABLE_VALUE:
        return this.#push(this.#variable(cursor.offset(this.#unit.header.is64)));
      case op.CALL2:
        return this.#call(this.#unit.entryAt(this.#unit.header.offset + cursor.u16()));
      case op.CALL4:
        return this.#call(this.#unit.entryAt(this.#unit.header.offset + cursor.u32()));
      case op.CALL_REF:
        return this.#call(this.#unit.information.entryAt(cursor.offset(this.#unit.header.is64)));
      case op.NEG:
      case op.NOT:
      case op.ABS:
        this.#stack.push(unary(code, this.#pop()) ?? unknown());
        return;
      default: {
        if (this.#stack.length < 2) unknown();
        const right = this.#pop();
        this.#stack.push(binary(code, this.#pop(), right) ?? unknown());
      }
    }
  }

  /** Of a register mostly; compilers also ask for what lay in memory at an address that one held. */
  #entryValue(bytes: Uint8Array): StackValue {
    const atEntry: FrameState = {
      littleEndian: this.#frame.littleEndian,
      memory: () => undefined,
      frameBase: () => undefined,
      canonicalFrameAddress: () => this.#frame.canonicalFrameAddress(),
      register: (number) => this.#frame.registerAtEntry(number),
      registerAtEntry: () => undefined,
      parameterAtEntry: () => undefined,
      locationOf: () => optimizedOut,
    };
    return new Machine(bytes, this.#unit, atEntry, this.#depth + 1).#value();
  }
  #variable(offset: number): bigint {
    const entry = this.#unit.information.entryAt(offset) ?? unknown();
    const [piece, ...more] = this.#frame.locationOf(entry);
    if (!piece || more.length > 0) return unknown();
    const size = Number(entry.type?.constant(attribute.BYTE_SIZE) ?? 8n);
    switch (piece.place.kind) {
      case 'memory':
        return this.#read(piece.place.address, size);
      case 'register':
        return this.#register(piece.place.number);
      case 'computed':
        return piece.place.value;
      case 'bytes':
      case 'implicit-pointer':
      case 'optimized-out':
        return unknown();
    }
  }
  #call(entry: Entry | undefined): void {
    const bytes = entry?.expression(attribute.LOCATION);
    if (!entry || !bytes) return;
    const called = new Machine(bytes, entry.unit, this.#frame, this.#depth + 1);
    called.#stack.push(...this.#stack);
    called.#run();
    this.#stack.length = 0;
    this.#stack.push(...called.#stack);
    this.#place = called.#place;
  }
}

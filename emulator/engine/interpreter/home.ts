import type { Operand, OperandKind } from '../../operations/operand';
import type { Code } from '../wasm-binary';

/**
 * Every sort is code that pushes the value again. It names only constants and locals that are set once, so it means
 * the same wherever it is repeated. Values are computed at once; conditions only where they are used, so that a compare
 * before a branch is fused with it.
 */
export interface WasmSorts {
  readonly value: Code;
  readonly condition: Code;
  readonly vector: Code;
}

/** An address on the stack plus a constant offset: where a register is. */
export interface Place {
  readonly address: Code;
  readonly offset: number;
}

export type ByteOrder = 'little' | 'big';

/** Where guest state is while this code runs, and how it is left: what differs between kinds of generated code. */
export interface Home {
  readonly byteOrder: ByteOrder;
  place(operand: Operand<OperandKind>): Place;
  /** A place in the vCPU's block. */
  fixed(offset: number): Place;
  number(operand: Operand<'small' | 'immediate'>): Code;
  currentAddress(): Code;
  /** The set of translations in force, a 64-bit number. */
  addressSpace(): Code;
  /** Leaves with this instruction not done, for the reference engine to do it. */
  leaveSlow(): void;
  /** Leaves with this instruction not done, because it traps. */
  leaveTrapping(): void;
  /** Leaves with this instruction done, a system call. */
  leaveCalling(): void;
  /** Leaves with this instruction not done, because the data TLB lacks a page: it will be tried again. */
  leaveMissing(address: Code, access: 'load' | 'store'): void;
  /** Leaves with this instruction done and the MSR changed, to go on at this address. */
  moved(address: Code): void;
  jump(address: Code, when: Code | undefined): void;
  jumpRelative(displacement: Operand<'immediate'>, when: Code | undefined): void;
}

import type { Sorts } from '../operations/arithmetic';
import type { AccessKind, Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { hasAny, indexed, isZero } from './idioms';
import { instruction } from './instruction';
import { stringLoadsItsBase } from './invalid-forms';
import { MSR } from './machine-state-register';

/** A run of bytes: where it lies, how many they are, and the register that the first four belong to. */
interface ByteString<S extends Sorts> {
  readonly address: S['value'];
  readonly length: S['value'];
  readonly first: S['value'];
}

/** Asks for all bytes at once, so that a fault leaves nothing half done; of none there is nothing to ask. */
function demandBytes<S extends Sorts>(op: Operations<S>, { address, length }: ByteString<S>, access: AccessKind): void {
  // Not supported in little-endian mode (Book I 3.3.7).
  op.alignmentInterrupt(hasAny(op, op.special('msr'), MSR.LE), address, access);
  const once = op.select(isZero(op, length), op.constant(0), op.constant(1));
  op.repeat(once, () => op.probe(address, length, access));
}

/** The register of a byte, after r31 comes r0, and how far from its register's end the byte stands. */
function placeOf<S extends Sorts>(op: Operations<S>, { first }: ByteString<S>, index: S['value']) {
  const register = op.and(op.add(first, op.shiftRight(index, op.constant(2))), op.constant(31));
  const inRegister = op.and(index, op.constant(3));
  return { register, inRegister, shift: op.shiftLeft(op.subtract(op.constant(3), inRegister), op.constant(3)) };
}

function loadString<S extends Sorts>(op: Operations<S>, bytes: ByteString<S>): void {
  demandBytes(op, bytes, 'load');
  op.repeat(bytes.length, (index) => {
    const { register, inRegister, shift } = placeOf(op, bytes, index);
    // The first byte clears the others, so that the last register is filled up with zeros.
    const before = op.select(isZero(op, inRegister), op.constant(0), op.gprNumbered(register));
    const loaded = op.shiftLeft(op.load(op.add(bytes.address, index), 1), shift);
    op.setGprNumbered(register, op.or(before, loaded));
  });
}
function storeString<S extends Sorts>(op: Operations<S>, bytes: ByteString<S>): void {
  demandBytes(op, bytes, 'store');
  op.repeat(bytes.length, (index) => {
    const { register, shift } = placeOf(op, bytes, index);
    op.store(op.add(bytes.address, index), 1, op.shiftRight(op.gprNumbered(register), shift));
  });
}

/** NB counts 1 to 32, of which the last is written as 0. */
const immediateLength = <S extends Sorts>(op: Operations<S>, nb: Operand<'small'>): S['value'] =>
  op.select(isZero(op, op.operand(nb)), op.constant(32), op.operand(nb));
const lengthInXer = <S extends Sorts>(op: Operations<S>): S['value'] =>
  op.and(op.special('xerRest'), op.constant(0x7f));

const whole = { mnemonic: 'lswi', assembly: 'first,ra0,nb', when: { nb: 0 }, shown: () => ({ nb: 32 }) } as const;

/** Book I 3.3.7. What lswx loads over depends on the XER: if that is RA or RB, ours has the address already. */
export const fixedPointStrings = [
  instruction({
    mnemonic: 'lswi',
    encoding: '31:6 first ra0 nb 597:10 /:1',
    assembly: 'first,ra0,nb',
    aliases: [whole],
    invalidForm: stringLoadsItsBase,
    meaning: (op, { first, ra0, nb }) =>
      loadString(op, { address: op.gpr(ra0), length: immediateLength(op, nb), first: op.operand(first) }),
  }),
  instruction({
    mnemonic: 'lswx',
    encoding: '31:6 first ra0 rb 533:10 /:1',
    assembly: 'first,ra0,rb',
    invalidForm: ({ first, ra0, rb }) => first === ra0 || first === rb,
    meaning: (op, { first, ra0, rb }) =>
      loadString(op, { address: indexed(op, ra0, rb), length: lengthInXer(op), first: op.operand(first) }),
  }),
  instruction({
    mnemonic: 'stswi',
    encoding: '31:6 first ra0 nb 725:10 /:1',
    assembly: 'first,ra0,nb',
    aliases: [{ ...whole, mnemonic: 'stswi' }],
    meaning: (op, { first, ra0, nb }) =>
      storeString(op, { address: op.gpr(ra0), length: immediateLength(op, nb), first: op.operand(first) }),
  }),
  instruction({
    mnemonic: 'stswx',
    encoding: '31:6 first ra0 rb 661:10 /:1',
    assembly: 'first,ra0,rb',
    meaning: (op, { first, ra0, rb }) =>
      storeString(op, { address: indexed(op, ra0, rb), length: lengthInXer(op), first: op.operand(first) }),
  }),
];

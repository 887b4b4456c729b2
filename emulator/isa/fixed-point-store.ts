import type { Sorts } from '../operations/arithmetic';
import type { Bytes, Operations } from '../operations/instruction-operations';
import { byteReverse, displaced, hasAny, indexed } from './idioms';
import { instruction } from './instruction';
import { updatesNothing } from './invalid-forms';
import { MSR } from './machine-state-register';

type Write = <S extends Sorts>(op: Operations<S>, address: S['value'], value: S['value']) => void;

const low =
  (bytes: Bytes): Write =>
  (op, address, value) =>
    op.store(address, bytes, value);
const reversed =
  (bytes: 2 | 4 | 8): Write =>
  (op, address, value) =>
    op.store(address, bytes, byteReverse(op, value, bytes));

const store = (mnemonic: string, opcode: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 rs ra0 d` as const,
    assembly: 'rs,d(ra0)',
    meaning: (op, { rs, ra0, d }) => write(op, displaced(op, ra0, d), op.gpr(rs)),
  });
const storeWithUpdate = (mnemonic: string, opcode: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 rs ra d` as const,
    assembly: 'rs,d(ra)',
    invalidForm: updatesNothing,
    meaning: (op, { rs, ra, d }) => {
      const address = displaced(op, ra, d);
      write(op, address, op.gpr(rs));
      op.setGpr(ra, address);
    },
  });
const storeIndexed = (mnemonic: string, extended: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra0 rb ${extended}:10 /:1` as const,
    assembly: 'rs,ra0,rb',
    meaning: (op, { rs, ra0, rb }) => write(op, indexed(op, ra0, rb), op.gpr(rs)),
  });
const storeWithUpdateIndexed = (mnemonic: string, extended: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra rb ${extended}:10 /:1` as const,
    assembly: 'rs,ra,rb',
    invalidForm: updatesNothing,
    meaning: (op, { rs, ra, rb }) => {
      const address = indexed(op, ra, rb);
      write(op, address, op.gpr(rs));
      op.setGpr(ra, address);
    },
  });

/** Book I 3.3.3 to 3.3.6. */
export const fixedPointStores = [
  store('stb', 38, low(1)),
  storeWithUpdate('stbu', 39, low(1)),
  storeIndexed('stbx', 215, low(1)),
  storeWithUpdateIndexed('stbux', 247, low(1)),
  store('sth', 44, low(2)),
  storeWithUpdate('sthu', 45, low(2)),
  storeIndexed('sthx', 407, low(2)),
  storeWithUpdateIndexed('sthux', 439, low(2)),
  store('stw', 36, low(4)),
  storeWithUpdate('stwu', 37, low(4)),
  storeIndexed('stwx', 151, low(4)),
  storeWithUpdateIndexed('stwux', 183, low(4)),
  instruction({
    mnemonic: 'std',
    encoding: '62:6 rs ra0 ds 0:2',
    assembly: 'rs,ds(ra0)',
    meaning: (op, { rs, ra0, ds }) => op.store(displaced(op, ra0, ds), 8, op.gpr(rs)),
  }),
  instruction({
    mnemonic: 'stdu',
    encoding: '62:6 rs ra ds 1:2',
    assembly: 'rs,ds(ra)',
    invalidForm: updatesNothing,
    meaning: (op, { rs, ra, ds }) => {
      const address = displaced(op, ra, ds);
      op.store(address, 8, op.gpr(rs));
      op.setGpr(ra, address);
    },
  }),
  storeIndexed('stdx', 149, low(8)),
  storeWithUpdateIndexed('stdux', 181, low(8)),
  storeIndexed('sthbrx', 918, reversed(2)),
  storeIndexed('stwbrx', 662, reversed(4)),
  storeIndexed('stdbrx', 660, reversed(8)),
  instruction({
    mnemonic: 'stmw',
    encoding: '47:6 first ra0 d',
    assembly: 'first,d(ra0)',
    meaning: (op, { first, ra0, d }) => {
      const address = displaced(op, ra0, d);
      // Not supported in little-endian mode (Book I 3.3.6).
      op.alignmentInterrupt(hasAny(op, op.special('msr'), MSR.LE), address, 'store');
      const registers = op.subtract(op.constant(32), op.operand(first));
      // As a whole, so that a fault leaves no half of it behind.
      op.probe(address, op.shiftLeft(registers, op.constant(2)), 'store');
      op.repeat(registers, (i) =>
        op.store(op.add(address, op.shiftLeft(i, op.constant(2))), 4, op.gprNumbered(op.add(op.operand(first), i))),
      );
    },
  }),
];

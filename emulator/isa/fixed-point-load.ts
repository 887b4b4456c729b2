import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { byteReverse, displaced, hasAny, indexed } from './idioms';
import { instruction } from './instruction';
import { loadsItsBase, updatesWhatItLoads } from './invalid-forms';
import { MSR } from './machine-state-register';

/** Reads what an instruction loads, extended to a doubleword. */
type Read = <S extends Sorts>(op: Operations<S>, address: S['value']) => S['value'];

const byte: Read = (op, address) => op.load(address, 1);
const halfword: Read = (op, address) => op.load(address, 2);
const halfwordAlgebraic: Read = (op, address) => op.signExtend(op.load(address, 2), 16);
const word: Read = (op, address) => op.load(address, 4);
const wordAlgebraic: Read = (op, address) => op.signExtend(op.load(address, 4), 32);
const doubleword: Read = (op, address) => op.load(address, 8);
const reversed =
  (bytes: 2 | 4 | 8): Read =>
  (op, address) =>
    byteReverse(op, op.load(address, bytes), bytes);

const load = (mnemonic: string, opcode: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 rt ra0 d` as const,
    assembly: 'rt,d(ra0)',
    meaning: (op, { rt, ra0, d }) => op.setGpr(rt, read(op, displaced(op, ra0, d))),
  });
const loadWithUpdate = (mnemonic: string, opcode: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 rt ra d` as const,
    assembly: 'rt,d(ra)',
    invalidForm: updatesWhatItLoads,
    meaning: (op, { rt, ra, d }) => {
      const address = displaced(op, ra, d);
      op.setGpr(rt, read(op, address));
      op.setGpr(ra, address);
    },
  });
/** DS-form: the last two bits are part of the opcode. */
const loadAligned = (mnemonic: string, extended: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `58:6 rt ra0 ds ${extended}:2` as const,
    assembly: 'rt,ds(ra0)',
    meaning: (op, { rt, ra0, ds }) => op.setGpr(rt, read(op, displaced(op, ra0, ds))),
  });
const loadIndexed = (mnemonic: string, extended: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'rt,ra0,rb',
    meaning: (op, { rt, ra0, rb }) => op.setGpr(rt, read(op, indexed(op, ra0, rb))),
  });
const loadWithUpdateIndexed = (mnemonic: string, extended: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra rb ${extended}:10 /:1` as const,
    assembly: 'rt,ra,rb',
    invalidForm: updatesWhatItLoads,
    meaning: (op, { rt, ra, rb }) => {
      const address = indexed(op, ra, rb);
      op.setGpr(rt, read(op, address));
      op.setGpr(ra, address);
    },
  });

/** Book I 3.3.2, 3.3.4 and 3.3.5. */
export const fixedPointLoads = [
  load('lbz', 34, byte),
  loadWithUpdate('lbzu', 35, byte),
  loadIndexed('lbzx', 87, byte),
  loadWithUpdateIndexed('lbzux', 119, byte),
  load('lhz', 40, halfword),
  loadWithUpdate('lhzu', 41, halfword),
  loadIndexed('lhzx', 279, halfword),
  loadWithUpdateIndexed('lhzux', 311, halfword),
  load('lha', 42, halfwordAlgebraic),
  loadWithUpdate('lhau', 43, halfwordAlgebraic),
  loadIndexed('lhax', 343, halfwordAlgebraic),
  loadWithUpdateIndexed('lhaux', 375, halfwordAlgebraic),
  load('lwz', 32, word),
  loadWithUpdate('lwzu', 33, word),
  loadIndexed('lwzx', 23, word),
  loadWithUpdateIndexed('lwzux', 55, word),
  loadAligned('lwa', 2, wordAlgebraic),
  loadIndexed('lwax', 341, wordAlgebraic),
  loadWithUpdateIndexed('lwaux', 373, wordAlgebraic),
  loadAligned('ld', 0, doubleword),
  instruction({
    mnemonic: 'ldu',
    encoding: '58:6 rt ra ds 1:2',
    assembly: 'rt,ds(ra)',
    invalidForm: updatesWhatItLoads,
    meaning: (op, { rt, ra, ds }) => {
      const address = displaced(op, ra, ds);
      op.setGpr(rt, op.load(address, 8));
      op.setGpr(ra, address);
    },
  }),
  loadIndexed('ldx', 21, doubleword),
  loadWithUpdateIndexed('ldux', 53, doubleword),
  loadIndexed('lhbrx', 790, reversed(2)),
  loadIndexed('lwbrx', 534, reversed(4)),
  loadIndexed('ldbrx', 532, reversed(8)),
  instruction({
    mnemonic: 'lmw',
    encoding: '46:6 first ra0 d',
    assembly: 'first,d(ra0)',
    invalidForm: loadsItsBase,
    meaning: (op, { first, ra0, d }) => {
      const address = displaced(op, ra0, d);
      // Not supported in little-endian mode (Book I 3.3.6).
      op.alignmentInterrupt(hasAny(op, op.special('msr'), MSR.LE), address, 'load');
      const registers = op.subtract(op.constant(32), op.operand(first));
      // As a whole, so that a fault leaves no half of it behind.
      op.probe(address, op.shiftLeft(registers, op.constant(2)), 'load');
      op.repeat(registers, (i) =>
        op.setGprNumbered(op.add(op.operand(first), i), op.load(op.add(address, op.shiftLeft(i, op.constant(2))), 4)),
      );
    },
  }),
];

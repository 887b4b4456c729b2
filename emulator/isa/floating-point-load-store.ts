import { narrow, widen } from '../floating-point/convert';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { displaced, indexed } from './idioms';
import { fpr, setFpr } from './floating-point-status';
import { instruction } from './instruction';
import { updatesNothing } from './invalid-forms';

type Read = <S extends Sorts>(op: Operations<S>, address: S['value']) => S['value'];
type Write = <S extends Sorts>(op: Operations<S>, address: S['value'], value: S['value']) => void;

const PAIR = 16;

export const single: Read = (op, address) => op.floatingPoint(widen, [op.load(address, 4)], op.constant(0)).result;
export const doubleword: Read = (op, address) => op.load(address, 8);
export const word: Read = (op, address) => op.load(address, 4);
export const wordAlgebraic: Read = (op, address) => op.signExtend(op.load(address, 4), 32);
export const storeSingle: Write = (op, address, value) =>
  op.store(address, 4, op.floatingPoint(narrow, [value], op.constant(0)).result);
export const storeDoubleword: Write = (op, address, value) => op.store(address, 8, value);
export const storeWord: Write = (op, address, value) => op.store(address, 4, value);

const load = (mnemonic: string, opcode: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frt ra0 d` as const,
    assembly: 'frt,d(ra0)',
    meaning: (op, { frt, ra0, d }) => {
      op.requireFacility('fp');
      setFpr(op, frt, read(op, displaced(op, ra0, d)));
    },
  });
const loadWithUpdate = (mnemonic: string, opcode: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frt ra d` as const,
    assembly: 'frt,d(ra)',
    invalidForm: updatesNothing,
    meaning: (op, { frt, ra, d }) => {
      op.requireFacility('fp');
      const address = displaced(op, ra, d);
      setFpr(op, frt, read(op, address));
      op.setGpr(ra, address);
    },
  });
const loadIndexed = (mnemonic: string, extended: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `31:6 frt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'frt,ra0,rb',
    meaning: (op, { frt, ra0, rb }) => {
      op.requireFacility('fp');
      setFpr(op, frt, read(op, indexed(op, ra0, rb)));
    },
  });
const loadWithUpdateIndexed = (mnemonic: string, extended: number, read: Read) =>
  instruction({
    mnemonic,
    encoding: `31:6 frt ra rb ${extended}:10 /:1` as const,
    assembly: 'frt,ra,rb',
    invalidForm: updatesNothing,
    meaning: (op, { frt, ra, rb }) => {
      op.requireFacility('fp');
      const address = indexed(op, ra, rb);
      setFpr(op, frt, read(op, address));
      op.setGpr(ra, address);
    },
  });

const store = (mnemonic: string, opcode: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frs ra0 d` as const,
    assembly: 'frs,d(ra0)',
    meaning: (op, { frs, ra0, d }) => {
      op.requireFacility('fp');
      write(op, displaced(op, ra0, d), fpr(op, frs));
    },
  });
const storeWithUpdate = (mnemonic: string, opcode: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `${opcode}:6 frs ra d` as const,
    assembly: 'frs,d(ra)',
    invalidForm: updatesNothing,
    meaning: (op, { frs, ra, d }) => {
      op.requireFacility('fp');
      const address = displaced(op, ra, d);
      write(op, address, fpr(op, frs));
      op.setGpr(ra, address);
    },
  });
const storeIndexed = (mnemonic: string, extended: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `31:6 frs ra0 rb ${extended}:10 /:1` as const,
    assembly: 'frs,ra0,rb',
    meaning: (op, { frs, ra0, rb }) => {
      op.requireFacility('fp');
      write(op, indexed(op, ra0, rb), fpr(op, frs));
    },
  });
const storeWithUpdateIndexed = (mnemonic: string, extended: number, write: Write) =>
  instruction({
    mnemonic,
    encoding: `31:6 frs ra rb ${extended}:10 /:1` as const,
    assembly: 'frs,ra,rb',
    invalidForm: updatesNothing,
    meaning: (op, { frs, ra, rb }) => {
      op.requireFacility('fp');
      const address = indexed(op, ra, rb);
      write(op, address, fpr(op, frs));
      op.setGpr(ra, address);
    },
  });

/** The second register of a pair is the odd one; with an odd number the form is invalid, and the pair the same. */
function loadPair<S extends Sorts>(op: Operations<S>, first: S['value'], address: S['value']): void {
  const even = op.and(first, op.constant(30));
  op.requireFacility('fp');
  op.probe(address, op.constant(PAIR), 'load');
  op.setFprNumbered(even, op.load(address, 8));
  op.setFprNumbered(op.or(even, op.constant(1)), op.load(op.add(address, op.constant(8)), 8));
}
function storePair<S extends Sorts>(op: Operations<S>, first: S['value'], address: S['value']): void {
  const even = op.and(first, op.constant(30));
  op.requireFacility('fp');
  op.probe(address, op.constant(PAIR), 'store');
  op.store(address, 8, op.fprNumbered(even));
  op.store(op.add(address, op.constant(8)), 8, op.fprNumbered(op.or(even, op.constant(1))));
}

/** Book I 4.6.2 to 4.6.4. */
export const floatingPointLoadsAndStores = [
  load('lfs', 48, single),
  loadWithUpdate('lfsu', 49, single),
  loadIndexed('lfsx', 535, single),
  loadWithUpdateIndexed('lfsux', 567, single),
  load('lfd', 50, doubleword),
  loadWithUpdate('lfdu', 51, doubleword),
  loadIndexed('lfdx', 599, doubleword),
  loadWithUpdateIndexed('lfdux', 631, doubleword),
  loadIndexed('lfiwax', 855, wordAlgebraic),
  loadIndexed('lfiwzx', 887, word),
  store('stfs', 52, storeSingle),
  storeWithUpdate('stfsu', 53, storeSingle),
  storeIndexed('stfsx', 663, storeSingle),
  storeWithUpdateIndexed('stfsux', 695, storeSingle),
  store('stfd', 54, storeDoubleword),
  storeWithUpdate('stfdu', 55, storeDoubleword),
  storeIndexed('stfdx', 727, storeDoubleword),
  storeWithUpdateIndexed('stfdux', 759, storeDoubleword),
  storeIndexed('stfiwx', 983, storeWord),
  instruction({
    mnemonic: 'lfdp',
    encoding: '57:6 frtp /:1 ra0 ds 0:2',
    assembly: 'frtp,ds(ra0)',
    meaning: (op, { frtp, ra0, ds }) => loadPair(op, op.operand(frtp), displaced(op, ra0, ds)),
  }),
  instruction({
    mnemonic: 'lfdpx',
    encoding: '31:6 frtp /:1 ra0 rb 791:10 /:1',
    assembly: 'frtp,ra0,rb',
    meaning: (op, { frtp, ra0, rb }) => loadPair(op, op.operand(frtp), indexed(op, ra0, rb)),
  }),
  instruction({
    mnemonic: 'stfdp',
    encoding: '61:6 frtp /:1 ra0 ds 0:2',
    assembly: 'frtp,ds(ra0)',
    meaning: (op, { frtp, ra0, ds }) => storePair(op, op.operand(frtp), displaced(op, ra0, ds)),
  }),
  instruction({
    mnemonic: 'stfdpx',
    encoding: '31:6 frtp /:1 ra0 rb 919:10 /:1',
    assembly: 'frtp,ra0,rb',
    meaning: (op, { frtp, ra0, rb }) => storePair(op, op.operand(frtp), indexed(op, ra0, rb)),
  }),
];

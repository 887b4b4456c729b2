import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import {
  doubleword,
  single,
  storeDoubleword,
  storeSingle,
  storeWord,
  word,
  wordAlgebraic,
} from './floating-point-load-store';
import { indexed, low32 } from './idioms';
import { instruction } from './instruction';
import { joinWords, type FormOptions } from './vsx';

type Halves<S extends Sorts> = readonly [S['value'], S['value']];
type Read = <S extends Sorts>(op: Operations<S>, address: S['value']) => Halves<S>;
type Write = <S extends Sorts>(op: Operations<S>, address: S['value'], value: Halves<S>) => void;

const VECTOR = 16;
const since = { since: '2.07' } as const;

const load = (mnemonic: string, extended: number, read: Read, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `31:6 xt ra0 rb ${extended}:10 xt^` as const,
    assembly: 'xt,ra0,rb',
    ...options,
    meaning: (op, { xt, ra0, rb }) => {
      op.requireFacility('vsx');
      op.setVsr(xt, ...read(op, indexed(op, ra0, rb)));
    },
  });
const store = (mnemonic: string, extended: number, write: Write, options: FormOptions = {}) =>
  instruction({
    mnemonic,
    encoding: `31:6 xs ra0 rb ${extended}:10 xs^` as const,
    assembly: 'xs,ra0,rb',
    ...options,
    meaning: (op, { xs, ra0, rb }) => {
      op.requireFacility('vsx');
      write(op, indexed(op, ra0, rb), [op.vsr(xs, 0), op.vsr(xs, 1)]);
    },
  });

type ReadOne = <S extends Sorts>(op: Operations<S>, address: S['value']) => S['value'];
type WriteOne = <S extends Sorts>(op: Operations<S>, address: S['value'], value: S['value']) => void;
/** The second doubleword becomes undefined: zero. */
const scalarLoad =
  (read: ReadOne): Read =>
  (op, address) => [read(op, address), op.constant(0)];
const scalarStore =
  (write: WriteOne): Write =>
  (op, address, [first]) =>
    write(op, address, first);

const after = <S extends Sorts>(op: Operations<S>, address: S['value'], bytes: number): S['value'] =>
  op.add(address, op.constant(bytes));

/** Book I 7.6: elements keep their order in storage in either byte order, and each has its own bytes in it. */
export const vsxStorage = [
  load('lxsdx', 588, scalarLoad(doubleword)),
  load('lxsspx', 524, scalarLoad(single), since),
  load('lxsiwax', 76, scalarLoad(wordAlgebraic), since),
  load('lxsiwzx', 12, scalarLoad(word), since),
  load('lxvd2x', 844, (op, address) => [op.load(address, 8), op.load(after(op, address, 8), 8)]),
  load('lxvdsx', 332, (op, address) => {
    const value = op.load(address, 8);
    return [value, value];
  }),
  load('lxvw4x', 780, (op, address) => {
    const at = (bytes: number) => op.load(after(op, address, bytes), 4);
    return [joinWords(op, at(0), at(4)), joinWords(op, at(8), at(12))];
  }),
  store('stxsdx', 716, scalarStore(storeDoubleword)),
  store('stxsspx', 652, scalarStore(storeSingle), since),
  store('stxsiwx', 140, scalarStore(storeWord), since),
  store('stxvd2x', 972, (op, address, halves) => {
    // As a whole, so that a fault leaves no half of it behind.
    op.probe(address, op.constant(VECTOR), 'store');
    halves.forEach((value, i) => op.store(after(op, address, i * 8), 8, value));
  }),
  store('stxvw4x', 908, (op, address, halves) => {
    op.probe(address, op.constant(VECTOR), 'store');
    halves
      .flatMap((value) => [op.shiftRight(value, op.constant(32)), low32(op, value)])
      .forEach((value, i) => op.store(after(op, address, i * 4), 4, value));
  }),
];

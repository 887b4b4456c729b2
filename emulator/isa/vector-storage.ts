import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, indexed, isZero } from './idioms';
import { instruction } from './instruction';
import { MSR } from './machine-state-register';
import { countOf, elementsOf, quadwordOf, ub, uh, uw } from './vector';

const QUADWORD = 16;
type ShortElement = typeof ub | typeof uh | typeof uw;

const isLittleEndian = <S extends Sorts>(op: Operations<S>) => hasAny(op, op.special('msr'), MSR.LE);
/** The last bits of an effective address are ignored: no vector access is ever misaligned (Book I 6.7). */
const aligned = <S extends Sorts>(op: Operations<S>, address: S['value'], bytes: number): S['value'] =>
  op.and(address, op.constant(-bytes));
/** Where an element lies that memory has at `address`: the first byte of memory is the last of a little-endian vector. */
function placeOf<S extends Sorts>(op: Operations<S>, address: S['value'], type: ShortElement): S['value'] {
  const bytes = type.bits / 8;
  const fromFirst = op.and(address, op.constant(QUADWORD - bytes));
  return op.select(isLittleEndian(op), op.subtract(op.constant(QUADWORD - bytes), fromFirst), fromFirst);
}

/** The two doublewords of an aligned quadword, of which a little-endian vector has the second one first. */
const loadQuadword = (mnemonic: string, extended: number) =>
  instruction({
    mnemonic,
    encoding: `31:6 vrt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'vrt,ra0,rb',
    meaning: (op, { vrt, ra0, rb }) => {
      op.requireFacility('vector');
      const address = aligned(op, indexed(op, ra0, rb), QUADWORD);
      const first = op.load(address, 8);
      const second = op.load(op.add(address, op.constant(8)), 8);
      const swapped = isLittleEndian(op);
      op.setVr(vrt, op.vectorOf(64, [op.select(swapped, second, first), op.select(swapped, first, second)]));
    },
  });
const storeQuadword = (mnemonic: string, extended: number) =>
  instruction({
    mnemonic,
    encoding: `31:6 vrs ra0 rb ${extended}:10 /:1` as const,
    assembly: 'vrs,ra0,rb',
    meaning: (op, { vrs, ra0, rb }) => {
      op.requireFacility('vector');
      const address = aligned(op, indexed(op, ra0, rb), QUADWORD);
      op.probe(address, op.constant(QUADWORD), 'store');
      const { high, low } = quadwordOf(op, op.vr(vrs));
      const swapped = isLittleEndian(op);
      op.store(address, 8, op.select(swapped, low, high));
      op.store(op.add(address, op.constant(8)), 8, op.select(swapped, high, low));
    },
  });

/** What a load leaves in the other elements is undefined; ours keeps them. */
const loadElement = (mnemonic: string, extended: number, type: ShortElement) =>
  instruction({
    mnemonic,
    encoding: `31:6 vrt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'vrt,ra0,rb',
    meaning: (op, { vrt, ra0, rb }) => {
      op.requireFacility('vector');
      const bytes = type.bits / 8;
      const address = aligned(op, indexed(op, ra0, rb), bytes);
      const loaded = op.load(address, bytes as 1 | 2 | 4);
      const place = placeOf(op, address, type);
      const isThere = (index: number) => isZero(op, op.xor(place, op.constant(index * bytes)));
      const elements = elementsOf(op, op.vr(vrt), type);
      op.setVr(
        vrt,
        op.vectorOf(
          type.bits,
          elements.map((old, i) => op.select(isThere(i), loaded, old)),
        ),
      );
    },
  });
const storeElement = (mnemonic: string, extended: number, type: ShortElement) =>
  instruction({
    mnemonic,
    encoding: `31:6 vrs ra0 rb ${extended}:10 /:1` as const,
    assembly: 'vrs,ra0,rb',
    meaning: (op, { vrs, ra0, rb }) => {
      op.requireFacility('vector');
      const bytes = type.bits / 8;
      const address = aligned(op, indexed(op, ra0, rb), bytes);
      const { high, low } = quadwordOf(op, op.vr(vrs));
      const place = placeOf(op, address, type);
      const half = op.select(hasAny(op, place, 8), low, high);
      const fromRight = op.subtract(op.constant(8 - bytes), op.and(place, op.constant(7)));
      op.store(address, bytes as 1 | 2 | 4, op.shiftRight(half, op.shiftLeft(fromRight, op.constant(3))));
    },
  });

/** Sixteen of the numbers 0 to 31 that follow each other: what vperm needs to shift by the address's last four bits. */
const loadForShift = (
  mnemonic: string,
  extended: number,
  start: <S extends Sorts>(op: Operations<S>, offset: S['value']) => S['value'],
) =>
  instruction({
    mnemonic,
    encoding: `31:6 vrt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'vrt,ra0,rb',
    meaning: (op, { vrt, ra0, rb }) => {
      op.requireFacility('vector');
      const first = start(op, op.and(indexed(op, ra0, rb), op.constant(QUADWORD - 1)));
      op.setVr(
        vrt,
        op.vectorOf(
          8,
          Array.from({ length: countOf(ub) }, (_, i) => op.add(first, op.constant(i))),
        ),
      );
    },
  });

const hint = (mnemonic: string, transient: 0 | 1, extended: 342 | 374) =>
  instruction({
    mnemonic,
    encoding: `31:6 ${transient}:1 /:2 strm ra rb ${extended}:10 /:1` as const,
    assembly: 'ra,rb,strm',
    meaning: () => undefined,
  });

/** Book I 6.7 and 6.8.1: loads, stores, and the numbers to align with. */
export const vectorStorage = [
  loadElement('lvebx', 7, ub),
  loadElement('lvehx', 39, uh),
  loadElement('lvewx', 71, uw),
  loadQuadword('lvx', 103),
  loadQuadword('lvxl', 359),
  storeElement('stvebx', 135, ub),
  storeElement('stvehx', 167, uh),
  storeElement('stvewx', 199, uw),
  storeQuadword('stvx', 231),
  storeQuadword('stvxl', 487),
  loadForShift('lvsl', 6, (_op, offset) => offset),
  loadForShift('lvsr', 38, (op, offset) => op.subtract(op.constant(QUADWORD), offset)),
];

/** Data streams, phased out: hints that these processors do not take. They need no facility. */
export const dataStreams = [
  hint('dst', 0, 342),
  hint('dstt', 1, 342),
  hint('dstst', 0, 374),
  hint('dststt', 1, 374),
  instruction({
    mnemonic: 'dss',
    encoding: '31:6 0:1 /:2 strm /:5 /:5 822:10 /:1',
    assembly: 'strm',
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'dssall',
    encoding: '31:6 1:1 /:2 /:2 /:5 /:5 822:10 /:1',
    assembly: '',
    meaning: () => undefined,
  }),
];

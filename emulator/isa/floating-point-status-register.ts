import { EXCEPTIONS, FPSCR } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { fpr, interruptIf, setCr1, setFieldFrom, setFpr, withExceptions, withSummaries } from './floating-point-status';
import { hasAny, invert, merge } from './idioms';
import { instruction } from './instruction';

/** DRN, the rounding of decimal floating point, is all that the first word has; bit 52 is reserved (Book I 4.2.2). */
const IMPLEMENTED = 0x0000_0007_ffff_f7ffn;
/** What no instruction sets or clears by itself. */
const SUMMARIES = BigInt(FPSCR.FEX | FPSCR.VX);

/** What moves to the FPSCR end with. An exception and its enable that come together are an enabled exception. */
function setFpscr<S extends Sorts>(op: Operations<S>, fpscr: S['value'], rc: number): void {
  op.setSpecial('fpscr', fpscr);
  if (rc) setCr1(op, fpscr);
  interruptIf(op, hasAny(op, fpscr, FPSCR.FEX));
}

/** The FPSCR with the bits under `mask` replaced; FX and OX become what is written, without the rule for FX. */
function replaced<S extends Sorts>(op: Operations<S>, value: S['value'], mask: S['value']): S['value'] {
  const writable = op.and(mask, op.constant(IMPLEMENTED & ~SUMMARIES));
  return withSummaries(op, merge(op, op.special('fpscr'), value, writable));
}

/** A nibble of ones for each bit of FLM, in one word. */
function maskOfFields<S extends Sorts>(op: Operations<S>, flm: S['value']): S['value'] {
  const nibbles = Array.from({ length: 8 }, (_, bit) =>
    op.shiftLeft(op.and(op.shiftRight(flm, op.constant(bit)), op.constant(1)), op.constant(bit * 4)),
  );
  return op.multiply(
    nibbles.reduce((all, one) => op.or(all, one)),
    op.constant(15),
  );
}

/** A bit by its number, 0 to 31 in the second word; neither summary has a mask. */
const bitNumbered = <S extends Sorts>(op: Operations<S>, number: S['value']): S['value'] =>
  op.and(op.shiftRight(op.constant(0x8000_0000), number), op.constant(IMPLEMENTED & ~SUMMARIES));

/** Book I 4.6.10. */
export const floatingPointStatusRegister = [
  instruction({
    mnemonic: 'mffs',
    encoding: '63:6 frt /:5 /:5 583:10 rc',
    assembly: 'frt',
    meaning: (op, { frt, rc }) => {
      op.requireFacility('fp');
      setFpr(op, frt, op.special('fpscr'));
      if (rc) setCr1(op, op.special('fpscr'));
    },
  }),
  instruction({
    mnemonic: 'mcrfs',
    encoding: '63:6 bf /:2 fpfa /:2 /:5 64:10 /:1',
    assembly: 'bf,fpfa',
    meaning: (op, { bf, fpfa }) => {
      op.requireFacility('fp');
      const shift = 28 - fpfa * 4;
      const before = op.special('fpscr');
      // Exception bits that have been read are cleared; all else stays.
      const cleared = op.constant(BigInt((EXCEPTIONS | FPSCR.FX) >>> 0) & (15n << BigInt(shift)));
      setFieldFrom(op, bf, op.and(op.shiftRight(before, op.constant(shift)), op.constant(15)));
      op.setSpecial('fpscr', withSummaries(op, op.and(before, invert(op, cleared))));
    },
  }),
  instruction({
    mnemonic: 'mtfsfi',
    encoding: '63:6 fpf /:2 /:4 w u /:1 134:10 rc',
    assembly: 'fpf,u,w?',
    meaning: (op, { fpf, w, u, rc }) => {
      op.requireFacility('fp');
      const shift = op.constant(28 - fpf * 4 + 32 * w);
      setFpscr(op, replaced(op, op.shiftLeft(op.operand(u), shift), op.shiftLeft(op.constant(15), shift)), rc);
    },
  }),
  instruction({
    mnemonic: 'mtfsf',
    encoding: '63:6 l flm w frb 711:10 rc',
    assembly: 'flm,frb,l?,w?',
    meaning: (op, { flm, frb, l, w, rc }) => {
      op.requireFacility('fp');
      const fields = op.shiftLeft(maskOfFields(op, op.operand(flm)), op.constant(32 * w));
      setFpscr(op, replaced(op, fpr(op, frb), l ? op.constant(-1) : fields), rc);
    },
  }),
  instruction({
    mnemonic: 'mtfsb0',
    encoding: '63:6 fpb /:5 /:5 70:10 rc',
    assembly: 'fpb',
    meaning: (op, { fpb, rc }) => {
      op.requireFacility('fp');
      const bit = bitNumbered(op, op.operand(fpb));
      setFpscr(op, withSummaries(op, op.and(op.special('fpscr'), invert(op, bit))), rc);
    },
  }),
  instruction({
    mnemonic: 'mtfsb1',
    encoding: '63:6 fpb /:5 /:5 38:10 rc',
    assembly: 'fpb',
    meaning: (op, { fpb, rc }) => {
      op.requireFacility('fp');
      setFpscr(op, withExceptions(op, op.special('fpscr'), bitNumbered(op, op.operand(fpb))), rc);
    },
  }),
];

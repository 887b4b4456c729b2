import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, isZero } from './idioms';
import { instruction } from './instruction';

/** Parts of the words that slbmte takes in RB and RS (Book III-S 5.9.3.1). */
const RB = {
  esid: 0xffff_ffff_f000_0000n,
  esidOf1T: 0xffff_ff00_0000_0000n,
  valid: 0x0800_0000n,
  reserved: 0x07ff_f000n,
  index: 0xfffn,
} as const;
const RS = {
  segmentSize: 0xc000_0000_0000_0000n,
  reservedSegmentSize: 0x8000_0000_0000_0000n,
  oneTerabyte: 0x4000_0000_0000_0000n,
  /** L and LP: the base page size. */
  l: 0x100n,
  lp: 0x30n,
  kept: 0xffff_ffff_ffff_ffb0n,
} as const;
/** B of slbie's RB, moved to where an entry has it. */
const SLBIE_B_SHIFT = 37;
const ENTRIES = 32;

/** An index beyond the last entry is boundedly undefined; ours is an illegal instruction. */
function entryIndex<S extends Sorts>(op: Operations<S>, rb: S['value']): S['value'] {
  const index = op.and(rb, op.constant(RB.index));
  op.illegal(op.not(op.lessUnsigned(index, op.constant(ENTRIES))));
  return index;
}

interface Entry<S extends Sorts> {
  readonly esid: S['value'];
  readonly vsid: S['value'];
}
/** A valid entry whose segment holds this effective address. */
function translates<S extends Sorts>(op: Operations<S>, { esid, vsid }: Entry<S>, address: S['value']): S['condition'] {
  const mask = op.select(hasAny(op, vsid, RS.oneTerabyte), op.constant(RB.esidOf1T), op.constant(RB.esid));
  const sameSegment = isZero(op, op.and(op.xor(esid, address), mask));
  return op.both(hasAny(op, esid, RB.valid), sameSegment);
}
const invalidated = <S extends Sorts>(op: Operations<S>, esid: S['value']): S['value'] =>
  op.and(esid, op.constant(~RB.valid));

/** Book III-S 5.9.3.1. */
export const segmentLookaside = [
  instruction({
    mnemonic: 'slbmte',
    encoding: '31:6 rs /:5 rb 402:10 /:1',
    assembly: 'rs,rb',
    meaning: (op, { rs, rb }) => {
      op.requirePrivilege('privileged');
      const first = op.gpr(rb);
      const second = op.gpr(rs);
      const index = entryIndex(op, first);
      op.illegal(hasAny(op, first, RB.reserved));
      op.illegal(hasAny(op, second, RS.reservedSegmentSize));
      // Base page sizes are 000, 100, 101 and 110.
      const lp = op.and(second, op.constant(RS.lp));
      const noSuchPageSize = op.select(
        hasAny(op, second, RS.l),
        op.subtract(lp, op.constant(RS.lp)),
        op.subtract(op.constant(0), op.select(isZero(op, lp), op.constant(1), op.constant(0))),
      );
      op.illegal(isZero(op, noSuchPageSize));
      op.setSlbEntry(index, op.and(first, op.constant(RB.esid | RB.valid)), op.and(second, op.constant(RS.kept)));
      op.translationChanged();
    },
  }),
  instruction({
    mnemonic: 'slbie',
    encoding: '31:6 /:5 /:5 rb 434:10 /:1',
    assembly: 'rb',
    meaning: (op, { rb }) => {
      op.requirePrivilege('privileged');
      const operand = op.gpr(rb);
      const size = op.and(op.shiftLeft(operand, op.constant(SLBIE_B_SHIFT)), op.constant(RS.segmentSize));
      op.repeat(op.constant(ENTRIES), (index) => {
        const entry = op.slbEntry(index);
        const sameSize = isZero(op, op.and(op.xor(entry.vsid, size), op.constant(RS.segmentSize)));
        const chosen = op.both(translates(op, entry, operand), sameSize);
        op.setSlbEntry(index, op.select(chosen, invalidated(op, entry.esid), entry.esid), entry.vsid);
      });
      op.translationChanged();
    },
  }),
  instruction({
    mnemonic: 'slbia',
    // IH is a hint about what else may be kept.
    encoding: '31:6 /:2 ih /:5 /:5 498:10 /:1',
    assembly: 'ih',
    aliases: [{ mnemonic: 'slbia', assembly: '', when: { ih: 0 } }],
    meaning: (op) => {
      op.requirePrivilege('privileged');
      op.repeat(op.constant(ENTRIES - 1), (i) => {
        const index = op.add(i, op.constant(1));
        const { esid, vsid } = op.slbEntry(index);
        op.setSlbEntry(index, invalidated(op, esid), vsid);
      });
      op.translationChanged();
    },
  }),
  instruction({
    mnemonic: 'slbmfee',
    encoding: '31:6 rt /:5 rb 915:10 /:1',
    assembly: 'rt,rb',
    meaning: (op, { rt, rb }) => {
      op.requirePrivilege('privileged');
      const index = entryIndex(op, op.gpr(rb));
      op.setGpr(rt, op.slbEntry(index).esid);
    },
  }),
  instruction({
    mnemonic: 'slbmfev',
    encoding: '31:6 rt /:5 rb 851:10 /:1',
    assembly: 'rt,rb',
    meaning: (op, { rt, rb }) => {
      op.requirePrivilege('privileged');
      const index = entryIndex(op, op.gpr(rb));
      op.setGpr(rt, op.slbEntry(index).vsid);
    },
  }),
  instruction({
    mnemonic: 'slbfee.',
    encoding: '31:6 rt /:5 rb 979:10 1:1',
    assembly: 'rt,rb',
    meaning: (op, { rt, rb }) => {
      op.requirePrivilege('privileged');
      const address = op.gpr(rb);
      let found = op.constant(0);
      let matches = op.constant(0);
      for (let index = 0; index < ENTRIES; index++) {
        const entry = op.slbEntry(op.constant(index));
        const match = translates(op, entry, address);
        found = op.select(match, entry.vsid, found);
        matches = op.select(match, op.constant(1), matches);
      }
      const hit = op.not(isZero(op, matches));
      const never = op.equal(op.constant(0), op.constant(1));
      op.setGpr(rt, found);
      op.setCrField('cr0', [never, never, hit, op.flag('so')]);
    },
  }),
];

import type { Operand } from '../operations/operand';
import type { Operations } from '../operations/instruction-operations';
import type { Sorts } from '../operations/arithmetic';
import type { Alias } from './assembly';
import { instruction } from './instruction';

interface CrLogical {
  readonly mnemonic: string;
  readonly extended: number;
  readonly combine: <S extends Sorts>(op: Operations<S>, a: S['condition'], b: S['condition']) => S['condition'];
  /** The extended mnemonic for ba = bb, and, where `wholly`, for bt = ba = bb. */
  readonly alias?: { readonly mnemonic: string; readonly wholly: boolean };
}

const exclusive = <S extends Sorts>(op: Operations<S>, a: S['condition'], b: S['condition']) =>
  op.either(op.both(a, op.not(b)), op.both(op.not(a), b));

const crLogicals: readonly CrLogical[] = [
  { mnemonic: 'crand', extended: 257, combine: (op, a, b) => op.both(a, b) },
  { mnemonic: 'crandc', extended: 129, combine: (op, a, b) => op.both(a, op.not(b)) },
  {
    mnemonic: 'creqv',
    extended: 289,
    combine: (op, a, b) => op.not(exclusive(op, a, b)),
    alias: { mnemonic: 'crset', wholly: true },
  },
  { mnemonic: 'crnand', extended: 225, combine: (op, a, b) => op.not(op.both(a, b)) },
  {
    mnemonic: 'crnor',
    extended: 33,
    combine: (op, a, b) => op.not(op.either(a, b)),
    alias: { mnemonic: 'crnot', wholly: false },
  },
  {
    mnemonic: 'cror',
    extended: 449,
    combine: (op, a, b) => op.either(a, b),
    alias: { mnemonic: 'crmove', wholly: false },
  },
  { mnemonic: 'crorc', extended: 417, combine: (op, a, b) => op.either(a, op.not(b)) },
  { mnemonic: 'crxor', extended: 193, combine: exclusive, alias: { mnemonic: 'crclr', wholly: true } },
];

interface CrLogicalValues {
  readonly bt: number;
  readonly ba: number;
  readonly bb: number;
}
const aliasOf = ({ mnemonic, wholly }: NonNullable<CrLogical['alias']>): Alias<CrLogicalValues> => ({
  mnemonic,
  assembly: wholly ? 'bt' : 'bt,ba',
  when: ({ bt, ba, bb }) => ba === bb && (bt === ba || !wholly),
});

/** Copies a CR field. */
const move = <S extends Sorts>(op: Operations<S>, to: Operand<'crField'>, from: Operand<'crField'>): void => {
  const bits = op.crField(from);
  const bit = (mask: number) => op.not(op.equal(op.and(bits, op.constant(mask)), op.constant(0)));
  op.setCrField(to, [bit(8), bit(4), bit(2), bit(1)]);
};

/** A nibble of ones for each bit of FXM. */
function maskOfFields<S extends Sorts>(op: Operations<S>, fxm: Operand<'small'>): S['value'] {
  const spread = (value: S['value'], by: number, mask: number) =>
    op.and(op.or(value, op.shiftLeft(value, op.constant(by))), op.constant(mask));
  const bits = spread(spread(spread(op.operand(fxm), 12, 0x000f_000f), 6, 0x0303_0303), 3, 0x1111_1111);
  return op.multiply(bits, op.constant(15));
}

export const conditionRegister = [
  ...crLogicals.map(({ mnemonic, extended, combine, alias }) =>
    instruction({
      mnemonic,
      encoding: `19:6 bt ba bb ${extended}:10 /:1` as const,
      assembly: 'bt,ba,bb',
      aliases: alias ? [aliasOf(alias)] : [],
      meaning: (op, { bt, ba, bb }) => op.setCrBit(bt, combine(op, op.crBit(ba), op.crBit(bb))),
    }),
  ),
  instruction({
    mnemonic: 'mcrf',
    encoding: '19:6 bf /:2 bfa /:2 /:5 0:10 /:1',
    assembly: 'bf,bfa',
    meaning: (op, { bf, bfa }) => move(op, bf, bfa),
  }),
  instruction({
    mnemonic: 'mcrxr',
    encoding: '31:6 bf /:2 /:5 /:5 512:10 /:1',
    assembly: 'bf',
    meaning: (op, { bf }) => {
      const never = op.equal(op.constant(0), op.constant(1));
      op.setCrField(bf, [op.flag('so'), op.flag('ov'), op.flag('ca'), never]);
      op.setFlag('so', never);
      op.setFlag('ov', never);
      op.setFlag('ca', never);
    },
  }),
  instruction({
    mnemonic: 'mtcrf',
    encoding: '31:6 rs 0:1 fxm /:1 144:10 /:1',
    assembly: 'fxm,rs',
    aliases: [{ mnemonic: 'mtcr', assembly: 'rs', when: { fxm: 0xff } }],
    meaning: (op, { rs, fxm }) => op.setCr(op.gpr(rs), maskOfFields(op, fxm)),
  }),
  instruction({
    mnemonic: 'mtocrf',
    encoding: '31:6 rs 1:1 fxm /:1 144:10 /:1',
    assembly: 'fxm,rs',
    // With more than one bit in FXM the CR is undefined: as mtcrf.
    meaning: (op, { rs, fxm }) => op.setCr(op.gpr(rs), maskOfFields(op, fxm)),
  }),
  instruction({
    mnemonic: 'mfcr',
    encoding: '31:6 rt 0:1 /:9 19:10 /:1',
    assembly: 'rt',
    meaning: (op, { rt }) => op.setGpr(rt, op.cr()),
  }),
  instruction({
    mnemonic: 'mfocrf',
    encoding: '31:6 rt 1:1 fxm /:1 19:10 /:1',
    assembly: 'rt,fxm',
    // What the other fields read as is undefined: zero.
    meaning: (op, { rt, fxm }) => op.setGpr(rt, op.and(op.cr(), maskOfFields(op, fxm))),
  }),
];

import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import type { Alias } from './assembly';
import { demandFacility } from './facilities';
import { isZero, nextInstruction } from './idioms';
import { instruction } from './instruction';

/** Bits of BO (Book I 2.4). */
const IGNORE_CR = 16;
const ON_TRUE = 8;
const KEEP_CTR = 4;
const ON_CTR_ZERO = 2;

/** Decrements CTR where BO asks for it. Undefined: the branch is always taken. */
function branchCondition<S extends Sorts>(
  op: Operations<S>,
  bo: number,
  bi: Operand<'crBit'>,
): S['condition'] | undefined {
  const conditions: S['condition'][] = [];
  if (!(bo & KEEP_CTR)) {
    const count = op.subtract(op.special('ctr'), op.constant(1));
    op.setSpecial('ctr', count);
    const isDone = isZero(op, op.inMode(count, 'unsigned'));
    conditions.push(bo & ON_CTR_ZERO ? isDone : op.not(isDone));
  }
  if (!(bo & IGNORE_CR)) conditions.push(bo & ON_TRUE ? op.crBit(bi) : op.not(op.crBit(bi)));
  return conditions.length > 0 ? conditions.reduce((all, one) => op.both(all, one)) : undefined;
}

function setLink<S extends Sorts>(op: Operations<S>, lk: number): void {
  if (lk) op.setSpecial('lr', nextInstruction(op));
}
const instructionAligned = <S extends Sorts>(op: Operations<S>, address: S['value']) =>
  op.and(address, op.constant(-4));

interface BranchValues {
  readonly bo: number;
  readonly bi: number;
}
const crBitNames = {
  [ON_TRUE]: ['lt', 'gt', 'eq', 'so'],
  0: ['ge', 'le', 'ne', 'ns'],
} as const;
/** The hint 01 is reserved, and the last bit of a form without hints is ignored. */
const hints = [
  { bits: 0, hint: {} },
  { bits: 1, hint: {} },
  { bits: 2, hint: { hint: '-' } },
  { bits: 3, hint: { hint: '+' } },
] as const;
const ctrHints = [
  { bits: 0, hint: {} },
  { bits: 1, hint: {} },
  { bits: 8, hint: { hint: '-' } },
  { bits: 9, hint: { hint: '+' } },
] as const;
const ctrTests = [
  { bits: 0, name: 'dnz' },
  { bits: ON_CTR_ZERO, name: 'dz' },
] as const;

/** Where BO has no name, or BI says what nobody looks at: the plain form, with the hint that BO has nevertheless. */
const plainWithHint = <V extends BranchValues>(mnemonic: string, assembly: string): Alias<V>[] =>
  ([0, 1] as const).map((bit) => ({
    mnemonic,
    assembly,
    when: ({ bo }: V) => (bo & (IGNORE_CR | ON_TRUE | KEEP_CTR | 1)) === (IGNORE_CR | ON_TRUE | bit),
    hint: bit ? '+' : '-',
  }));

/** Extended mnemonics of the conditional branches; `to` is where they go: '', 'lr' or 'ctr'. */
function branchAliases<V extends BranchValues>(to: string, destination: string): Alias<V>[] {
  const onCondition = ([ON_TRUE, 0] as const).flatMap((sense) =>
    crBitNames[sense].flatMap((name, bit) =>
      hints.map(({ bits, hint }) => ({
        mnemonic: `b${name}${to}`,
        assembly: `bi.field?,${destination}`,
        when: ({ bo, bi }: V) => bo === (KEEP_CTR | sense | bits) && (bi & 3) === bit,
        ...hint,
      })),
    ),
  );
  const onCount = ctrTests.flatMap(({ bits: zero, name }) => [
    ...ctrHints.map(({ bits, hint }) => ({
      mnemonic: `b${name}${to}`,
      assembly: destination,
      when: ({ bo, bi }: V) => bo === (IGNORE_CR | zero | bits) && bi === 0,
      ...hint,
    })),
    ...([ON_TRUE, 0] as const).map((sense) => ({
      mnemonic: `b${name}${sense ? 't' : 'f'}${to}`,
      assembly: `bi,${destination}`,
      when: ({ bo }: V) => (bo & ~1) === (sense | zero),
    })),
  ]);
  const always: Alias<V> = {
    mnemonic: `b${to}`,
    assembly: destination,
    when: ({ bo, bi }: V) => bo === 20 && bi === 0,
  };
  return [...(to === '' ? [] : [always]), ...onCondition, ...(to === 'ctr' ? [] : onCount)];
}
/** Those of a branch to a register, which takes a BH hint. */
const registerAliases = <V extends BranchValues>(to: string): Alias<V>[] => [
  ...branchAliases<V>(to, 'bh?'),
  ...plainWithHint<V>(`bc${to}`, 'bo,bi,bh?'),
];

export const branchFacility = [
  instruction({
    mnemonic: 'b',
    encoding: '18:6 li aa lk',
    assembly: 'li',
    meaning: (op, { li, aa, lk }) => {
      setLink(op, lk);
      if (aa) op.jump(op.operand(li));
      else op.jumpRelative(li);
    },
  }),
  instruction({
    mnemonic: 'bc',
    encoding: '16:6 bo bi bd aa lk',
    assembly: 'bo,bi,bd',
    aliases: [...branchAliases('', 'bd'), ...plainWithHint('bc', 'bo,bi,bd')],
    meaning: (op, { bo, bi, bd, aa, lk }) => {
      const taken = branchCondition(op, bo, bi);
      setLink(op, lk);
      if (aa) op.jump(op.operand(bd), taken);
      else op.jumpRelative(bd, taken);
    },
  }),
  instruction({
    mnemonic: 'bclr',
    encoding: '19:6 bo bi /:3 bh 16:10 lk',
    assembly: 'bo,bi,bh?',
    aliases: registerAliases('lr'),
    meaning: (op, { bo, bi, lk }) => {
      // Read before the link is written: bclrl jumps to the old one.
      const target = op.special('lr');
      const taken = branchCondition(op, bo, bi);
      setLink(op, lk);
      op.jump(instructionAligned(op, target), taken);
    },
  }),
  instruction({
    mnemonic: 'bcctr',
    encoding: '19:6 bo bi /:3 bh 528:10 lk',
    assembly: 'bo,bi,bh?',
    aliases: registerAliases('ctr'),
    meaning: (op, { bo, bi, lk }) => {
      // A BO that asks for a decrement is an invalid form: CTR cannot be the target and the count.
      const taken = branchCondition(op, bo | KEEP_CTR, bi);
      setLink(op, lk);
      op.jump(instructionAligned(op, op.special('ctr')), taken);
    },
  }),
  instruction({
    mnemonic: 'bctar',
    encoding: '19:6 bo bi /:3 bh 560:10 lk',
    assembly: 'bo,bi,bh?',
    aliases: registerAliases('tar'),
    since: '2.07',
    meaning: (op, { bo, bi, lk }) => {
      demandFacility(op, 'targetAddress');
      const taken = branchCondition(op, bo, bi);
      setLink(op, lk);
      op.jump(instructionAligned(op, op.special('tar')), taken);
    },
  }),
];

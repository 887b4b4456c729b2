import type { Sorts } from '../operations/arithmetic';
import type { AccessKind, Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { asNumber, displaced, hasAny, indexed } from './idioms';
import { instruction } from './instruction';
import { MSR } from './machine-state-register';

/** RTp and RSp name two registers, the even one first; an odd number is an invalid form, and no instruction of ours. */
const second = <S extends Sorts>(op: Operations<S>, pair: Operand<'small'>): S['value'] =>
  op.or(op.operand(pair), op.constant(1));

function demandQuadword<S extends Sorts>(op: Operations<S>, address: S['value'], access: AccessKind): void {
  op.alignmentInterrupt(hasAny(op, address, 15), address, access);
  op.probe(address, op.constant(16), access);
}

/** The even register holds the more significant half, which lies first or last by the byte order. */
function halves<S extends Sorts>(op: Operations<S>, address: S['value']) {
  const isLittle = hasAny(op, op.special('msr'), MSR.LE);
  const next = op.add(address, op.constant(8));
  return { even: op.select(isLittle, next, address), odd: op.select(isLittle, address, next), isLittle, next };
}

function loadQuadword<S extends Sorts>(op: Operations<S>, pair: Operand<'small'>, address: S['value']): void {
  demandQuadword(op, address, 'load');
  const { even, odd } = halves(op, address);
  const loaded = [op.load(even, 8), op.load(odd, 8)] as const;
  op.setGprNumbered(op.operand(pair), loaded[0]);
  op.setGprNumbered(second(op, pair), loaded[1]);
}
function storeQuadword<S extends Sorts>(op: Operations<S>, pair: Operand<'small'>, address: S['value']): void {
  demandQuadword(op, address, 'store');
  const { even, odd } = halves(op, address);
  op.store(even, 8, op.gprNumbered(op.operand(pair)));
  op.store(odd, 8, op.gprNumbered(second(op, pair)));
}

/** Version 2.06 keeps quadwords for big-endian supervisors (Book III-S 4.4.2). */
function demandOlderState<S extends Sorts>(op: Operations<S>, address: S['value'], access: AccessKind): void {
  op.requirePrivilege('privileged');
  op.alignmentInterrupt(hasAny(op, op.special('msr'), MSR.LE), address, access);
}

const versions = [
  ['2.06', { until: '2.06' }],
  ['2.07', { since: '2.07' }],
] as const;

const QUADWORD = 16;

/** Book I 3.3.4 and 3.3.5. */
const plain = versions.flatMap(([isa, span]) => [
  instruction({
    mnemonic: 'lq',
    encoding: '56:6 rtp 0:1 ra0 dq /:4',
    assembly: 'rtp,dq(ra0)',
    invalidForm: ({ rtp, ra0 }) => rtp === ra0,
    ...span,
    meaning: (op, { rtp, ra0, dq }) => {
      const address = displaced(op, ra0, dq);
      if (isa === '2.06') demandOlderState(op, address, 'load');
      loadQuadword(op, rtp, address);
    },
  }),
  instruction({
    mnemonic: 'stq',
    encoding: '62:6 rtp 0:1 ra0 ds 2:2',
    assembly: 'rtp,ds(ra0)',
    ...span,
    meaning: (op, { rtp, ra0, ds }) => {
      const address = displaced(op, ra0, ds);
      if (isa === '2.06') demandOlderState(op, address, 'store');
      storeQuadword(op, rtp, address);
    },
  }),
]);

/** Book II 4.4.2.2. A reservation is made on the first doubleword and then said to be of the whole. */
const reserved = [
  instruction({
    mnemonic: 'lqarx',
    encoding: '31:6 rtp 0:1 ra0 rb 276:10 eh',
    assembly: 'rtp,ra0,rb,eh',
    aliases: [{ mnemonic: 'lqarx', assembly: 'rtp,ra0,rb', when: { eh: 0 } }],
    invalidForm: ({ rtp, ra0, rb }) => rtp === ra0 || rtp === rb,
    since: '2.07',
    meaning: (op, { rtp, ra0, rb }) => {
      const address = indexed(op, ra0, rb);
      demandQuadword(op, address, 'load');
      const { isLittle, next } = halves(op, address);
      const low = op.loadAndReserve(address, 8);
      const high = op.load(next, 8);
      op.setSpecial('reservationBytes', op.constant(QUADWORD));
      op.setGprNumbered(op.operand(rtp), op.select(isLittle, high, low));
      op.setGprNumbered(second(op, rtp), op.select(isLittle, low, high));
    },
  }),
  instruction({
    mnemonic: 'stqcx.',
    encoding: '31:6 rtp 0:1 ra0 rb 182:10 1:1',
    assembly: 'rtp,ra0,rb',
    since: '2.07',
    meaning: (op, { rtp, ra0, rb }) => {
      const address = indexed(op, ra0, rb);
      demandQuadword(op, address, 'store');
      const { isLittle, next } = halves(op, address);
      const even = op.gprNumbered(op.operand(rtp));
      const odd = op.gprNumbered(second(op, rtp));
      // A reservation of 16 bytes becomes one of 8; one of 8, or of anything else, none that stands.
      const length = op.special('reservationBytes');
      op.setSpecial('reservationBytes', op.subtract(length, op.constant(QUADWORD - 8)));
      const stored = op.storeConditional(address, 8, op.select(isLittle, odd, even));
      op.repeat(asNumber(op, stored), () => op.store(next, 8, op.select(isLittle, even, odd)));
      const never = op.equal(op.constant(0), op.constant(1));
      op.setCrField('cr0', [never, never, stored, op.flag('so')]);
    },
  }),
];

export const quadwordStorage = [...plain, ...reserved];

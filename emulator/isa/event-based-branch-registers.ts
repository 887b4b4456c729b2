/** Event-based branches (Book II chapter 7). */
import { invert } from './idioms';
import { copy, problem, upperWord } from './special-purpose-register';

const options = { since: '2.07', facility: 'eventBasedBranch' } as const;

export const eventRegisters = [
  // The names that end in S set bits of the BESCR, those that end in R clear them, and U means its upper word.
  copy('BESCRS', 800, problem, 'bescr', {
    ...options,
    set: (op, value) => op.setSpecial('bescr', op.or(op.special('bescr'), value)),
  }),
  upperWord('BESCRSU', 801, problem, 'bescr', {
    ...options,
    set: (op, value) => op.setSpecial('bescr', op.or(op.special('bescr'), op.shiftLeft(value, op.constant(32)))),
  }),
  copy('BESCRR', 802, problem, 'bescr', {
    ...options,
    set: (op, value) => op.setSpecial('bescr', op.and(op.special('bescr'), invert(op, value))),
  }),
  upperWord('BESCRRU', 803, problem, 'bescr', {
    ...options,
    set: (op, value) =>
      op.setSpecial('bescr', op.and(op.special('bescr'), invert(op, op.shiftLeft(value, op.constant(32))))),
  }),
  copy('EBBHR', 804, problem, 'ebbhr', options),
  copy('EBBRR', 805, problem, 'ebbrr', options),
  copy('BESCR', 806, problem, 'bescr', options),
];

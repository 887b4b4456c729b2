import { demandFacility } from './facilities';
import { instruction } from './instruction';

/** BESCR[GE]: event-based branches are on. */
const GLOBAL_ENABLE = 1n << 63n;

/** Book II chapters 7 and 8. No event ever branches, and the branch history stays empty. */
export const eventBasedBranch = [
  instruction({
    mnemonic: 'rfebb',
    encoding: '19:6 /:5 /:5 /:4 l 146:10 /:1',
    assembly: 'l',
    aliases: [{ mnemonic: 'rfebb', assembly: '', when: { l: 1 } }],
    since: '2.07',
    meaning: (op, { l }) => {
      demandFacility(op, 'eventBasedBranch');
      const others = op.and(op.special('bescr'), op.constant(~GLOBAL_ENABLE));
      op.setSpecial('bescr', op.or(others, op.constant(l ? GLOBAL_ENABLE : 0n)));
      op.jump(op.and(op.special('ebbrr'), op.constant(-4)));
    },
  }),
  instruction({
    mnemonic: 'clrbhrb',
    encoding: '31:6 /:5 /:5 /:5 430:10 /:1',
    assembly: '',
    since: '2.07',
    meaning: (op) => demandFacility(op, 'branchHistory'),
  }),
  instruction({
    mnemonic: 'mfbhrbe',
    encoding: '31:6 rt bhrbe 302:10 /:1',
    assembly: 'rt,bhrbe',
    since: '2.07',
    meaning: (op, { rt }) => {
      demandFacility(op, 'branchHistory');
      op.setGpr(rt, op.constant(0));
    },
  }),
];

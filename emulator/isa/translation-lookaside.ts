import { instruction } from './instruction';

/**
 * Book III-S 5.9.3.3. What is remembered of translations is not observable but by its absence, so that any invalidation
 * drops all of it.
 */
export const translationLookaside = [
  instruction({
    mnemonic: 'tlbie',
    encoding: '31:6 rs /:5 rb 306:10 /:1',
    assembly: 'rb,rs',
    meaning: (op) => {
      op.requirePrivilege('hypervisor');
      op.translationChanged();
    },
  }),
  instruction({
    mnemonic: 'tlbiel',
    encoding: '31:6 /:5 /:5 rb 274:10 /:1',
    assembly: 'rb',
    meaning: (op) => {
      op.requirePrivilege('privileged');
      op.translationChanged();
    },
  }),
  instruction({
    mnemonic: 'tlbsync',
    encoding: '31:6 /:5 /:5 /:5 566:10 /:1',
    assembly: '',
    meaning: (op) => op.requirePrivilege('hypervisor'),
  }),
];

import type { Bytes } from '../operations/instruction-operations';
import { demandFacility } from './facilities';
import { indexed } from './idioms';
import { instruction } from './instruction';

/**
 * Book III-S 3.3.2. Which of the levels a processor has is its own affair; ours has none, and no guest of ours gets as
 * far: it is never in hypervisor state.
 */
const powerSaving = (mnemonic: string, extended: number) =>
  instruction({
    mnemonic,
    encoding: `19:6 /:5 /:5 /:5 ${extended}:10 /:1` as const,
    assembly: '',
    meaning: (op) => {
      op.requirePrivilege('hypervisor');
      op.illegal(op.equal(op.constant(0), op.constant(0)));
    },
  });

/** Book III-S 11.2. There is no other thread of the core that a message could reach: it is lost. */
const message = (mnemonic: string, extended: number, of: 'hypervisor' | 'supervisor') =>
  instruction({
    mnemonic,
    encoding: `31:6 /:5 /:5 rb ${extended}:10 /:1` as const,
    assembly: 'rb',
    since: '2.07',
    meaning: (op) => {
      op.requirePrivilege(of === 'hypervisor' ? 'hypervisor' : 'privileged');
      if (of === 'supervisor') demandFacility(op, 'messages');
    },
  });

/** Book III-S 4.4.2: for devices, in the hypervisor's real mode. */
const loadInhibited = (mnemonic: string, extended: number, bytes: Bytes) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra0 rb ${extended}:10 /:1` as const,
    assembly: 'rt,ra0,rb',
    meaning: (op, { rt, ra0, rb }) => {
      op.requirePrivilege('hypervisor');
      op.setGpr(rt, op.load(indexed(op, ra0, rb), bytes));
    },
  });
const storeInhibited = (mnemonic: string, extended: number, bytes: Bytes) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra0 rb ${extended}:10 /:1` as const,
    assembly: 'rs,ra0,rb',
    meaning: (op, { rs, ra0, rb }) => {
      op.requirePrivilege('hypervisor');
      op.store(indexed(op, ra0, rb), bytes, op.gpr(rs));
    },
  });

export const hypervisorInstructions = [
  powerSaving('doze', 402),
  powerSaving('nap', 434),
  powerSaving('sleep', 466),
  powerSaving('rvwinkle', 498),
  message('msgsnd', 206, 'hypervisor'),
  message('msgclr', 238, 'hypervisor'),
  message('msgsndp', 142, 'supervisor'),
  message('msgclrp', 174, 'supervisor'),
  loadInhibited('lbzcix', 853, 1),
  loadInhibited('lhzcix', 821, 2),
  loadInhibited('lwzcix', 789, 4),
  loadInhibited('ldcix', 885, 8),
  storeInhibited('stbcix', 981, 1),
  storeInhibited('sthcix', 949, 2),
  storeInhibited('stwcix', 917, 4),
  storeInhibited('stdcix', 1013, 8),
];

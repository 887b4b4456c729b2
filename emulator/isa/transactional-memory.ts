import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { demandFacility } from './facilities';
import { hasAny, nextInstruction } from './idioms';
import { instruction } from './instruction';
import { MSR } from './machine-state-register';

const bit = (number: number): bigint => 1n << BigInt(63 - number);
/** What the TEXASR says of a transaction that failed as it began: trying again is of no use (Book II 5.3.2). */
const TEXASR = {
  failurePersistent: bit(7),
  nestingOverflow: bit(9),
  hypervisor: bit(34),
  problem: bit(35),
  failureSummary: bit(36),
  exact: bit(37),
} as const;
/** TFIAR ends in the privilege of whoever failed. */
const TFIAR = { hypervisor: 2n, problem: 1n } as const;

const never = <S extends Sorts>(op: Operations<S>) => op.equal(op.constant(0), op.constant(1));
const always = <S extends Sorts>(op: Operations<S>) => op.equal(op.constant(0), op.constant(0));

/** CR0 gets 0, MSR[TS], 0: always zeros, as there is no transaction to be in. */
const setNoTransaction = <S extends Sorts>(op: Operations<S>): void =>
  op.setCrField('cr0', [never(op), never(op), never(op), never(op)]);

/** `when` a bit of the MSR is set, `value`. */
const forState = <S extends Sorts>(op: Operations<S>, msr: bigint, value: bigint): S['value'] =>
  op.select(hasAny(op, op.special('msr'), msr), op.constant(value), op.constant(0));

/** A processor may fail any transaction (Book II 5.3.1); ours fails each as it begins. */
function failTransaction<S extends Sorts>(op: Operations<S>): void {
  const { failurePersistent, nestingOverflow, failureSummary, exact } = TEXASR;
  const cause = op.constant(failurePersistent | nestingOverflow | failureSummary | exact);
  const state = op.or(forState(op, MSR.HV, TEXASR.hypervisor), forState(op, MSR.PR, TEXASR.problem));
  const privilege = op.or(forState(op, MSR.HV, TFIAR.hypervisor), forState(op, MSR.PR, TFIAR.problem));
  op.setSpecial('texasr', op.or(cause, state));
  op.setSpecial('tfiar', op.or(op.currentAddress(), privilege));
  op.setSpecial('tfhar', nextInstruction(op));
  op.setCrField('cr0', [always(op), never(op), always(op), never(op)]);
}

const since = { since: '2.07' } as const;

/** Those that end or fail a transaction, and do no more where there is none. */
const withoutTransaction = [
  instruction({
    mnemonic: 'tend.',
    encoding: '31:6 ta /:4 /:5 /:5 686:10 1:1',
    assembly: 'ta',
    aliases: [
      { mnemonic: 'tend.', assembly: '', when: { ta: 0 } },
      { mnemonic: 'tendall.', assembly: '', when: { ta: 1 } },
    ],
    ...since,
    meaning: (op) => {
      demandFacility(op, 'transactionalMemory');
      setNoTransaction(op);
    },
  }),
  instruction({
    mnemonic: 'tabort.',
    encoding: '31:6 /:5 ra /:5 910:10 1:1',
    assembly: 'ra',
    ...since,
    meaning: (op) => {
      demandFacility(op, 'transactionalMemory');
      setNoTransaction(op);
    },
  }),
  ...(
    [
      ['tabortwc.', 782],
      ['tabortdc.', 814],
    ] as const
  ).map(([mnemonic, extended]) =>
    instruction({
      mnemonic,
      encoding: `31:6 condition ra rb ${extended}:10 1:1` as const,
      assembly: 'condition,ra,rb',
      ...since,
      meaning: (op) => {
        demandFacility(op, 'transactionalMemory');
        setNoTransaction(op);
      },
    }),
  ),
  ...(
    [
      ['tabortwci.', 846],
      ['tabortdci.', 878],
    ] as const
  ).map(([mnemonic, extended]) =>
    instruction({
      mnemonic,
      encoding: `31:6 condition ra sim ${extended}:10 1:1` as const,
      assembly: 'condition,ra,sim',
      ...since,
      meaning: (op) => {
        demandFacility(op, 'transactionalMemory');
        setNoTransaction(op);
      },
    }),
  ),
  instruction({
    mnemonic: 'tsr.',
    encoding: '31:6 /:4 l /:5 /:5 750:10 1:1',
    assembly: 'l',
    aliases: [
      { mnemonic: 'tsuspend.', assembly: '', when: { l: 0 } },
      { mnemonic: 'tresume.', assembly: '', when: { l: 1 } },
    ],
    ...since,
    meaning: (op) => {
      demandFacility(op, 'transactionalMemory');
      setNoTransaction(op);
    },
  }),
];

/** Book II 5.5 and Book III-S 4.4.5. */
export const transactionalMemory = [
  instruction({
    mnemonic: 'tbegin.',
    encoding: '31:6 /:4 rot /:5 /:5 654:10 1:1',
    assembly: 'rot',
    aliases: [{ mnemonic: 'tbegin.', assembly: '', when: { rot: 0 } }],
    ...since,
    meaning: (op) => {
      demandFacility(op, 'transactionalMemory');
      failTransaction(op);
    },
  }),
  ...withoutTransaction,
  instruction({
    mnemonic: 'tcheck',
    encoding: '31:6 bf /:2 /:5 /:5 718:10 /:1',
    assembly: 'bf',
    ...since,
    meaning: (op, { bf }) => {
      demandFacility(op, 'transactionalMemory');
      // TDOOMED, which the last failure set, then MSR[TS].
      op.setCrField(bf, [always(op), never(op), never(op), never(op)]);
    },
  }),
  // Without a transaction to reclaim, and without a failed one to put back, both are misuse.
  instruction({
    mnemonic: 'treclaim.',
    encoding: '31:6 /:5 ra /:5 942:10 1:1',
    assembly: 'ra',
    ...since,
    meaning: (op) => {
      op.requirePrivilege('privileged');
      demandFacility(op, 'transactionalMemory');
      op.transactionMisuse();
    },
  }),
  instruction({
    mnemonic: 'trechkpt.',
    encoding: '31:6 /:5 /:5 /:5 1006:10 1:1',
    assembly: '',
    ...since,
    meaning: (op) => {
      op.requirePrivilege('privileged');
      demandFacility(op, 'transactionalMemory');
      op.transactionMisuse();
    },
  }),
];

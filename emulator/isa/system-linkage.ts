import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, merge } from './idioms';
import { instruction } from './instruction';
import { IMPLEMENTED_MSR_BITS, MSR } from './machine-state-register';

/** Problem state implies EE, IR and DR (Book III-S 3.2.1). */
const withProblemState = <S extends Sorts>(op: Operations<S>, msr: S['value']): S['value'] =>
  op.select(hasAny(op, msr, MSR.PR), op.or(msr, op.constant(MSR.EE | MSR.IR | MSR.DR)), msr);

/** The MSR after a move to it: software reaches HV, ME and LE only through rfid and interrupts. */
function moveToMsr<S extends Sorts>(op: Operations<S>, value: S['value'], changed: bigint): void {
  op.requirePrivilege('privileged');
  const replaced = merge(op, op.special('msr'), value, op.constant(changed));
  op.setSpecial('msr', withProblemState(op, replaced));
  op.translationChanged();
}
const MOVABLE = IMPLEMENTED_MSR_BITS & ~(MSR.HV | MSR.ME | MSR.LE);

/** EE and RI alone: nothing that an address depends on. */
function moveEnableBits<S extends Sorts>(op: Operations<S>, value: S['value']): void {
  op.requirePrivilege('privileged');
  op.setSpecial('msr', merge(op, op.special('msr'), value, op.constant(MSR.EE | MSR.RI)));
}

/** rfid in guest state cannot give itself HV, nor change ME. */
function returnedMsr<S extends Sorts>(op: Operations<S>, saved: S['value']): S['value'] {
  const old = op.special('msr');
  const allowed = op.select(
    hasAny(op, old, MSR.HV),
    op.constant(IMPLEMENTED_MSR_BITS),
    op.constant(IMPLEMENTED_MSR_BITS & ~(MSR.HV | MSR.ME)),
  );
  return withProblemState(op, merge(op, old, saved, allowed));
}

function returnTo<S extends Sorts>(op: Operations<S>, address: S['value'], msr: S['value']): void {
  op.setSpecial('cfar', op.currentAddress());
  op.returnFromInterrupt(op.and(address, op.constant(-4)), msr);
}

export const systemLinkage = [
  instruction({
    mnemonic: 'sc',
    // Of LEV only the last bit counts (Book III-S 3.3.1).
    encoding: '17:6 /:5 /:5 /:4 /:6 lev /:3 1:1 /:1',
    assembly: 'lev',
    aliases: [{ mnemonic: 'sc', assembly: '', when: { lev: 0 } }],
    meaning: (op, { lev }) => op.systemCall(lev),
  }),
  instruction({
    mnemonic: 'rfid',
    encoding: '19:6 /:5 /:5 /:5 18:10 /:1',
    assembly: '',
    meaning: (op) => {
      op.requirePrivilege('privileged');
      returnTo(op, op.special('srr0'), returnedMsr(op, op.special('srr1')));
    },
  }),
  instruction({
    mnemonic: 'hrfid',
    encoding: '19:6 /:5 /:5 /:5 274:10 /:1',
    assembly: '',
    meaning: (op) => {
      op.requirePrivilege('hypervisor');
      const saved = op.and(op.special('hsrr1'), op.constant(IMPLEMENTED_MSR_BITS));
      returnTo(op, op.special('hsrr0'), withProblemState(op, saved));
    },
  }),
  instruction({
    mnemonic: 'mtmsr',
    encoding: '31:6 rs /:4 l /:5 146:10 /:1',
    assembly: 'rs,l',
    aliases: [{ mnemonic: 'mtmsr', assembly: 'rs', when: { l: 0 } }],
    meaning: (op, { rs, l }) => {
      if (l) moveEnableBits(op, op.gpr(rs));
      else moveToMsr(op, op.gpr(rs), MOVABLE & 0xffff_ffffn);
    },
  }),
  instruction({
    mnemonic: 'mtmsrd',
    encoding: '31:6 rs /:4 l /:5 178:10 /:1',
    assembly: 'rs,l',
    aliases: [{ mnemonic: 'mtmsrd', assembly: 'rs', when: { l: 0 } }],
    meaning: (op, { rs, l }) => {
      if (l) moveEnableBits(op, op.gpr(rs));
      else moveToMsr(op, op.gpr(rs), MOVABLE);
    },
  }),
  instruction({
    mnemonic: 'mfmsr',
    encoding: '31:6 rt /:5 /:5 83:10 /:1',
    assembly: 'rt',
    meaning: (op, { rt }) => {
      op.requirePrivilege('privileged');
      op.setGpr(rt, op.special('msr'));
    },
  }),
];

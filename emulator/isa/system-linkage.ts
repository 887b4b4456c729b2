import { FPSCR } from '../floating-point/fpscr';
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, merge, nextInstruction } from './idioms';
import { instruction, type IsaVersion } from './instruction';
import { implementedMsrBits, MSR } from './machine-state-register';

/** Problem state implies EE, IR and DR (Book III-S 3.2.1). */
const withProblemState = <S extends Sorts>(op: Operations<S>, msr: S['value']): S['value'] =>
  op.select(hasAny(op, msr, MSR.PR), op.or(msr, op.constant(MSR.EE | MSR.IR | MSR.DR)), msr);

/** Goes on under this MSR; an exception whose enable bit is set waits for FE0 or FE1 (Book III-S 6.5.9). */
function continueAt<S extends Sorts>(op: Operations<S>, address: S['value'], msr: S['value']): void {
  const waits = hasAny(op, op.special('fpscr'), FPSCR.FEX);
  op.returnFromInterrupt(address, msr, op.both(waits, hasAny(op, msr, MSR.FE0 | MSR.FE1)));
}

/** The MSR after a move to it: software reaches HV, ME and LE only through rfid and interrupts. */
function moveToMsr<S extends Sorts>(op: Operations<S>, value: S['value'], changed: bigint): void {
  op.requirePrivilege('privileged');
  const replaced = merge(op, op.special('msr'), value, op.constant(changed));
  continueAt(op, nextInstruction(op), withProblemState(op, replaced));
}
const movable = (isa: IsaVersion): bigint => implementedMsrBits[isa] & ~(MSR.HV | MSR.ME | MSR.LE);

/** EE and RI alone: nothing that an address depends on. */
function moveEnableBits<S extends Sorts>(op: Operations<S>, value: S['value']): void {
  op.requirePrivilege('privileged');
  op.setSpecial('msr', merge(op, op.special('msr'), value, op.constant(MSR.EE | MSR.RI)));
}

/** rfid in guest state cannot give itself HV, nor change ME. */
function returnedMsr<S extends Sorts>(op: Operations<S>, isa: IsaVersion, saved: S['value']): S['value'] {
  const old = op.special('msr');
  const allowed = op.select(
    hasAny(op, old, MSR.HV),
    op.constant(implementedMsrBits[isa]),
    op.constant(implementedMsrBits[isa] & ~(MSR.HV | MSR.ME)),
  );
  return withProblemState(op, merge(op, old, saved, allowed));
}

function returnTo<S extends Sorts>(op: Operations<S>, address: S['value'], msr: S['value']): void {
  op.setSpecial('cfar', op.currentAddress());
  continueAt(op, op.and(address, op.constant(-4)), msr);
}

const versions = [
  ['2.06', { until: '2.06' }],
  ['2.07', { since: '2.07' }],
] as const;

/** What moves a whole MSR, of which each version has its own bits. */
const moves = versions.flatMap(([isa, span]) => [
  instruction({
    mnemonic: 'rfid',
    encoding: '19:6 /:5 /:5 /:5 18:10 /:1',
    assembly: '',
    ...span,
    meaning: (op) => {
      op.requirePrivilege('privileged');
      returnTo(op, op.special('srr0'), returnedMsr(op, isa, op.special('srr1')));
    },
  }),
  instruction({
    mnemonic: 'hrfid',
    encoding: '19:6 /:5 /:5 /:5 274:10 /:1',
    assembly: '',
    ...span,
    meaning: (op) => {
      op.requirePrivilege('hypervisor');
      const saved = op.and(op.special('hsrr1'), op.constant(implementedMsrBits[isa]));
      returnTo(op, op.special('hsrr0'), withProblemState(op, saved));
    },
  }),
  instruction({
    mnemonic: 'mtmsr',
    encoding: '31:6 rs /:4 l /:5 146:10 /:1',
    assembly: 'rs,l',
    aliases: [{ mnemonic: 'mtmsr', assembly: 'rs', when: { l: 0 } }],
    ...span,
    meaning: (op, { rs, l }) => {
      if (l) moveEnableBits(op, op.gpr(rs));
      else moveToMsr(op, op.gpr(rs), movable(isa) & 0xffff_ffffn);
    },
  }),
  instruction({
    mnemonic: 'mtmsrd',
    encoding: '31:6 rs /:4 l /:5 178:10 /:1',
    assembly: 'rs,l',
    aliases: [{ mnemonic: 'mtmsrd', assembly: 'rs', when: { l: 0 } }],
    ...span,
    meaning: (op, { rs, l }) => {
      if (l) moveEnableBits(op, op.gpr(rs));
      else moveToMsr(op, op.gpr(rs), movable(isa));
    },
  }),
]);

export const systemLinkage = [
  ...moves,
  instruction({
    mnemonic: 'sc',
    // Of LEV only the last bit counts (Book III-S 3.3.1).
    encoding: '17:6 /:5 /:5 /:4 /:6 lev /:3 1:1 /:1',
    assembly: 'lev',
    aliases: [{ mnemonic: 'sc', assembly: '', when: { lev: 0 } }],
    meaning: (op, { lev }) => op.systemCall(lev),
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

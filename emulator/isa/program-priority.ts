/** The program priority register and the hints that set it (Book II 3.1, 3.2; Book III-S 4.3.7). */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, merge } from './idioms';
import { instruction, type IsaVersion } from './instruction';
import { MSR } from './machine-state-register';
import { copy, HIGH_WORD, problem, upperWord, type SpecialPurposeRegister } from './special-purpose-register';

const PRI = { shift: 50, mask: 7n << 50n } as const;
/** Each a bit: the priorities that a state may choose. */
const ofHypervisor = 0b1111_1110;
const ofSupervisor = 0b0111_1110;
const ofProblemState = { '2.06': 0b0001_1100, '2.07': 0b0001_1110 } as const;
/** Which PSPB lends to problem state as long as it is not zero. */
const MEDIUM_HIGH = 0b0010_0000;

function allowedPriorities<S extends Sorts>(op: Operations<S>, isa: IsaVersion): S['value'] {
  const msr = op.special('msr');
  const own = op.constant(ofProblemState[isa]);
  const boosted = op.constant(ofProblemState[isa] | MEDIUM_HIGH);
  const inProblemState = isa === '2.06' ? own : op.select(hasAny(op, op.special('pspb'), 0xffff_ffff), boosted, own);
  const privileged = op.select(hasAny(op, msr, MSR.HV), op.constant(ofHypervisor), op.constant(ofSupervisor));
  return op.select(hasAny(op, msr, MSR.PR), inProblemState, privileged);
}

/** Puts a word into the PPR; a priority that this state may not choose leaves the old one. */
function setPriority<S extends Sorts>(op: Operations<S>, isa: IsaVersion, value: S['value']): void {
  const old = op.special('ppr');
  const level = op.and(op.shiftRight(value, op.constant(PRI.shift)), op.constant(7));
  const allowed = hasAny(op, op.shiftRight(allowedPriorities(op, isa), level), 1);
  const kept = op.select(allowed, op.constant(0), op.constant(PRI.mask));
  op.setSpecial('ppr', merge(op, value, old, kept));
}

const versions = [
  ['2.06', { until: '2.06' }],
  ['2.07', { since: '2.07' }],
] as const;

export const programPriorityRegisters: readonly SpecialPurposeRegister[] = [
  ...versions.map(([isa, span]) =>
    copy('PPR', 896, problem, 'ppr', { ...span, mnemonic: 'ppr', set: (op, value) => setPriority(op, isa, value) }),
  ),
  upperWord('PPR32', 898, problem, 'ppr', {
    since: '2.07',
    mnemonic: 'ppr32',
    set: (op, value) => {
      const upper = op.shiftLeft(value, op.constant(32));
      setPriority(op, '2.07', merge(op, op.special('ppr'), upper, op.constant(HIGH_WORD)));
    },
  }),
];

const LOW = 2;
const hints = [
  { register: 31, level: 1 },
  { register: 1, level: 2 },
  { register: 6, level: 3 },
  { register: 2, level: 4 },
  { register: 5, level: 5 },
  { register: 3, level: 6 },
  { register: 7, level: 7 },
] as const;

/** or Rx,Rx,Rx with a register that names a priority. */
export const priorityHints = versions.flatMap(([isa, span]) =>
  hints.map(({ register, level }) =>
    instruction({
      mnemonic: 'mr',
      encoding: `31:6 ${register}:5 ${register}:5 ${register}:5 444:10 0:1` as const,
      assembly: `r${register},r${register}`,
      ...span,
      meaning: (op) => {
        const wanted = op.constant(BigInt(level) << BigInt(PRI.shift));
        setPriority(op, isa, merge(op, op.special('ppr'), wanted, op.constant(PRI.mask)));
        if (level <= LOW) op.giveWay();
      },
    }),
  ),
);

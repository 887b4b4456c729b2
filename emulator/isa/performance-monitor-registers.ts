/** The performance monitor's registers, by both of their numbers (Book III-S chapter 9). Nothing is counted. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Special } from '../state/special-names';
import { facilities, PMCC } from './facilities';
import { hasAny, merge } from './idioms';
import { MSR } from './machine-state-register';
import {
  copy,
  hypervisor,
  privileged,
  problem,
  type Rights,
  type SpecialPurposeRegister,
} from './special-purpose-register';

interface Counted {
  readonly name: string;
  readonly special: Special;
  readonly width: 32 | 64;
  /** The number that problem state uses; the other one is 16 more. */
  readonly number: number;
  readonly mnemonic?: string;
  readonly since?: '2.07';
  /** Group A can be written by problem state, if MMCR0[PMCC] allows it. */
  readonly group: 'A' | 'B';
  /** The bits of group A that problem state sees. */
  readonly visible?: bigint;
}

const counter = (index: 1 | 2 | 3 | 4 | 5 | 6): Counted => ({
  name: `PMC${index}`,
  special: `pmc${index}`,
  width: 32,
  number: 770 + index,
  mnemonic: `pmc${index}`,
  group: 'A',
});
const registers: readonly Counted[] = [
  { name: 'SIER', special: 'sier', width: 64, number: 768, since: '2.07', group: 'B' },
  // FCnP0 of each counter.
  {
    name: 'MMCR2',
    special: 'mmcr2',
    width: 64,
    number: 769,
    since: '2.07',
    group: 'A',
    visible: 0x4020_1008_0402_0000n,
  },
  { name: 'MMCRA', special: 'mmcra', width: 64, number: 770, mnemonic: 'mmcra', group: 'A' },
  ...([1, 2, 3, 4, 5, 6] as const).map(counter),
  // FC, PMAE and PMAO.
  { name: 'MMCR0', special: 'mmcr0', width: 64, number: 779, mnemonic: 'mmcr0', group: 'A', visible: 0x8400_0080n },
  { name: 'SIAR', special: 'siar', width: 64, number: 780, group: 'B' },
  { name: 'SDAR', special: 'sdar', width: 64, number: 781, group: 'B' },
  { name: 'MMCR1', special: 'mmcr1', width: 64, number: 782, mnemonic: 'mmcr1', group: 'B' },
];

/** Book III-S 9.4.4: MMCR0[PMCC] is 0 to read, 1 for nothing, 2 for all and 3 for all but the last two counters. */
function demandGroupA<S extends Sorts>(op: Operations<S>, special: Special, access: 'read' | 'write'): void {
  const control = op.special('mmcr0');
  const inProblemState = hasAny(op, op.special('msr'), MSR.PR);
  const first = hasAny(op, control, PMCC.first);
  const second = hasAny(op, control, PMCC.second);
  const never = special === 'pmc5' || special === 'pmc6' ? second : op.both(op.not(first), second);
  op.facilityUnavailable(op.both(inProblemState, never), false, facilities.performanceMonitor);
  if (access === 'write') op.illegal(op.both(inProblemState, op.not(op.either(first, second))));
}

const ONES = (1n << 64n) - 1n;
const visibleTo = <S extends Sorts>(op: Operations<S>, visible: bigint): S['value'] =>
  op.select(hasAny(op, op.special('msr'), MSR.PR), op.constant(visible), op.constant(ONES));

const spanOf = (since: '2.07' | undefined) => (since === undefined ? {} : { since });
/** As version 2.06 has it: problem state reads. */
const older = ({ name, number, special, mnemonic, width }: Counted): SpecialPurposeRegister[] => [
  copy(name, number, ['problem', 'none'], special, {
    until: '2.06',
    width,
    ...(mnemonic === undefined ? {} : { mnemonic }),
  }),
];
const rightsOf = ({ group }: Counted): Rights => (group === 'A' ? problem : ['problem', 'none']);
const newer = ({ name, number, special, mnemonic, width, group, visible, ...rest }: Counted): SpecialPurposeRegister =>
  copy(name, number, rightsOf({ name, number, special, width, group, ...rest }), special, {
    since: '2.07',
    facility: 'performanceMonitor',
    width,
    ...(mnemonic === undefined ? {} : { mnemonic, named: 'read' }),
    ...(group === 'A' ? { demand: (op, access) => demandGroupA(op, special, access) } : {}),
    ...(visible === undefined
      ? {}
      : {
          get: (op) => op.and(op.special(special), visibleTo(op, visible)),
          set: (op, value) => op.setSpecial(special, merge(op, op.special(special), value, visibleTo(op, visible))),
        }),
  });
/** Under its other number a register is the supervisor's. */
const supervisors = ({ name, number, special, mnemonic, width, since }: Counted): SpecialPurposeRegister[] => {
  const options = { width, ...(mnemonic === undefined ? {} : ({ mnemonic, named: 'write' } as const)) };
  const register = copy(name, number + 16, privileged, special, { ...options, ...spanOf(since) });
  const underHypervisor = { ...register, since: '2.07', facility: 'performanceMonitor' } as const;
  return since === undefined ? [{ ...register, until: '2.06' }, underHypervisor] : [underHypervisor];
};

export const performanceMonitorRegisters: readonly SpecialPurposeRegister[] = [
  ...registers.flatMap((one) => [...(one.since === undefined ? older(one) : []), newer(one), ...supervisors(one)]),
  copy('MMCRC', 851, hypervisor, 'mmcrc', { since: '2.07' }),
  copy('SPMC1', 892, privileged, 'spmc1', { since: '2.07', width: 32 }),
  copy('SPMC2', 893, privileged, 'spmc2', { since: '2.07', width: 32 }),
  copy('MMCRS', 894, privileged, 'mmcrs', { since: '2.07' }),
];

/** The registers that mtspr and mfspr reach: their numbers, rights and, where it is no plain copy, their meaning. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Special } from '../state/special-names';
import { asNumber, hasAny, low32, merge } from './idioms';
import type { IsaVersion } from './instruction';
import { MSR } from './machine-state-register';

export type SprAccess = 'problem' | 'privileged' | 'hypervisor' | 'none';

export interface SpecialPurposeRegister {
  readonly name: string;
  readonly number: number;
  readonly read: SprAccess;
  readonly write: SprAccess;
  readonly width: 32 | 64;
  readonly since?: IsaVersion;
  readonly until?: IsaVersion;
  /** GNU's mt<name> and mf<name>, where it has them; `suffix` follows, as the 0 of mtsprg 0. */
  readonly mnemonic?: string;
  readonly index?: number;
  readonly get: <S extends Sorts>(op: Operations<S>) => S['value'];
  /** What the register becomes; the value is already cut to the width. */
  readonly set: <S extends Sorts>(op: Operations<S>, value: S['value']) => void;
}

type Rights = readonly [read: SprAccess, write: SprAccess];
const problem: Rights = ['problem', 'problem'];
const privileged: Rights = ['privileged', 'privileged'];
const hypervisor: Rights = ['hypervisor', 'hypervisor'];

type Options = Partial<Omit<SpecialPurposeRegister, 'name' | 'number' | 'read' | 'write'>>;

/** A register that holds what was written. */
const copy = (
  name: string,
  number: number,
  [read, write]: Rights,
  special: Special,
  options: Options = {},
): SpecialPurposeRegister => ({
  name,
  number,
  read,
  write,
  width: 64,
  get: (op) => op.special(special),
  set: (op, value) => op.setSpecial(special, value),
  ...options,
});
/** One on which translation depends. */
const copyForTranslation = (name: string, number: number, rights: Rights, special: Special, options: Options = {}) =>
  copy(name, number, rights, special, {
    ...options,
    set: (op, value) => {
      op.setSpecial(special, value);
      op.translationChanged();
    },
  });

/** AMR and its kin change only under a mask, by who writes (Book III-S 5.7.10). */
const masked = (
  name: string,
  number: number,
  rights: Rights,
  special: Special,
  options: Options = {},
): SpecialPurposeRegister =>
  copy(name, number, rights, special, {
    ...options,
    set: (op, value) => {
      const msr = op.special('msr');
      const all = op.constant(-1);
      const byState = op.select(hasAny(op, msr, MSR.HV), all, op.special('amor'));
      const mask = op.select(hasAny(op, msr, MSR.PR), op.special('uamor'), byState);
      op.setSpecial(special, merge(op, op.special(special), value, mask));
      op.translationChanged();
    },
  });

const timeBase = <S extends Sorts>(op: Operations<S>): S['value'] =>
  op.add(op.timeBase(), op.special('timebaseOffset'));
const LOW_WORD = 0xffff_ffffn;
const HIGH_WORD = LOW_WORD << 32n;
const UPPER_40_BITS = 0xffff_ffff_ff00_0000n;
const setTimeBase = <S extends Sorts>(op: Operations<S>, value: S['value'], mask: bigint): void => {
  const wanted = merge(op, timeBase(op), value, op.constant(mask));
  op.setSpecial('timebaseOffset', op.subtract(wanted, op.timeBase()));
};
const readTimeBase = (name: string, number: number, options: Pick<SpecialPurposeRegister, 'get'> & Options) => ({
  name,
  number,
  read: 'problem' as const,
  write: 'none' as const,
  width: 64 as const,
  set: () => undefined,
  ...options,
});
const writeTimeBase = (name: string, number: number, mask: bigint, shift: number, mnemonic?: string) => ({
  name,
  number,
  read: 'none' as const,
  write: 'hypervisor' as const,
  width: 64 as const,
  ...(mnemonic === undefined ? {} : { mnemonic }),
  get: timeBase,
  set: <S extends Sorts>(op: Operations<S>, value: S['value']) =>
    setTimeBase(op, op.shiftLeft(value, op.constant(shift)), mask),
});

/** A decrementer is kept as the tick at which it passes through zero. */
const decrementer = (
  name: string,
  number: number,
  rights: Rights,
  expiry: Special,
  options: Options = {},
): SpecialPurposeRegister =>
  copy(name, number, rights, expiry, {
    ...options,
    width: 32,
    get: (op) => low32(op, op.subtract(op.special(expiry), op.timeBase())),
    set: (op, value) => op.setSpecial(expiry, op.add(op.timeBase(), op.signExtend(value, 32))),
  });
/** A count of ticks, kept as what has to be added to the machine's own. */
const tickCounter = (name: string, number: number, rights: Rights, special: Special): SpecialPurposeRegister =>
  copy(name, number, rights, special, {
    get: (op) => op.add(op.timeBase(), op.special(special)),
    set: (op, value) => op.setSpecial(special, op.subtract(value, op.timeBase())),
  });

const XER = { so: 31, ov: 30, ca: 29, rest: 0x7f } as const;
const fixedPointException: SpecialPurposeRegister = {
  name: 'XER',
  number: 1,
  read: 'problem',
  write: 'problem',
  width: 64,
  mnemonic: 'xer',
  get: (op) => {
    const bit = (flag: 'so' | 'ov' | 'ca') => op.shiftLeft(asNumber(op, op.flag(flag)), op.constant(XER[flag]));
    return op.or(op.or(bit('so'), bit('ov')), op.or(bit('ca'), op.special('xerRest')));
  },
  set: (op, value) => {
    for (const flag of ['so', 'ov', 'ca'] as const) op.setFlag(flag, hasAny(op, value, 2 ** XER[flag]));
    op.setSpecial('xerRest', op.and(value, op.constant(XER.rest)));
  },
};

/** PPR32 is the upper half of the PPR. */
const priorityWord: SpecialPurposeRegister = {
  name: 'PPR32',
  number: 898,
  read: 'problem',
  write: 'problem',
  width: 32,
  since: '2.07',
  mnemonic: 'ppr32',
  get: (op) => op.shiftRight(op.special('ppr'), op.constant(32)),
  set: (op, value) =>
    op.setSpecial('ppr', merge(op, op.special('ppr'), op.shiftLeft(value, op.constant(32)), op.constant(HIGH_WORD))),
};

export const specialPurposeRegisters: readonly SpecialPurposeRegister[] = [
  fixedPointException,
  copy('DSCR', 3, problem, 'dscr', { since: '2.07' }),
  copy('LR', 8, problem, 'lr', { mnemonic: 'lr' }),
  copy('CTR', 9, problem, 'ctr', { mnemonic: 'ctr' }),
  masked('AMR', 13, problem, 'amr'),
  copy('DSCR', 17, privileged, 'dscr', { mnemonic: 'dscr' }),
  copy('DSISR', 18, privileged, 'dsisr', { width: 32, mnemonic: 'dsisr' }),
  copy('DAR', 19, privileged, 'dar', { mnemonic: 'dar' }),
  decrementer('DEC', 22, privileged, 'decrementerExpiry', { mnemonic: 'dec' }),
  copyForTranslation('SDR1', 25, hypervisor, 'sdr1', { mnemonic: 'sdr1' }),
  copy('SRR0', 26, privileged, 'srr0', { mnemonic: 'srr0' }),
  copy('SRR1', 27, privileged, 'srr1', { mnemonic: 'srr1' }),
  copy('CFAR', 28, privileged, 'cfar', { mnemonic: 'cfar' }),
  masked('AMR', 29, privileged, 'amr', { mnemonic: 'amr' }),
  masked('IAMR', 61, privileged, 'iamr', { since: '2.07' }),
  copy('CTRL', 136, ['problem', 'none'], 'ctrl', { width: 32, mnemonic: 'ctrl' }),
  copy('CTRL', 152, ['none', 'privileged'], 'ctrl', { width: 32, mnemonic: 'ctrl' }),
  copy('FSCR', 153, privileged, 'fscr', { since: '2.07' }),
  masked('UAMOR', 157, privileged, 'uamor', { mnemonic: 'uamor' }),
  copy('DAWR0', 180, hypervisor, 'dawr0', { since: '2.07' }),
  copy('CIABR', 187, hypervisor, 'ciabr', { since: '2.07' }),
  copy('DAWRX0', 188, hypervisor, 'dawrx0', { since: '2.07', width: 32 }),
  copy('HFSCR', 190, hypervisor, 'hfscr', { since: '2.07' }),
  copy('VRSAVE', 256, problem, 'vrsave', { width: 32, mnemonic: 'vrsave' }),
  copy('SPRG3', 259, ['problem', 'none'], 'sprg3'),
  readTimeBase('TB', 268, { get: timeBase, mnemonic: 'tb' }),
  readTimeBase('TBU', 269, { get: (op) => op.shiftRight(timeBase(op), op.constant(32)), mnemonic: 'tbu', width: 32 }),
  ...([0, 1, 2, 3] as const).map((i) =>
    copy(`SPRG${i}`, 272 + i, privileged, `sprg${i}`, { mnemonic: 'sprg', index: i }),
  ),
  writeTimeBase('TBL', 284, LOW_WORD, 0, 'tbl'),
  writeTimeBase('TBU', 285, HIGH_WORD, 32, 'tbu'),
  writeTimeBase('TBU40', 286, UPPER_40_BITS, 0),
  copy('PVR', 287, ['privileged', 'none'], 'pvr', { width: 32, mnemonic: 'pvr' }),
  copy('HSPRG0', 304, hypervisor, 'hsprg0'),
  copy('HSPRG1', 305, hypervisor, 'hsprg1'),
  copy('HDSISR', 306, hypervisor, 'hdsisr', { width: 32 }),
  copy('HDAR', 307, hypervisor, 'hdar'),
  tickCounter('SPURR', 308, ['privileged', 'hypervisor'], 'spurr'),
  tickCounter('PURR', 309, ['privileged', 'hypervisor'], 'purr'),
  decrementer('HDEC', 310, hypervisor, 'hypervisorDecrementerExpiry'),
  copyForTranslation('RMOR', 312, hypervisor, 'rmor'),
  copyForTranslation('HRMOR', 313, hypervisor, 'hrmor'),
  copy('HSRR0', 314, hypervisor, 'hsrr0'),
  copy('HSRR1', 315, hypervisor, 'hsrr1'),
  copyForTranslation('LPCR', 318, hypervisor, 'lpcr'),
  copyForTranslation('LPIDR', 319, hypervisor, 'lpid', { width: 32 }),
  copy('HEIR', 339, hypervisor, 'heir', { width: 32 }),
  copy('AMOR', 349, hypervisor, 'amor', { mnemonic: 'amor' }),
  copy('TAR', 815, problem, 'tar', { since: '2.07' }),
  copy('PPR', 896, problem, 'ppr', { mnemonic: 'ppr' }),
  priorityWord,
  copy('HID0', 1008, hypervisor, 'hid0'),
  copy('HID1', 1009, hypervisor, 'hid1'),
  copyForTranslation('HID4', 1012, hypervisor, 'hid4'),
  copy('DABR', 1013, hypervisor, 'dabr', { until: '2.06' }),
  copy('DABRX', 1015, hypervisor, 'dabrx', { until: '2.06', width: 32 }),
  copy('PIR', 1023, ['privileged', 'none'], 'pir', { width: 32 }),
];

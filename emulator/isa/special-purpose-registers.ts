/** The registers that mtspr and mfspr reach: their numbers, rights and, where it is no plain copy, their meaning. */
import { eventRegisters } from './event-based-branch-registers';
import { asNumber, hasAny } from './idioms';
import { performanceMonitorRegisters } from './performance-monitor-registers';
import { programPriorityRegisters } from './program-priority';
import {
  copy,
  copyForTranslation,
  decrementer,
  HIGH_WORD,
  hypervisor,
  LOW_WORD,
  masked,
  privileged,
  problem,
  readTimeBase,
  tickCounter,
  timeBase,
  underFacility,
  UPPER_40_BITS,
  upperWord,
  writeTimeBase,
  type SpecialPurposeRegister,
} from './special-purpose-register';

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

/** A machine check is acknowledged by a zero: a one changes nothing (Book III-S 6.2.8). */
const maintenance = copy('HMER', 336, hypervisor, 'hmer', {
  mnemonic: 'hmer',
  set: (op, value) => op.setSpecial('hmer', op.and(op.special('hmer'), value)),
});

/** Book II 5.3; all of them come and go with the facility. */
const transactions = [
  copy('TFHAR', 128, problem, 'tfhar', { since: '2.07', facility: 'transactionalMemory' }),
  copy('TFIAR', 129, problem, 'tfiar', { since: '2.07', facility: 'transactionalMemory' }),
  copy('TEXASR', 130, problem, 'texasr', { since: '2.07', facility: 'transactionalMemory' }),
  upperWord('TEXASRU', 131, problem, 'texasr', { since: '2.07', facility: 'transactionalMemory' }),
];

/** Numbers reserved for later versions, which do nothing for anyone (Book III-S 4.4.4). */
const withoutEffect = (number: number): SpecialPurposeRegister => ({
  name: 'reserved',
  number,
  read: 'problem',
  write: 'problem',
  width: 64,
  since: '2.07',
  reserved: true,
  get: (op) => op.constant(0),
  set: () => undefined,
});

/** Registers of the processors' own manuals: they keep what is written. */
const ofTheseProcessors = [
  copy('TRIG0', 880, hypervisor, 'trig0'),
  copy('TRIG1', 881, hypervisor, 'trig1'),
  copy('TRIG2', 882, hypervisor, 'trig2'),
  copy('TACR', 888, privileged, 'tacr', { since: '2.07' }),
  copy('TCSCR', 889, privileged, 'tcscr', { since: '2.07' }),
  copy('CSIGR', 890, privileged, 'csigr', { since: '2.07' }),
  copy('WORT', 895, privileged, 'wort', { since: '2.07' }),
  copy('TSCR', 921, hypervisor, 'tscr', { width: 32 }),
  copy('TTR', 922, hypervisor, 'ttr'),
];

export const specialPurposeRegisters: readonly SpecialPurposeRegister[] = [
  fixedPointException,
  copy('DSCR', 3, problem, 'dscr', { since: '2.07', facility: 'dataStream' }),
  copy('LR', 8, problem, 'lr', { mnemonic: 'lr' }),
  copy('CTR', 9, problem, 'ctr', { mnemonic: 'ctr' }),
  masked('AMR', 13, problem, 'amr'),
  ...underFacility(copy('DSCR', 17, privileged, 'dscr', { mnemonic: 'dscr' }), 'dataStream'),
  copy('DSISR', 18, privileged, 'dsisr', { width: 32, mnemonic: 'dsisr' }),
  copy('DAR', 19, privileged, 'dar', { mnemonic: 'dar' }),
  decrementer('DEC', 22, privileged, 'decrementerExpiry', { mnemonic: 'dec' }),
  copyForTranslation('SDR1', 25, hypervisor, 'sdr1', { mnemonic: 'sdr1' }),
  copy('SRR0', 26, privileged, 'srr0', { mnemonic: 'srr0' }),
  copy('SRR1', 27, privileged, 'srr1', { mnemonic: 'srr1' }),
  copy('CFAR', 28, privileged, 'cfar', { mnemonic: 'cfar' }),
  masked('AMR', 29, privileged, 'amr', { mnemonic: 'amr' }),
  copy('ACOP', 31, privileged, 'acop'),
  copy('PID', 48, privileged, 'pid', { width: 32 }),
  masked('IAMR', 61, privileged, 'iamr', { since: '2.07' }),
  ...transactions,
  copy('CTRL', 136, ['problem', 'none'], 'ctrl', { width: 32, mnemonic: 'ctrl' }),
  copy('CTRL', 152, ['none', 'privileged'], 'ctrl', { width: 32, mnemonic: 'ctrl' }),
  copy('FSCR', 153, privileged, 'fscr', { since: '2.07' }),
  masked('UAMOR', 157, privileged, 'uamor', { mnemonic: 'uamor' }),
  copy('PSPB', 159, privileged, 'pspb', { since: '2.07', width: 32 }),
  copy('DPDES', 176, ['privileged', 'hypervisor'], 'dpdes', { since: '2.07' }),
  copy('DHDES', 177, hypervisor, 'dhdes', { since: '2.07' }),
  copy('DAWR0', 180, hypervisor, 'dawr0', { since: '2.07' }),
  copy('RPR', 186, hypervisor, 'rpr'),
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
  copy('SCOMC', 276, hypervisor, 'scomc'),
  copy('SCOMD', 277, hypervisor, 'scomd'),
  copy('EAR', 282, hypervisor, 'ear', { width: 32, mnemonic: 'ear' }),
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
  copy('MMCRH', 316, hypervisor, 'mmcrh'),
  copy('TFMR', 317, hypervisor, 'tfmr'),
  copyForTranslation('LPCR', 318, hypervisor, 'lpcr'),
  copyForTranslation('LPIDR', 319, hypervisor, 'lpid', { width: 32 }),
  maintenance,
  copy('HMEER', 337, hypervisor, 'hmeer', { mnemonic: 'hmeer' }),
  copy('PCR', 338, hypervisor, 'pcr'),
  copy('HEIR', 339, hypervisor, 'heir', { width: 32 }),
  copy('AMOR', 349, hypervisor, 'amor', { mnemonic: 'amor' }),
  copy('TIR', 446, ['privileged', 'none'], 'tir', { since: '2.07' }),
  ...performanceMonitorRegisters,
  ...eventRegisters,
  ...[808, 809, 810, 811].map(withoutEffect),
  copy('TAR', 815, problem, 'tar', { since: '2.07', facility: 'targetAddress' }),
  copy('IC', 848, ['privileged', 'hypervisor'], 'ic', { since: '2.07', mnemonic: 'ic' }),
  tickCounter('VTB', 849, ['privileged', 'hypervisor'], 'vtb', { since: '2.07', mnemonic: 'vtb' }),
  ...ofTheseProcessors,
  ...programPriorityRegisters,
  copy('HID0', 1008, hypervisor, 'hid0'),
  copy('HID1', 1009, hypervisor, 'hid1'),
  copyForTranslation('HID4', 1012, hypervisor, 'hid4'),
  copy('HID5', 1014, hypervisor, 'hid5'),
  copy('DABR', 1013, hypervisor, 'dabr', { until: '2.06' }),
  copy('DABRX', 1015, hypervisor, 'dabrx', { until: '2.06', width: 32 }),
  copy('PIR', 1023, ['privileged', 'none'], 'pir', { width: 32 }),
];

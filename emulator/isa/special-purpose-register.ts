/** What a special-purpose register is, and the kinds that there are of them. */
import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Special } from '../state/special-names';
import type { FacilityName } from './facilities';
import { hasAny, low32, merge } from './idioms';
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
  /** GNU's mt<name> and mf<name>, where it has them; `index` follows, as the 0 of mtsprg 0. */
  readonly mnemonic?: string;
  /** The one direction for which GNU has the name. */
  readonly named?: 'read' | 'write';
  readonly index?: number;
  /** A number that does nothing: mfspr leaves its target alone. */
  readonly reserved?: true;
  /** What FSCR or HFSCR can take away. */
  readonly facility?: FacilityName;
  /** What else the register asks before it lets a program in. */
  readonly demand?: <S extends Sorts>(op: Operations<S>, access: 'read' | 'write') => void;
  readonly get: <S extends Sorts>(op: Operations<S>) => S['value'];
  /** What the register becomes; the value is already cut to the width. */
  readonly set: <S extends Sorts>(op: Operations<S>, value: S['value']) => void;
}

export type Rights = readonly [read: SprAccess, write: SprAccess];
export const problem: Rights = ['problem', 'problem'];
export const privileged: Rights = ['privileged', 'privileged'];
export const hypervisor: Rights = ['hypervisor', 'hypervisor'];

export type Options = Partial<Omit<SpecialPurposeRegister, 'name' | 'number' | 'read' | 'write'>>;

/** A register that holds what was written. */
export const copy = (
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
export const copyForTranslation = (
  name: string,
  number: number,
  rights: Rights,
  special: Special,
  options: Options = {},
) =>
  copy(name, number, rights, special, {
    ...options,
    set: (op, value) => {
      op.setSpecial(special, value);
      op.translationChanged();
    },
  });

/** AMR and its kin change only under a mask, by who writes (Book III-S 5.7.10). */
export const masked = (
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

export const timeBase = <S extends Sorts>(op: Operations<S>): S['value'] =>
  op.add(op.timeBase(), op.special('timebaseOffset'));
export const LOW_WORD = 0xffff_ffffn;
export const HIGH_WORD = LOW_WORD << 32n;
export const UPPER_40_BITS = 0xffff_ffff_ff00_0000n;
const setTimeBase = <S extends Sorts>(op: Operations<S>, value: S['value'], mask: bigint): void => {
  const wanted = merge(op, timeBase(op), value, op.constant(mask));
  op.setSpecial('timebaseOffset', op.subtract(wanted, op.timeBase()));
};
export const readTimeBase = (name: string, number: number, options: Pick<SpecialPurposeRegister, 'get'> & Options) => ({
  name,
  number,
  read: 'problem' as const,
  write: 'none' as const,
  width: 64 as const,
  set: () => undefined,
  ...options,
});
export const writeTimeBase = (name: string, number: number, mask: bigint, shift: number, mnemonic?: string) => ({
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
export const decrementer = (
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
export const tickCounter = (
  name: string,
  number: number,
  rights: Rights,
  special: Special,
  options: Options = {},
): SpecialPurposeRegister =>
  copy(name, number, rights, special, {
    ...options,
    get: (op) => op.add(op.timeBase(), op.special(special)),
    set: (op, value) => op.setSpecial(special, op.subtract(value, op.timeBase())),
  });

/** The upper word of another register, as a register of its own. */
export const upperWord = (
  name: string,
  number: number,
  rights: Rights,
  special: Special,
  options: Options = {},
): SpecialPurposeRegister =>
  copy(name, number, rights, special, {
    ...options,
    width: 32,
    get: (op) => op.shiftRight(op.special(special), op.constant(32)),
    set: (op, value) =>
      op.setSpecial(
        special,
        merge(op, op.special(special), op.shiftLeft(value, op.constant(32)), op.constant(HIGH_WORD)),
      ),
  });
/** A register that version 2.07 puts under FSCR and HFSCR, and that version 2.06 has without them. */
export const underFacility = (register: SpecialPurposeRegister, facility: FacilityName): SpecialPurposeRegister[] => [
  { ...register, until: '2.06' },
  { ...register, since: '2.07', facility },
];

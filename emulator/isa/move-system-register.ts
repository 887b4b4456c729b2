import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { hasAny, isZero, low32 } from './idioms';
import { instruction } from './instruction';
import { MSR } from './machine-state-register';
import { specialPurposeRegisters, type SpecialPurposeRegister, type SprAccess } from './special-purpose-registers';

const demand = <S extends Sorts>(op: Operations<S>, access: SprAccess): void => {
  if (access === 'privileged' || access === 'hypervisor') op.requirePrivilege(access);
};
/** The number stands in the word with its halves exchanged. */
const halves = (number: number) => [number & 31, number >> 5] as const;
const versionsOf = ({ since, until }: SpecialPurposeRegister) => ({
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
});
const cut = <S extends Sorts>(op: Operations<S>, value: S['value'], width: 32 | 64) =>
  width === 32 ? low32(op, value) : value;

function moveTo(register: SpecialPurposeRegister) {
  const { number, mnemonic, index, width } = register;
  const [low, high] = halves(number);
  return instruction({
    mnemonic: mnemonic === undefined ? 'mtspr' : `mt${mnemonic}`,
    encoding: `31:6 rs ${low}:5 ${high}:5 467:10 /:1` as const,
    assembly: mnemonic === undefined ? `${number},rs` : index === undefined ? 'rs' : `${index},rs`,
    ...versionsOf(register),
    meaning: (op, { rs }) => {
      demand(op, register.write);
      register.set(op, cut(op, op.gpr(rs), width));
    },
  });
}

function moveFrom(register: SpecialPurposeRegister, extended: 339 | 371 = 339) {
  const { number, mnemonic, index } = register;
  const [low, high] = halves(number);
  return instruction({
    mnemonic: mnemonic === undefined ? 'mfspr' : `mf${mnemonic}`,
    encoding: `31:6 rt ${low}:5 ${high}:5 ${extended}:10 /:1` as const,
    assembly: mnemonic === undefined ? `rt,${number}` : index === undefined ? 'rt' : `rt,${index}`,
    ...versionsOf(register),
    meaning: (op, { rt }) => {
      demand(op, register.read);
      op.setGpr(rt, register.get(op));
    },
  });
}

/**
 * A number that belongs to no register (Book III-S 4.4.4): its first bit decides how problem state fails; with
 * privilege it does nothing, but for the numbers reserved for emulation. In hypervisor state, where that would hide a
 * mistake of the host's software, ours is illegal.
 */
function undefinedNumber<S extends Sorts>(op: Operations<S>, spr: S['value'], emulated: readonly number[]): void {
  op.requirePrivilege('privileged', hasAny(op, spr, 0x10));
  op.illegal(hasAny(op, op.special('msr'), MSR.PR | MSR.HV));
  for (const number of emulated) op.illegal(isZero(op, op.xor(spr, op.constant(number))));
}

const timeBases = specialPurposeRegisters.filter(({ name, read }) => name.startsWith('TB') && read === 'problem');

export const moveSystemRegister = [
  ...specialPurposeRegisters.filter(({ write }) => write !== 'none').map(moveTo),
  ...specialPurposeRegisters.filter(({ read }) => read !== 'none').map((register) => moveFrom(register)),
  // mftb has an opcode of its own, and is otherwise mfspr (Book II 6.2.1).
  ...timeBases.map((register) => moveFrom(register, 371)),
  instruction({
    mnemonic: 'mtspr',
    encoding: '31:6 rs spr spr^ 467:10 /:1',
    assembly: 'spr,rs',
    otherwise: true,
    meaning: (op, { spr }) => undefinedNumber(op, op.operand(spr), [0]),
  }),
  instruction({
    mnemonic: 'mfspr',
    encoding: '31:6 rt spr spr^ 339:10 /:1',
    assembly: 'rt,spr',
    otherwise: true,
    meaning: (op, { spr }) => undefinedNumber(op, op.operand(spr), [0, 4, 5, 6]),
  }),
];

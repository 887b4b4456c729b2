import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import { demandFacility } from './facilities';
import { hasAny, isZero, low32 } from './idioms';
import { instruction } from './instruction';
import { MSR } from './machine-state-register';
import type { SpecialPurposeRegister } from './special-purpose-register';
import { specialPurposeRegisters } from './special-purpose-registers';

/** Privilege first, then whether the facility is there for this state, then what the register itself asks. */
function demand<S extends Sorts>(op: Operations<S>, register: SpecialPurposeRegister, access: 'read' | 'write'): void {
  const rights = register[access];
  if (rights === 'privileged' || rights === 'hypervisor') op.requirePrivilege(rights);
  if (register.facility !== undefined) demandFacility(op, register.facility);
  register.demand?.(op, access);
}
const nameFor = ({ mnemonic, named }: SpecialPurposeRegister, access: 'read' | 'write') =>
  named === undefined || named === access ? mnemonic : undefined;
/** The number stands in the word with its halves exchanged. */
const halves = (number: number) => [number & 31, number >> 5] as const;
const versionsOf = ({ since, until }: SpecialPurposeRegister) => ({
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
});
const cut = <S extends Sorts>(op: Operations<S>, value: S['value'], width: 32 | 64) =>
  width === 32 ? low32(op, value) : value;

function moveTo(register: SpecialPurposeRegister) {
  const { number, index, width } = register;
  const mnemonic = nameFor(register, 'write');
  const [low, high] = halves(number);
  return instruction({
    mnemonic: mnemonic === undefined ? 'mtspr' : `mt${mnemonic}`,
    encoding: `31:6 rs ${low}:5 ${high}:5 467:10 /:1` as const,
    assembly: mnemonic === undefined ? `${number},rs` : index === undefined ? 'rs' : `${index},rs`,
    ...versionsOf(register),
    meaning: (op, { rs }) => {
      demand(op, register, 'write');
      register.set(op, cut(op, op.gpr(rs), width));
    },
  });
}

function moveFrom(register: SpecialPurposeRegister, extended: 339 | 371 = 339) {
  const { number, index } = register;
  const mnemonic = nameFor(register, 'read');
  const [low, high] = halves(number);
  return instruction({
    mnemonic: mnemonic === undefined ? 'mfspr' : `mf${mnemonic}`,
    encoding: `31:6 rt ${low}:5 ${high}:5 ${extended}:10 /:1` as const,
    assembly: mnemonic === undefined ? `rt,${number}` : index === undefined ? 'rt' : `rt,${index}`,
    ...versionsOf(register),
    meaning: (op, { rt }) => {
      demand(op, register, 'read');
      if (!register.reserved) op.setGpr(rt, register.get(op));
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

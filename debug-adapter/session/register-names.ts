import { specialNames, type Special } from '../../emulator/index';
import { errors } from '../errors';
import { type VcpuOfGuest } from './guest';

/** A register by the name that a person uses for it. */
interface NamedRegister {
  readonly name: string;
  readonly group: 'general' | 'special';
  read(of: VcpuOfGuest): bigint;
  /** Absent for what cannot be set. */
  readonly write?: (of: VcpuOfGuest, value: bigint) => void;
}

const general = Array.from({ length: 32 }, (_, number): NamedRegister => ({
  name: `r${number}`,
  group: 'general',
  read: ({ vcpu }) => vcpu.registers.gpr(number),
  write: ({ target, vcpu }, value) => {
    target.setGpr(vcpu.number, number, value);
  },
}));

const special = (name: Special): NamedRegister => ({
  name,
  group: 'special',
  read: ({ vcpu }) => vcpu.registers.special(name),
  write: ({ target, vcpu }, value) => {
    target.setSpecial(vcpu.number, name, value);
  },
});

const programCounter: NamedRegister = {
  name: 'pc',
  group: 'special',
  read: ({ vcpu }) => vcpu.instructionAddress,
  write: (of, value) => {
    if (of.vcpu.levels.length > 0) throw errors.badValue('pc', 'to be changed while an access is held');
    of.target.setSpecial(of.vcpu.number, 'nia', value);
  },
};

const condition: NamedRegister = {
  name: 'cr',
  group: 'special',
  read: ({ vcpu }) => BigInt(vcpu.registers.cr),
  write: ({ target, vcpu }, value) => {
    target.setCr(vcpu.number, Number(BigInt.asUintN(32, value)));
  },
};

/** XER's three flags lie apart from the rest of it. */
const exception: NamedRegister = {
  name: 'xer',
  group: 'special',
  read: ({ vcpu: { registers } }) =>
    registers.special('xerRest') |
    (registers.flag('so') ? 1n << 31n : 0n) |
    (registers.flag('ov') ? 1n << 30n : 0n) |
    (registers.flag('ca') ? 1n << 29n : 0n),
};

/** Words that the machine keeps for itself, and those with a name of their own above. */
const hidden = new Set<Special>([
  'nia',
  'xerRest',
  'decrementerExpiry',
  'hypervisorDecrementerExpiry',
  'timebaseOffset',
  'reservationAddress',
  'reservationBytes',
  'reservationValue',
]);
const [lr, ctr] = [special('lr'), special('ctr')];
const others = specialNames.filter((name) => !hidden.has(name) && name !== 'lr' && name !== 'ctr').map(special);

/** Every register, in the order in which they are shown. */
export const registers: readonly NamedRegister[] = [
  programCounter,
  ...general,
  lr,
  ctr,
  condition,
  exception,
  ...others,
];

const byName = new Map(registers.map((register) => [register.name, register]));
byName.set('nia', programCounter);

/** Upper case is what the manuals write. */
export const registerNamed = (name: string): NamedRegister | undefined => byName.get(name.toLowerCase());

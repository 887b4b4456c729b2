import type { VcpuOfGuest } from '../session/guest';
import { symbolText } from '../session/guest';
import { registers } from '../session/register-names';
import { register32, register64 } from './format';
import { named, type NamedValue } from './named-value';

const narrow = new Set(['cr', 'xer', 'dsisr', 'hdsisr', 'vrsave', 'heir']);
/** Registers whose value is worth a symbol and a look into memory. */
const addresses = new Set(['pc', 'lr', 'ctr', 'srr0', 'hsrr0', 'cfar']);

/** The Registers scope: every register, with the fields of those that have some. */
export function registerValues(of: VcpuOfGuest): readonly NamedValue[] {
  return registers.map((register) => {
    const { name, write } = register;
    const value = register.read(of);
    const digits = narrow.has(name) ? register32(value) : register64(value);
    const symbol = addresses.has(name) ? symbolText(of, value) : undefined;
    return named(name, symbol === undefined ? digits : `${digits} <${symbol}>`, {
      evaluateName: name,
      ...(register.group === 'general' || addresses.has(name) ? { memoryReference: value } : {}),
      ...(write ? { assign: (given) => write(of, given) } : {}),
      ...(name === 'cr' ? { children: () => conditionFields(of) } : {}),
      ...(name === 'xer' ? { children: () => exceptionFields(of) } : {}),
    });
  });
}

function conditionFields({ vcpu: { registers: state } }: VcpuOfGuest): readonly NamedValue[] {
  return Array.from({ length: 8 }, (_, field) => {
    const names = ['LT', 'GT', 'EQ', 'SO'].filter((_name, bit) => state.crBit(field * 4 + bit));
    return named(`cr${field}`, names.join(' ') || 'none');
  });
}

const exceptionFields = ({ vcpu: { registers: state } }: VcpuOfGuest): readonly NamedValue[] =>
  (['so', 'ov', 'ca'] as const).map((name) => named(name.toUpperCase(), state.flag(name) ? '1' : '0'));

import type { Names } from '../conditions/expression';
import { readNumber, type VcpuOfGuest } from './guest';
import { guestFunction } from './guest-functions';
import { fieldValue, registerField } from './register-fields';
import { registerNamed } from './register-names';

/**
 * What a watch, a breakpoint's condition and the debug console may name: registers, their fields, symbols, and functions
 * over the MMU.
 */
export function namesOf(of: VcpuOfGuest): Names {
  const symbol = (name: string): bigint | undefined => of.program.symbols.named(name)[0]?.address;
  const field = (name: string): bigint | undefined => {
    const found = registerField(name);
    const register = found && registerNamed(found.register);
    return found && register && fieldValue(found, register.read(of));
  };
  const isRegister = (name: string) => registerNamed(name) !== undefined || registerField(name) !== undefined;
  return {
    typeOf: (name) => (isRegister(name) || symbol(name) !== undefined ? 'number' : undefined),
    valueOf: (name) => registerNamed(name)?.read(of) ?? field(name) ?? symbol(name),
    known: () => [],
    functionNamed: (name) => guestFunction(of, name),
    doublewordAt: (address) => readNumber(of, address, 8),
  };
}

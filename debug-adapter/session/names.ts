import type { Names } from '../conditions/expression';
import { readNumber, type VcpuOfGuest } from './guest';
import { registerNamed } from './register-names';

/** What a watch, a breakpoint's condition and the debug console may name: registers, then symbols. */
export function namesOf(of: VcpuOfGuest): Names {
  const symbol = (name: string): bigint | undefined => of.program.symbols.named(name)[0]?.address;
  return {
    typeOf: (name) => (registerNamed(name) !== undefined || symbol(name) !== undefined ? 'number' : undefined),
    valueOf: (name) => registerNamed(name)?.read(of) ?? symbol(name),
    known: () => [],
    doublewordAt: (address) => readNumber(of, address, 8),
  };
}

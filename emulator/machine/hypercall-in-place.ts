import type { HypercallAnswer } from './debug-target';
import type { UserSpace } from './hypercalls/user-space-hypercall';
import type { Kvm } from '../kvm/kvm';
import { runHypercall } from './user-space';
import type { Vcpu } from './vcpu';

/** Registers that a hypercall takes its arguments and leaves its results in. */
const FIRST = 3;
const LAST = 12;
const RESULTS = 4;

/** A debugger's hypercall: the registers are put back afterwards. */
export function hypercallInPlaceOf(
  { kvm, space }: { readonly kvm: Kvm; readonly space: UserSpace },
  vcpu: Vcpu,
  number: number,
  given: readonly bigint[],
): HypercallAnswer {
  const { registers } = vcpu;
  const numbers = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
  const before = numbers.map((gpr) => registers.gpr(gpr));
  for (const gpr of numbers) registers.setGpr(gpr, gpr === FIRST ? BigInt(number) : (given[gpr - FIRST - 1] ?? 0n));
  runHypercall(kvm, space, vcpu, number);
  const status = registers.gpr(FIRST);
  const results = Array.from({ length: RESULTS }, (_, index) => registers.gpr(FIRST + 1 + index));
  numbers.forEach((gpr, index) => {
    registers.setGpr(gpr, before[index] ?? 0n);
  });
  return { status, results };
}

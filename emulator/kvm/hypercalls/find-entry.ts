import { isPresent } from '../entry-rules';
import type { Kvm } from '../kvm';
import { flag, status } from './hypercall';

const PAGE = ~0x7fn & ((1n << 64n) - 1n);

/** What the guest says of the entry it means: nothing, its AVPN, or bits of it that are all zero. */
export type Condition = 'none' | 'avpn' | 'andcond';

export function agrees(first: bigint, condition: Condition, value: bigint): boolean {
  if (!isPresent(first)) return false;
  switch (condition) {
    case 'none':
      return true;
    case 'avpn':
      return (first & PAGE) === value;
    case 'andcond':
      return (first & value) === 0n;
  }
}

export const entryNumber = (kvm: Kvm, pteIndex: bigint): number | undefined =>
  pteIndex < BigInt(kvm.table.entryCount) ? Number(pteIndex) : undefined;

/** The entry that a call names, or why there is none. Both conditions may be asked for at once. */
export function findEntry(
  kvm: Kvm,
  flags: bigint,
  pteIndex: bigint,
  value: bigint,
): { readonly index: number } | { readonly status: bigint } {
  const index = entryNumber(kvm, pteIndex);
  if (index === undefined) return { status: status.parameter };
  const first = kvm.table.first(index);
  const byPage = agrees(first, (flags & flag.avpn) === 0n ? 'none' : 'avpn', value);
  const byBits = agrees(first, (flags & flag.andCondition) === 0n ? 'none' : 'andcond', value);
  return byPage && byBits ? { index } : { status: status.notFound };
}

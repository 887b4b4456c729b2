import { hpteFirst } from '../../mmu/hashed-page-table-entry';
import { isPresent } from '../entry-rules';
import type { Kvm } from '../kvm';
import { guestViewOf, leaveReverseMap, withoutModified } from '../take-out-entry';
import { flag, hypercall, status } from './hypercall';

const PAGE = ~0x7fn & ((1n << 64n) - 1n);

/** Whether an entry is the one that the guest means. */
export function agrees(first: bigint, flags: bigint, avpn: bigint): boolean {
  if (!isPresent(first)) return false;
  if ((flags & flag.avpn) !== 0n && (first & PAGE) !== avpn) return false;
  return (flags & flag.andCondition) === 0n || (first & avpn) === 0n;
}
/** An absent entry is a valid one to its guest. */
export const firstAsGuestSees = (first: bigint): bigint =>
  (first & hpteFirst.mask.absent) === 0n ? first : (first & ~hpteFirst.mask.absent) | hpteFirst.mask.valid;

export const entryNumber = (kvm: Kvm, pteIndex: bigint): number | undefined =>
  pteIndex < BigInt(kvm.table.entryCount) ? Number(pteIndex) : undefined;

/** Linux: kvmppc_do_h_remove(). */
export const hRemove = hypercall({
  name: 'H_REMOVE',
  number: 0x04,
  parameters: ['flags', 'pteIndex', 'avpn'],
  run(kvm, { flags, pteIndex, avpn }) {
    const index = entryNumber(kvm, pteIndex);
    if (index === undefined) return { status: status.parameter };
    const first = kvm.table.first(index);
    if (!agrees(first, flags, avpn)) return { status: status.notFound };
    const second = guestViewOf(kvm, index);
    if ((first & hpteFirst.mask.valid) !== 0n) {
      leaveReverseMap(kvm, index, first);
      kvm.table.setFirst(index, 0n);
      kvm.invalidateTranslations();
    } else kvm.table.setFirst(index, 0n);
    return { status: status.success, results: [firstAsGuestSees(first), withoutModified(second)] };
  },
});

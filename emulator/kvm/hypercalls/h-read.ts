import { isPresent } from '../entry-rules';
import type { Kvm } from '../kvm';
import { firstAsGuestSees, guestViewOf, withoutModified } from '../change-entry';
import { entryNumber } from './find-entry';
import { flag, hypercall, status } from './hypercall';

/** An entry that is empty shows what its second doubleword was last in the real table, as KVM shows it. */
function read(kvm: Kvm, index: number): readonly bigint[] {
  const first = kvm.table.first(index);
  const second = isPresent(first) ? withoutModified(guestViewOf(kvm, index)) : kvm.table.second(index);
  return [firstAsGuestSees(first), second];
}

/** Linux: kvmppc_h_read(). One entry, or the four that its index lies in. */
export const hRead = hypercall({
  name: 'H_READ',
  number: 0x0c,
  parameters: ['flags', 'pteIndex'],
  run(kvm, { flags, pteIndex }) {
    const index = entryNumber(kvm, pteIndex);
    if (index === undefined) return { status: status.parameter };
    const four = (flags & flag.readFour) !== 0n;
    const start = four ? index & ~3 : index;
    const results = Array.from({ length: four ? 4 : 1 }, (_, i) => read(kvm, start + i)).flat();
    return { status: status.success, results };
  },
});

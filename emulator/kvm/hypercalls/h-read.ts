import { guestViewOf, withoutModified } from '../take-out-entry';
import { entryNumber, firstAsGuestSees } from './h-remove';
import { flag, hypercall, status } from './hypercall';

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
    return {
      status: status.success,
      results: Array.from({ length: four ? 4 : 1 }, (_, i) => [
        firstAsGuestSees(kvm.table.first(start + i)),
        withoutModified(guestViewOf(kvm, start + i)),
      ]).flat(),
    };
  },
});

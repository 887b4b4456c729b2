import { hpteFirst, hpteSecond } from '../../mmu/hashed-page-table-entry';
import { canBeWritten, hasReservedKey, KEY, madeReadOnly } from '../entry-rules';
import { agrees, entryNumber } from './h-remove';
import { hypercall, status } from './hypercall';

const NEW_BITS = hpteSecond.mask.protection | hpteSecond.mask.noExecute | KEY;

/** Linux: kvmppc_h_protect(). */
export const hProtect = hypercall({
  name: 'H_PROTECT',
  number: 0x18,
  parameters: ['flags', 'pteIndex', 'avpn'],
  run(kvm, { flags, pteIndex, avpn }) {
    const index = entryNumber(kvm, pteIndex);
    if (index === undefined) return { status: status.parameter };
    const first = kvm.table.first(index);
    if (!agrees(first, flags & ~(1n << 30n), avpn)) return { status: status.notFound };
    const wanted = ((flags << 55n) & (1n << 63n)) | ((flags << 48n) & (3n << 60n)) | (flags & NEW_BITS & 0xe07n);
    if (kvm.behavior.refusesReservedKey && hasReservedKey(wanted)) return { status: status.parameter };
    kvm.reverseMap.setGuestSecond(index, (kvm.reverseMap.guestSecond(index) & ~NEW_BITS) | wanted);
    if ((first & hpteFirst.mask.valid) === 0n) return { status: status.success };

    const real = kvm.table.second(index);
    // A page with no memory keeps its key 31 whatever the guest asks for; a guest that may use key 31 may leave it too.
    const withoutMemory = kvm.behavior.emulatedEntry === 'valid' && hasReservedKey(real);
    const replaced = withoutMemory ? NEW_BITS & ~KEY : NEW_BITS;
    const asked = (real & ~replaced) | (wanted & replaced);
    // Only the fault path may make a page writable: the host's page may have become read-only (KVM traps the store).
    const changed = !canBeWritten(real) && canBeWritten(asked) ? madeReadOnly(asked) : asked;
    if (changed !== real) {
      kvm.table.setSecond(index, changed);
      kvm.invalidateTranslations();
    }
    return { status: status.success };
  },
});

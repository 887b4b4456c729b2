import { hpteFirst, hpteSecond } from '../../mmu/hashed-page-table-entry';
import { noteModification } from '../change-entry';
import { canBeWritten, hasReservedKey, isEmulatedMmio, KEY, madeReadOnly } from '../entry-rules';
import { findEntry } from './find-entry';
import { flag, hypercall, status } from './hypercall';

const NEW_BITS = hpteSecond.mask.protection | hpteSecond.mask.noExecute | KEY;

/** Linux: kvmppc_h_protect(). */
export const hProtect = hypercall({
  name: 'H_PROTECT',
  number: 0x18,
  parameters: ['flags', 'pteIndex', 'avpn'],
  run(kvm, { flags, pteIndex, avpn }) {
    const found = findEntry(kvm, flags & flag.avpn, pteIndex, avpn);
    if ('status' in found) return found;
    const { index } = found;
    const first = kvm.table.first(index);
    const wanted = ((flags << 55n) & (1n << 63n)) | ((flags << 48n) & (3n << 60n)) | (flags & NEW_BITS & 0xe07n);
    if (kvm.behavior.refusesReservedKey && hasReservedKey(wanted)) return { status: status.parameter };
    kvm.reverseMap.setGuestSecond(index, (kvm.reverseMap.guestSecond(index) & ~NEW_BITS) | wanted);
    noteModification(kvm, index);
    const real = kvm.table.second(index);
    if ((first & hpteFirst.mask.valid) === 0n) {
      if (isEmulatedMmio(first, real)) kvm.mmioUpdate++;
      return { status: status.success };
    }
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

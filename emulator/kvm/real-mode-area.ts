/** How a guest that has translation off reaches its memory (Linux: kvmppc_hv_setup_htab_rma()). */
import { GROUP_BYTES, hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { realModeLimit, realModeLimitSelectors, lpcr as lpcrBits, VRMASD_SHIFT } from '../mmu/special-register-bits';
import { slbVsidWord, virtualSegment, VRMA_VSID_WORD } from '../mmu/segment';
import { enter } from './hypercalls/h-enter';
import { flag } from './hypercalls/hypercall';
import { usableSlot, type Kvm } from './kvm';

const VRMA_SEGMENT_SHIFT = 40n;

/** Page sizes that real mode's segment may have, largest first: the host page at guest address 0 chooses. */
const vrmaPageSizes = [
  { shift: 24n, selector: slbVsidWord.mask.large, encoding: 0n },
  { shift: 16n, selector: slbVsidWord.mask.large | 0x10n, encoding: 1n },
  { shift: 12n, selector: 0n, encoding: 0n },
] as const;

/**
 * Enters the pages of real mode: the last place of each page's primary group, exactly. Returns LPCR[VRMASD], or
 * undefined when no slot holds guest address 0. Linux: kvmppc_map_vrma().
 */
export function mapVirtualRealMode(kvm: Kvm): bigint | undefined {
  const slot = usableSlot(kvm, 0n);
  const area = slot && kvm.process.areaAt(slot.hostVirtualAddress);
  if (!slot || !area) return undefined;
  const size = vrmaPageSizes.find(({ shift }) => BigInt(area.pageSize) >= 1n << shift);
  if (!size) return undefined;
  const most = [slot.size >> size.shift, 1n << (VRMA_SEGMENT_SHIFT - size.shift), BigInt(kvm.table.groupCount)];
  const pages = most.reduce((least, one) => (one < least ? one : least));
  const vsid = virtualSegment(VRMA_VSID_WORD);
  const mixed = vsid ^ (vsid << 25n);
  const groupMask = BigInt(kvm.table.groupCount - 1);
  const large = size.shift > 12n ? hpteFirst.mask.large : 0n;
  // RWXX: the kernel of the guest alone runs in real mode.
  const rights = hpteSecond.mask.referenced | hpteSecond.mask.changed | 0x10n;
  for (let page = 0n; page < pages; page++) {
    const address = page << size.shift;
    const group = (page ^ mixed) & groupMask;
    const first = VRMA_VSID_WORD | hpteFirst.mask.bolted | large | ((address >> 16n) & ~0x7fn);
    const second = address | (size.encoding << 12n) | rights;
    enter(kvm, flag.exact, (group * BigInt(GROUP_BYTES / 16)) | 7n, first, second);
  }
  return size.selector << VRMASD_SHIFT;
}

/** LPCR[RMLS] for an area that real mode reaches by offset; undefined when no limit is that size. */
export function realModeLimitField(size: bigint): bigint | undefined {
  const selector = realModeLimitSelectors.find((one) => realModeLimit(one) === size);
  return selector === undefined ? undefined : lpcrBits.encode({ RMLS: selector });
}

import { hostAddressOf, usableSlot, type Kvm } from '../kvm';
import { markDirty, type MemorySlot } from '../memory-slots';
import { hypercall, status, type HypercallResult } from './hypercall';

const PAGE = 0x1000;
const ZERO_PAGE = 1n << 15n;
const COPY_PAGE = 1n << 14n;
/** ICACHE_INVALIDATE and ICACHE_SYNCHRONIZE, and PAGE_SET_LOANED, which has all bits of its like. None does anything. */
const IGNORED = (1n << 23n) | (1n << 22n) | 0xf_0000_0000n;

/**
 * The host's memory behind a page of the guest, brought in as a copy by KVM itself would bring it in. Linux:
 * kvm_clear_guest() and its kin; the real-mode handler does the same for pages that are there already.
 */
function locate(kvm: Kvm, address: bigint, write: boolean): { slot: MemorySlot; place: bigint } | undefined {
  const slot = usableSlot(kvm, address);
  if (!slot) return undefined;
  const hostVirtual = hostAddressOf(slot, address);
  const got = kvm.process.userPage(hostVirtual, write);
  if (got.kind !== 'page') return undefined;
  return { slot, place: got.page.realAddress + (hostVirtual & BigInt(got.page.pageSize - 1)) };
}

function initialize(kvm: Kvm, destination: bigint, source: bigint | undefined): HypercallResult {
  const to = locate(kvm, destination, true);
  const from = source === undefined ? undefined : locate(kvm, source, false);
  if (!to || (source !== undefined && !from)) return { status: status.parameter };
  const bytes = kvm.realMemory.bytes(to.place, PAGE);
  if (from) bytes.set(kvm.realMemory.bytes(from.place, PAGE));
  else bytes.fill(0);
  kvm.realMemory.written(to.place);
  markDirty(to.slot, destination, BigInt(PAGE));
  return { status: status.success };
}

/** Linux: kvmppc_rm_h_page_init() and kvmppc_h_page_init(). Before v5.x user space did the same. */
export const hPageInit = hypercall({
  name: 'H_PAGE_INIT',
  number: 0x2c,
  parameters: ['flags', 'destination', 'source'],
  run(kvm, { flags, destination, source }) {
    const within = (address: bigint) => (address & BigInt(PAGE - 1)) !== 0n;
    const copies = (flags & COPY_PAGE) !== 0n;
    if ((flags & ~(IGNORED | ZERO_PAGE | COPY_PAGE)) !== 0n || within(destination) || (copies && within(source)))
      return { status: status.parameter };
    if (copies) return initialize(kvm, destination, source);
    return (flags & ZERO_PAGE) === 0n ? { status: status.success } : initialize(kvm, destination, undefined);
  },
});

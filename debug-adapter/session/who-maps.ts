/** The way back: which entries, and which effective addresses, reach a guest page. */
import { segmentShift, slbEsidWord, virtualSegment, type PageTableEntryView } from '../../emulator/index';
import type { VcpuOfGuest } from './guest';

/** Every HPTE, valid or absent, whose page holds a guest physical address. */
export function entriesMapping({ target: { pageTable } }: VcpuOfGuest, address: bigint): readonly PageTableEntryView[] {
  return pageTable
    .occupied()
    .map((index) => pageTable.entry(index))
    .filter(
      ({ guestPhysicalAddress: start, shifts }) => address >= start && address < start + (1n << BigInt(shifts.actual)),
    );
}

/** Effective addresses at which the vCPU's SLB shows the page of an entry now. */
export function effectiveAddressesOf(
  { vcpu }: VcpuOfGuest,
  { page, shifts }: PageTableEntryView,
  inPage: bigint,
): readonly bigint[] {
  const offset =
    (page.virtualAddress & ((1n << BigInt(page.segmentShift)) - 1n)) | (inPage & ((1n << BigInt(shifts.actual)) - 1n));
  const found: bigint[] = [];
  for (let index = 0; index < SLB_ENTRIES; index++) {
    const { esid, vsid } = vcpu.registers.slbEntry(index);
    const decoded = slbEsidWord.decode(esid);
    if (!decoded.valid || segmentShift(vsid) !== page.segmentShift || virtualSegment(vsid) !== page.vsid) continue;
    const start = (decoded.esid << 28n) & -(1n << BigInt(page.segmentShift));
    found.push(BigInt.asUintN(64, start | offset));
  }
  return found;
}
const SLB_ENTRIES = 32;

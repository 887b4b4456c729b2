/** Translation control entries (PAPR 14.5.4.2.4; Linux: arch/powerpc/kvm/book3s_64_vio.c). */
import { status, type HypercallResult } from '../../kvm/hypercalls/hypercall';
import { IO_PAGE, isEntry, tceBits, type TranslationControlTable } from '../pci/translation-control';
import { userSpaceHypercall, type UserSpace } from './user-space-hypercall';

/** Entries that a list of one page holds. */
const LIST_ENTRIES = 512n;
const ENTRY_BYTES = 8;
const wrong: HypercallResult = { status: status.parameter };
const done: HypercallResult = { status: status.success };

/** The table of a bus, if these pages are pages of it. */
function tableFor(
  { pci }: UserSpace,
  { bus, address }: { bus: bigint; address: bigint },
  pages: bigint,
): TranslationControlTable | undefined {
  const table = pci?.table;
  return table && BigInt(table.bus) === bus && table.holds(address, pages) ? table : undefined;
}

export const hGetTce = userSpaceHypercall({
  name: 'H_GET_TCE',
  number: 0x1c,
  parameters: ['bus', 'address'],
  run(space, _vcpu, args) {
    const table = tableFor(space, args, 1n);
    return table ? { status: status.success, results: [table.get(args.address)] } : wrong;
  },
});

export const hPutTce = userSpaceHypercall({
  name: 'H_PUT_TCE',
  number: 0x20,
  parameters: ['bus', 'address', 'entry'],
  run(space, _vcpu, args) {
    const table = tableFor(space, args, 1n);
    if (!table || !isEntry(args.entry)) return wrong;
    table.put(args.address, args.entry);
    return done;
  },
});

/** One entry in many places. It may not permit anything: it is for taking entries back. */
export const hStuffTce = userSpaceHypercall({
  name: 'H_STUFF_TCE',
  number: 0x138,
  parameters: ['bus', 'address', 'entry', 'count'],
  run(space, _vcpu, args) {
    const table = tableFor(space, args, args.count);
    if (!table || (args.entry & (tceBits.read | tceBits.write)) !== 0n) return wrong;
    for (let page = 0n; page < args.count; page++) table.put(args.address + page * IO_PAGE, args.entry);
    return done;
  },
});

/** Entries from a page of the guest's memory: all of them, or none. */
export const hPutTceIndirect = userSpaceHypercall({
  name: 'H_PUT_TCE_INDIRECT',
  number: 0x13c,
  parameters: ['bus', 'address', 'list', 'count'],
  run(space, _vcpu, args) {
    const table = tableFor(space, args, args.count);
    if (!table || args.count > LIST_ENTRIES || args.list % IO_PAGE !== 0n) return wrong;
    const length = Number(args.count) * ENTRY_BYTES;
    const bytes = space.memory.read(args.list, length);
    if (bytes.length < length) return wrong;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const entries = Array.from({ length: Number(args.count) }, (_, i) => view.getBigUint64(i * ENTRY_BYTES));
    if (!entries.every(isEntry)) return wrong;
    entries.forEach((entry, i) => {
      table.put(args.address + BigInt(i) * IO_PAGE, entry);
    });
    return done;
  },
});

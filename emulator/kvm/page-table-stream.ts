/**
 * The stream by which user space saves and loads a guest's page table (KVM_PPC_GET_HTAB_FD), and the text of KVM's
 * debugfs file `htab`. Linux: kvm_htab_read(), kvm_htab_write(), debugfs_htab_read(). Nobody calls these while a vCPU
 * runs, which is when KVM says EBUSY.
 */
import { HPTE_BYTES, hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { firstAsGuestSees, takeOut, withoutModified } from './change-entry';
import { isPresent, REFERENCED_AND_CHANGED } from './entry-rules';
import { enter } from './hypercalls/h-enter';
import { flag, status } from './hypercalls/hypercall';
import type { Kvm } from './kvm';

/** u32 index, u16 valid, u16 invalid, in the byte order of the host, which is little-endian. */
const HEADER_BYTES = 8;
const MOST_IN_RECORD = 0xffff;
const { valid: VALID, bolted: BOLTED } = hpteFirst.mask;
const MODIFIED = hpteSecond.mask.modified;

/** What the hardware has noted since the guest's view was last told. */
const newlyNoted = (kvm: Kvm, index: number): bigint =>
  (kvm.table.first(index) & VALID) === 0n
    ? 0n
    : kvm.table.second(index) & REFERENCED_AND_CHANGED & ~kvm.reverseMap.guestSecond(index);
const isModified = (kvm: Kvm, index: number): boolean =>
  (kvm.reverseMap.guestSecond(index) & MODIFIED) !== 0n || newlyNoted(kvm, index) !== 0n;

/** An open reader. The first pass tells of every entry, later ones of those that have changed since. */
export class PageTableReader {
  readonly #kvm: Kvm;
  readonly #boltedOnly: boolean;
  #index = 0;
  #firstPass = true;

  constructor(kvm: Kvm, boltedOnly = false) {
    this.#kvm = kvm;
    this.#boltedOnly = boltedOnly;
    kvm.streamReaders++;
  }
  close(): void {
    this.#kvm.streamReaders--;
  }

  /** The next records, of fewer than `most` bytes; up to the end of the table at most. Empty: the pass is over. */
  read(most = Infinity): Uint8Array {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    const { entryCount } = this.#kvm.table;
    while (bytes + HEADER_BYTES + HPTE_BYTES < most && this.#index < entryCount) {
      while (!this.#firstPass && this.#index < entryCount && !isModified(this.#kvm, this.#index)) this.#index++;
      const start = this.#index;
      const entries: Uint8Array[] = [];
      const length = () => HEADER_BYTES + entries.length * HPTE_BYTES;
      while (entries.length < MOST_IN_RECORD && bytes + length() + HPTE_BYTES < most && this.#tells(true))
        entries.push(this.#take());
      let invalid = 0;
      for (; invalid < MOST_IN_RECORD && this.#tells(false); invalid++) this.#take();
      if (entries.length + invalid === 0) continue;
      parts.push(header(start, entries.length, invalid));
      for (const entry of entries) parts.push(entry);
      bytes += length();
    }
    if (this.#index >= entryCount) {
      this.#index = 0;
      this.#firstPass = false;
    }
    const stream = new Uint8Array(bytes);
    let at = 0;
    for (const part of parts) {
      stream.set(part, at);
      at += part.length;
    }
    return stream;
  }

  /** Whether the entry that is next belongs among those that are valid, or invalid. */
  #tells(valid: boolean): boolean {
    if (this.#index >= this.#kvm.table.entryCount) return false;
    if (!this.#firstPass && !isModified(this.#kvm, this.#index)) return false;
    const first = this.#kvm.table.first(this.#index);
    return (isPresent(first) && (!this.#boltedOnly || (first & BOLTED) !== 0n)) === valid;
  }
  /** The next entry as its guest sees it, which is told with this. */
  #take(): Uint8Array {
    const index = this.#index++;
    const { table, reverseMap } = this.#kvm;
    const second = withoutModified(reverseMap.guestSecond(index) | newlyNoted(this.#kvm, index));
    reverseMap.setGuestSecond(index, second);
    const bytes = new Uint8Array(HPTE_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, firstAsGuestSees(table.first(index)));
    view.setBigUint64(8, second);
    return bytes;
  }
}

function header(index: number, valid: number, invalid: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, index, true);
  view.setUint16(4, valid, true);
  view.setUint16(6, invalid, true);
  return bytes;
}

export type StreamWritten =
  | { readonly kind: 'written'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly errno: 'EINVAL' | 'EIO'; readonly why: string };
const refused = (errno: 'EINVAL' | 'EIO', why: string): StreamWritten => ({ kind: 'refused', errno, why });

/** Enters what a stream holds, exactly where it was; a record that is cut off ends it. */
export function writePageTable(kvm: Kvm, stream: Uint8Array): StreamWritten {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= stream.length) {
    const start = view.getUint32(at, true);
    const [valid, invalid] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
    if (at + valid * HPTE_BYTES > stream.length) break;
    at += HEADER_BYTES;
    if (start + valid + invalid > kvm.table.entryCount) return refused('EINVAL', 'the table has no such entries');
    for (let index = start; index < start + valid; index++, at += HPTE_BYTES) {
      if (at + HPTE_BYTES > stream.length) return refused('EINVAL', 'the stream ends within an entry');
      const [first, second] = [view.getBigUint64(at), view.getBigUint64(at + 8)];
      if ((first & VALID) === 0n) return refused('EINVAL', `entry ${String(index)} is not valid`);
      if (isPresent(kvm.table.first(index))) takeOut(kvm, index);
      if (enter(kvm, flag.exact, BigInt(index), first, second).status !== status.success)
        return refused('EIO', `entry ${String(index)} cannot be entered`);
    }
    for (let index = start + valid; index < start + valid + invalid; index++)
      if (isPresent(kvm.table.first(index))) takeOut(kvm, index);
  }
  return { kind: 'written', bytes: at };
}

/** A line an entry: index, both real doublewords, the guest's second. */
export function pageTableText({ table, reverseMap }: Kvm): string {
  const hex = (value: bigint | number, digits: number, fill: string) => value.toString(16).padStart(digits, fill);
  const lines: string[] = [];
  for (let index = 0; index < table.entryCount; index++) {
    const first = table.first(index);
    if (!isPresent(first)) continue;
    const words = [first, table.second(index), reverseMap.guestSecond(index)].map((word) => hex(word, 16, '0'));
    lines.push(`${hex(index, 6, ' ')} ${words.join(' ')}\n`);
  }
  return lines.join('');
}

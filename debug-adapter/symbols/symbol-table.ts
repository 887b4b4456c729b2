import type { ElfFile, ElfSymbol } from '../../emulator/index';
import { withoutTopBits } from './real-mode';

/** A place in the guest as a person reads it. */
export interface SymbolPlace {
  readonly name: string;
  readonly start: bigint;
  readonly offset: bigint;
}

/** The names of a guest's functions and data, by address and by name. */
export class SymbolTable {
  /** Sorted by address; where several names share one, the one to show comes last. */
  readonly #byAddress: readonly ElfSymbol[];
  readonly #byName: ReadonlyMap<string, readonly ElfSymbol[]>;
  /** The upper four bits that occur among addresses: where real mode's addresses may have been linked. */
  readonly #topBits: readonly bigint[];

  constructor(elf: Pick<ElfFile, 'symbols' | 'sections' | 'endian'>) {
    const symbols = elf.symbols.map((symbol) => withCodeAddress(symbol, elf));
    this.#byAddress = symbols
      .filter(({ section, name }) => section !== undefined && !name.startsWith('.L'))
      .sort((a, b) => (a.address === b.address ? rank(a) - rank(b) : a.address < b.address ? -1 : 1));
    const byName = new Map<string, ElfSymbol[]>();
    for (const symbol of symbols) {
      const same = byName.get(symbol.name);
      if (same) same.push(symbol);
      else byName.set(symbol.name, [symbol]);
    }
    this.#byName = byName;
    this.#topBits = [...new Set(this.#byAddress.map(({ address }) => address - withoutTopBits(address)))];
  }

  /** What an effective address lies in. In real mode the top four bits do not count. */
  at(address: bigint, realMode: boolean): SymbolPlace | undefined {
    if (!realMode) return this.#exactly(address);
    for (const top of this.#topBits) {
      const place = this.#exactly(top + withoutTopBits(address));
      if (place) return place;
    }
    return undefined;
  }

  /** Every symbol of that name: static functions of different files may share one. */
  named(name: string): readonly ElfSymbol[] {
    return this.#byName.get(name) ?? [];
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  #exactly(address: bigint): SymbolPlace | undefined {
    let low = 0;
    let high = this.#byAddress.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#byAddress[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = this.#byAddress[low - 1];
    if (!symbol) return undefined;
    const offset = address - symbol.address;
    // A label without a size reaches to the next one, but not so far that the name would mislead.
    const reach = symbol.size === 0n ? 0x10000n : symbol.size;
    return offset < reach ? { name: symbol.name, start: symbol.address, offset } : undefined;
  }
}

const kinds = ['other', 'object', 'function'] as const;
const rank = ({ kind, isGlobal, size }: ElfSymbol): number =>
  kinds.indexOf(kind) * 4 + (isGlobal ? 2 : 0) + (size > 0n ? 1 : 0);

/** Under the ELFv1 ABI a function's symbol names a descriptor in .opd, whose first doubleword is the code's address. */
function withCodeAddress(symbol: ElfSymbol, { sections, endian }: Pick<ElfFile, 'sections' | 'endian'>): ElfSymbol {
  if (symbol.section !== '.opd') return symbol;
  const descriptors = sections.find(({ name }) => name === '.opd');
  if (!descriptors) return symbol;
  const offset = symbol.address - descriptors.address;
  if (offset < 0n || offset + 8n > BigInt(descriptors.bytes.length)) return symbol;
  const { buffer, byteOffset, byteLength } = descriptors.bytes;
  const address = new DataView(buffer, byteOffset, byteLength).getBigUint64(Number(offset), endian === 'little');
  return { ...symbol, address };
}

/** "main", "main+0x14". */
export const placeText = ({ name, offset }: SymbolPlace): string =>
  offset === 0n ? name : `${name}+0x${offset.toString(16)}`;

import { readNumber, symbolText, type VcpuOfGuest } from '../session/guest';
import type { SymbolNames } from './value-text';

/** A label says nothing of what lies behind it: only what has an extent, or is code, names an address. */
function namedText(of: VcpuOfGuest, address: bigint): string | undefined {
  const text = symbolText(of, address);
  const symbols = of.program.symbols.named(text?.replace(/\+0x[0-9a-f]+$/, '') ?? '');
  return symbols.some(({ size, kind }) => size > 0n || kind === 'function') ? text : undefined;
}

/** The names that the guest's file has. Under the ELFv1 ABI a pointer to a function is to a descriptor in .opd. */
export const symbolNames =
  (of: VcpuOfGuest): SymbolNames =>
  (address, isFunction) => {
    const descriptors = isFunction ? of.program.elf.sections.find(({ name }) => name === '.opd') : undefined;
    const isDescriptor =
      descriptors && address >= descriptors.address && address < descriptors.address + descriptors.size;
    const code = isDescriptor ? readNumber(of, address, 8) : address;
    return code === undefined ? undefined : namedText(of, code);
  };

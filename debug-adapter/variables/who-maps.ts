import { effectiveAddressesOf, entriesMapping } from '../session/who-maps';
import type { VcpuOfGuest } from '../session/guest';
import { hexadecimal } from './format';
import { named, type NamedValue } from './named-value';
import { pageTableEntry } from './page-table';

/** All of it as values: the slot, each entry, and the effective addresses through it. */
export function whoMaps(of: VcpuOfGuest, address: bigint): readonly NamedValue[] {
  const slot = of.target
    .memorySlots()
    .find(({ baseAddress, size }) => address >= baseAddress && address < baseAddress + size);
  const entries = entriesMapping(of, address);
  return [
    named(
      'memory slot',
      slot === undefined ? 'none holds it' : `${slot.number}`,
      slot ? { watch: `slot:${slot.number}` } : {},
    ),
    ...entries.map((entry) => {
      const effective = effectiveAddressesOf(of, entry, address);
      const shown = pageTableEntry(entry);
      const where =
        effective.length === 0
          ? 'no SLB entry of this vCPU leads here'
          : effective.map((one) => `ea:${hexadecimal(one)}`).join(', ');
      return { ...shown, value: `${where}; ${shown.value}` };
    }),
    ...(entries.length === 0 ? [named('HPTEs', 'none maps it')] : []),
  ];
}

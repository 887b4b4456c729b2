/** A typed address, and where the same place is in every other space. */
import { addressText, guestPhysicalOf, readAt, type TypedAddress } from '../session/addresses';
import { isLittleEndian, numberOf, symbolText, type VcpuOfGuest } from '../session/guest';
import { virtualAddressOf } from '../session/guest-functions';
import { whoMaps } from './who-maps';
import { bytesText, hexadecimal, register64 } from './format';
import { named, type NamedValue } from './named-value';
import { pageTableEntry } from './page-table';

const SHOWN_BYTES = 8;

export function addressValue(of: VcpuOfGuest, typed: TypedAddress): NamedValue {
  if (typed.space === 'hpte' && typed.address < of.target.pageTable.entryCount)
    return {
      ...pageTableEntry(of.target.pageTable.entry(Number(typed.address)), addressText(typed)),
      memoryReference: typed,
    };
  const bytes = readAt(of, typed, SHOWN_BYTES);
  const there =
    bytes.length < SHOWN_BYTES
      ? 'not memory that can be read'
      : `${register64(numberOf(bytes, isLittleEndian(of.vcpu)))} (bytes ${bytesText(bytes)})`;
  return named(addressText(typed), there, { memoryReference: typed, children: () => placesOf(of, typed) });
}

/** The same place in the other spaces. */
function placesOf(of: VcpuOfGuest, typed: TypedAddress): readonly NamedValue[] {
  const { target } = of;
  const place = (name: string, found: TypedAddress | undefined) =>
    found ? named(name, hexadecimal(found.address), { memoryReference: found }) : named(name, 'none');
  const virtual =
    typed.space === 'ea' ? virtualAddressOf(of, typed.address) : typed.space === 'va' ? typed.address : undefined;
  const physical = guestPhysicalOf(of, typed);
  const hostVirtual = physical === undefined ? undefined : target.hostVirtualOf(physical);
  const real =
    typed.space === 'hpa' ? typed.address : hostVirtual === undefined ? undefined : target.hostRealOf(hostVirtual);
  const symbol = typed.space === 'ea' ? symbolText(of, typed.address) : undefined;
  const typedIn = (space: TypedAddress['space'], address: bigint | undefined) =>
    address === undefined ? undefined : { space, address };
  return [
    ...(symbol === undefined ? [] : [named('symbol', symbol)]),
    ...(virtual === undefined ? [] : [place('va', { space: 'va', address: virtual })]),
    place('gpa', typedIn('gpa', physical)),
    place('hva', typedIn('hva', hostVirtual)),
    place('hpa', typedIn('hpa', real)),
    ...(physical === undefined
      ? []
      : [named('mapped by', 'HPTEs and effective addresses', { children: () => whoMaps(of, physical) })]),
  ];
}

import type { AreaData, GuestStateData, SlotData } from '../../debug-adapter/custom-protocol';
import { hexadecimal, sizeText } from './sizes';
import type { TreeItem } from './tree-item';

/** Memory slots, with what the host process has mapped behind each. */
export const slotItems = ({ slots }: Pick<GuestStateData, 'slots'>): readonly TreeItem[] => slots.map(slotItem);

function slotItem(data: SlotData): TreeItem {
  const { slot, guestPhysicalAddress, size, flags, flagNames, hostVirtualAddress, areas, mappedPages } = data;
  const key = `slot ${slot}`;
  const end = hexadecimal(BigInt(guestPhysicalAddress) + BigInt(size));
  const badges = flagNames.map(({ name, internal }) => (internal ? `${name} (internal)` : name)).join(', ');
  const row = (label: string, description: string, icon: string): TreeItem => ({
    key: `${key}/${label}`,
    label,
    description,
    icon,
  });
  return {
    key,
    label: `Slot ${slot}`,
    description: `${guestPhysicalAddress} to ${end}, ${sizeText(BigInt(size))}${badges === '' ? '' : ` · ${badges}`}`,
    tooltip: `Memory slot ${slot}: guest physical ${guestPhysicalAddress} to ${end}, flags ${flags} (${badges === '' ? 'none' : badges})`,
    icon: 'server',
    kind: 'slot',
    data,
    children: [
      {
        key: `${key}/flags`,
        label: 'flags',
        description: `${flags} (${badges === '' ? 'none' : badges})`,
        icon: 'symbol-boolean',
        children: flagNames.map(({ name, internal }) => ({
          key: `${key}/flags/${name}`,
          label: name,
          description: internal ? 'internal: set by KVM, invisible to user space' : 'set by user space',
          icon: internal ? 'lock' : 'tag',
        })),
      },
      row('host virtual address', hostVirtualAddress, 'location'),
      row('mapped pages', `${mappedPages} HPTEs`, 'symbol-array'),
      ...areas.map((area) => areaItem(key, area)),
    ],
  };
}

/** A VMA of the host process. */
function areaItem(parent: string, { start, end, kind, name, pageSize, flagNames }: AreaData): TreeItem {
  const key = `${parent}/${start}`;
  return {
    key,
    label: `VMA ${start}`,
    description: `${kind}${name === '' ? '' : ` "${name}"`}, ${sizeText(BigInt(end) - BigInt(start))}, ${sizeText(BigInt(pageSize))} pages`,
    tooltip: `Host virtual ${start} to ${end}: ${flagNames.join(' ')}`,
    icon: 'layers',
    children: flagNames.map((flag) => ({ key: `${key}/${flag}`, label: flag, icon: 'tag' })),
  };
}

import type { MemorySlotView, SlotAreaView } from '../../emulator/index';
import type { Guest } from '../session/guest';
import { hexadecimal, listText, sizeText } from './format';
import { named, type NamedValue } from './named-value';

/** The Memory slots scope: guest physical memory as user space gave it to KVM. */
export const memorySlotValues = ({ target }: Guest): readonly NamedValue[] => target.memorySlots().map(memorySlotValue);

function memorySlotValue(slot: MemorySlotView): NamedValue {
  const { number, baseAddress, size, flags } = slot;
  const end = baseAddress + size;
  const summary = `${hexadecimal(baseAddress)} to ${hexadecimal(end)} (${sizeText(size)}), flags ${flagsText(slot)}`;
  return named(`slot ${number}`, summary, {
    children: () => [
      named('slot', String(number)),
      named('base', hexadecimal(baseAddress), {
        type: 'guest physical address',
        memoryReference: { space: 'gpa', address: baseAddress },
      }),
      named('size', `${hexadecimal(size)} (${sizeText(size)})`),
      named('hva', hexadecimal(slot.hostVirtualAddress), {
        type: 'host virtual address',
        memoryReference: { space: 'hva', address: slot.hostVirtualAddress },
      }),
      named('flags', `${hexadecimal(flags)} (${flagsText(slot)})`, {
        watch: `slot:${number}.flags`,
        children: () => flagValues(slot),
      }),
      named('VMA', listText(slot.areas.map(({ kind }) => kind)) || 'none', {
        children: () => slot.areas.map(areaValue),
      }),
    ],
  });
}

const flagText = ({ name, internal }: MemorySlotView['flagNames'][number]): string =>
  internal ? `${name} (internal)` : name;
const flagsText = ({ flagNames }: MemorySlotView): string => flagNames.map(flagText).join(', ') || 'none';

const flagValues = ({ flagNames }: MemorySlotView): readonly NamedValue[] =>
  flagNames.map(({ name, internal }) => named(name, internal ? 'set by KVM (internal)' : 'set by user space'));

const areaValue = ({ start, end, kind, pageSize, name, flagNames }: SlotAreaView): NamedValue =>
  named(
    `${hexadecimal(start)} to ${hexadecimal(end)}`,
    `${kind}${name === '' ? '' : ` "${name}"`}, ${sizeText(BigInt(pageSize))} pages, ${flagNames.join(' ') || 'no flags'}`,
  );

import type { EventData, ExitData, GuestStateData } from '../../debug-adapter/custom-protocol';
import type { TreeItem } from './tree-item';

type State = Pick<GuestStateData, 'exits' | 'events'>;

/** MMIO exits: those that wait first, then those of the past, newest first. */
export const exitItems = ({ exits, events }: State): readonly TreeItem[] => [
  ...exits.map(pendingItem),
  ...events.filter((event) => event.kind === 'mmio-exit').map(pastItem),
];

function pendingItem(exit: ExitData): TreeItem {
  const { vcpu, guestPhysicalAddress, length, isWrite, data, device, instruction, instructionAddress } = exit;
  const key = `pending ${vcpu}`;
  const row = (label: string, description: string): TreeItem => ({ key: `${key}/${label}`, label, description });
  const value = data ?? 'the device will be asked';
  return {
    key,
    label: `Pending: ${isWrite ? 'store to' : 'load from'} ${guestPhysicalAddress}`,
    description: `${length} bytes, ${device ?? 'no device'}${data === undefined ? '' : `, ${data}`}`,
    tooltip: isWrite
      ? `${instruction} has left to user space`
      : `${instruction} waits for its data; it can be supplied`,
    icon: 'debug-pause',
    kind: isWrite ? 'pendingStore' : 'pendingLoad',
    isOpen: true,
    data: exit,
    children: [
      row('instruction', `${instruction} at ${instructionAddress}`),
      row('effective address', exit.effectiveAddress),
      row('device', device ?? 'none: nothing in user space answers there'),
      {
        ...row('data', value),
        kind: isWrite ? 'storeData' : 'loadData',
        data: exit,
        icon: isWrite ? 'arrow-right' : 'edit',
      },
    ],
  };
}

const pastItem = (event: EventData): TreeItem => ({
  ...eventItem(event),
  label: `${event.fields['store'] === 'true' ? 'Store to' : 'Load from'} ${event.fields['gpa'] ?? '?'}`,
  description: [`${Number(event.fields['length'] ?? 0)} bytes`, event.fields['data'], event.place]
    .filter((one) => one !== undefined)
    .join(', '),
  icon: event.fields['store'] === 'true' ? 'arrow-right' : 'arrow-left',
});

/** An event of the log; a click goes to its line of source. */
function eventItem(event: EventData): TreeItem {
  const { sequence, kind, label, instructionCount, fields, place, source } = event;
  const shown = ['name', 'gpa', 'ea', 'key', 'cause'].flatMap((name) =>
    fields[name] === undefined ? [] : [`${name} ${fields[name]}`],
  );
  return {
    key: `event ${sequence}`,
    label: `${instructionCount}: ${label}`,
    description: [...shown, ...(place === undefined ? [] : [place])].join(', '),
    tooltip: Object.entries(fields)
      .map(([name, value]) => `${name} = ${value}`)
      .join('\n'),
    icon: eventIcons[kind] ?? 'circle-outline',
    kind: 'event',
    data: event,
    children: Object.entries(fields).map(([name, value]) => ({
      key: `event ${sequence}/${name}`,
      label: name,
      description: value,
    })),
    ...(source ? { command: { name: 'key31.openSource', arguments: [source] } } : {}),
  };
}

const eventIcons: Readonly<Record<string, string>> = {
  'key-fault': 'key',
  'page-fault': 'question',
  'protection-fault': 'shield',
  'segment-miss': 'symbol-namespace',
  'mmio-exit': 'sign-out',
  hypercall: 'call-outgoing',
};

/** The events log, of the kinds that are chosen. */
export const eventItems = ({ events }: State): readonly TreeItem[] => events.map(eventItem);

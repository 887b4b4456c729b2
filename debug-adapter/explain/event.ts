import { eventDefinitions, hexadecimal, type EventKind, type FaultView, type MachineEvent } from '../../emulator/index';
import type { VcpuOfGuest } from '../session/guest';
import { setBitNames } from '../variables/bit-fields';
import { verdictText } from '../variables/decision';
import { statusBits } from '../variables/fault';
import { register32 } from '../variables/format';
import { explainKeyFault, plural } from './key-fault';
import { accessNoun, EventFields, instructionWords, sentences } from './words';

type Words = (of: VcpuOfGuest, event: MachineEvent) => string;

/** One line for the place where the guest stands. */
const summaries: Partial<Readonly<Record<EventKind, (fields: EventFields) => string>>> = {
  'key-fault': (fields) =>
    fields.text('cause') === 'reserved-key'
      ? `Storage key 31: ${accessNoun(fields)} at ${fields.address('ea')}, a page without memory`
      : `Storage key ${fields.number('key') ?? '?'}: ${accessNoun(fields)} at ${fields.address('ea')} barred by the ${(fields.text('cause') ?? '').toUpperCase()}`,
  'page-fault': (fields) => `Page fault: ${accessNoun(fields)} at ${fields.address('ea')}`,
  'protection-fault': (fields) => `Protection fault: ${accessNoun(fields)} at ${fields.address('ea')}`,
  'segment-miss': (fields) => `Segment miss: ${accessNoun(fields)} at ${fields.address('ea')}`,
  'mmio-exit': (fields) =>
    `MMIO exit: ${accessNoun(fields)} of ${plural(fields.number('length') ?? 0n, 'byte')} at guest physical ${fields.address('gpa')}`,
  dma: (fields) => `DMA: ${dmaWords(fields)}`,
  hypercall: (fields) => `Hypercall ${fields.text('name') ?? hexadecimal(fields.number('number') ?? 0n)}`,
};

const explanations: Partial<Readonly<Record<EventKind, Words>>> = {
  'key-fault': explainKeyFault,
  'page-fault': explainRefusal,
  'protection-fault': explainRefusal,
  'segment-miss': explainRefusal,
  'mmio-exit': explainExit,
  dma: explainDma,
  hypercall: explainHypercall,
};

export const eventSummary = (event: MachineEvent): string =>
  summaries[event.kind]?.(new EventFields(event)) ?? listedFields(event);
/** Several sentences with values: what happened, why, and what becomes of it. */
export const explainEvent = (of: VcpuOfGuest, event: MachineEvent): string =>
  explanations[event.kind]?.(of, event) ??
  sentences(`${listedFields(event)}.`, eventDefinitions[event.kind].description);

/** An event for which nobody has found better words: its label, and every field that has a value. */
function listedFields({ kind, fields }: MachineEvent): string {
  const shown = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name} ${typeof value === 'bigint' ? hexadecimal(value) : value}`];
  });
  return `${eventDefinitions[kind].label}: ${shown.join(', ')}`;
}

function explainRefusal(of: VcpuOfGuest, event: MachineEvent): string {
  const fields = new EventFields(event);
  const { fault } = of.vcpu;
  const access = `The guest's ${accessNoun(fields)} at ${fields.address('ea')} ${instructionWords(of, fields.number('pc') ?? 0n)}`;
  if (!fault) return `${access} was refused.`;
  const reason = fault.decision.verdict === 'refused' ? "by its page's protection" : `: ${verdictText(fault.decision)}`;
  return sentences(
    `${access} was refused${reason.startsWith(':') ? '' : ' '}${reason}.`,
    searchWords(of),
    reportWords(fault),
  );
}

/** What the hardware reported, to whom, and what came of it. */
function reportWords(fault: FaultView): string {
  const { verdict } = fault.decision;
  const vector = hexadecimal(fault.vector);
  if (verdict === 'segment-miss') {
    return `There was no entry to have a status, so the hardware raised interrupt ${vector} with the address alone; a segment miss goes to the guest, whatever LPCR[VPM1] says.`;
  }
  const status = `${fault.statusRegister} ${register32(fault.status)} (${setBitNames(statusBits(fault), fault.status)})`;
  const raised = `The hardware reported ${status} and raised interrupt ${vector} to the ${fault.to === 'host' ? 'hypervisor' : 'guest'}`;
  return fault.to === 'host' ? `${raised}; it was ${fault.outcome}.` : `${raised}.`;
}

/** Where the walk has looked, for a fault that a segment or an entry decided. */
function searchWords({ vcpu: { fault } }: VcpuOfGuest): string | undefined {
  if (!fault) return undefined;
  const { segment, groups, protection } = fault.decision;
  if (!segment) return undefined;
  const found = segment.slbIndex === undefined ? 'The segment that real mode uses' : `SLB entry ${segment.slbIndex}`;
  const places = groups.map(({ which, number }) => `${which} group ${hexadecimal(number)}`);
  const rights =
    protection &&
    `There pp ${protection.pp} with storage key bit ${protection.storageKey} allows ${protection.rights === 'none' ? 'nothing' : protection.rights}.`;
  return sentences(
    places.length === 0
      ? `${found} gives VSID ${hexadecimal(segment.vsid)}.`
      : `${found} gives VSID ${hexadecimal(segment.vsid)}, which leads to ${places.join(' and ')}.`,
    rights,
  );
}

function explainExit(of: VcpuOfGuest, event: MachineEvent): string {
  const fields = new EventFields(event);
  const { pendingExit } = of.vcpu;
  const data = fields.number('data');
  const slot = fields.number('slot');
  return sentences(
    `The guest's ${accessNoun(fields)} of ${plural(fields.number('length') ?? 0n, 'byte')} at ${fields.address('ea')} ${instructionWords(of, fields.number('pc') ?? 0n)} leaves to user space as KVM_EXIT_MMIO, at guest physical address ${fields.address('gpa')}.`,
    slot === undefined ? 'No memory slot covers that address.' : `The address lies in memory slot ${slot}.`,
    data === undefined ? undefined : `The store writes ${hexadecimal(data)}.`,
    pendingExit &&
      (pendingExit.device === undefined
        ? 'No device of user space is there.'
        : `The device ${pendingExit.device} will answer${pendingExit.isWrite ? '' : ', unless another value is supplied first'}.`),
  );
}

/** Such as "virtio-blk0 writes 512 bytes at bus address 0x10000". */
const dmaWords = (fields: EventFields): string =>
  `${fields.text('device') ?? ''} ${fields.truth('store') ? 'writes' : 'reads'} ${plural(fields.number('length') ?? 0n, 'byte')} at bus address ${fields.address('address')}`;

function explainDma(_of: VcpuOfGuest, event: MachineEvent): string {
  const fields = new EventFields(event);
  const refusal = fields.text('why');
  return sentences(
    `The device ${dmaWords(fields)}.`,
    refusal === undefined
      ? `Its translation control entry leads to guest physical address ${fields.address('gpa')}.`
      : `It is refused: ${refusal}.`,
  );
}

function explainHypercall(of: VcpuOfGuest, event: MachineEvent): string {
  const fields = new EventFields(event);
  const name = fields.text('name');
  const number = hexadecimal(fields.number('number') ?? 0n);
  const given = ['r4', 'r5', 'r6', 'r7'].map((register) => `${register} ${fields.address(register)}`).join(', ');
  return sentences(
    `The guest calls the hypervisor ${instructionWords(of, fields.number('pc') ?? 0n)}: ${name === undefined ? `number ${number}` : `${name} (${number})`}.`,
    `Its arguments are ${given}.`,
  );
}

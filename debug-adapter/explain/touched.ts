import { hexadecimal, vectorName, type Actor, type Touched } from '../../emulator/index';
import { symbolText, type VcpuOfGuest } from '../session/guest';
import { instructionWords, sentences } from './words';

/** Who has touched what is watched: the instruction, the hypercall with its arguments, KVM, a device. */
function actorText(of: VcpuOfGuest, by: Actor): string {
  const symbol = symbolText(of, by.address);
  const place = symbol === undefined ? hexadecimal(by.address) : `${symbol} (${hexadecimal(by.address)})`;
  switch (by.kind) {
    case 'instruction':
      return instructionWords(of, by.address);
    case 'hypercall': {
      const given = by.arguments.map(([name, value]) => `${name} ${hexadecimal(value)}`).join(', ');
      return `by the hypercall ${by.name}(${given}) at ${place}`;
    }
    case 'hypervisor':
      return `by KVM in ${by.name}, for the guest's access to ${hexadecimal(by.effectiveAddress)} at ${place}`;
    case 'host':
      return `by the host, while the guest stood at ${place}`;
    case 'device':
      return `by a device of user space that answered the access to ${hexadecimal(by.guestPhysicalAddress)} at ${place}`;
    case 'interrupt':
      return `as the guest took interrupt ${hexadecimal(by.vector)} (${vectorName(by.vector).trim()}) at ${place}`;
  }
}

const valueText = (value: bigint | undefined): string => (value === undefined ? 'nothing' : hexadecimal(value));

/** One line: what was touched, and by whom. */
export function touchedSummary(of: VcpuOfGuest, description: string, touched: Touched): string {
  const verb =
    touched.what === 'memory'
      ? touched.isWrite
        ? 'written'
        : 'read'
      : touched.to === undefined
        ? 'gone'
        : touched.from === undefined
          ? 'come'
          : 'changed';
  return `${description}: ${verb} ${actorText(of, touched.by)}`;
}

export function explainTouched(of: VcpuOfGuest, description: string, touched: Touched): string {
  const { from, to, what, isWrite } = touched;
  const isWhole = description.startsWith('the HPTE') && !description.includes('its ');
  const change = isWhole
    ? undefined
    : what === 'memory' && !isWrite
      ? `It held ${valueText(from)}.`
      : from === undefined && to === undefined
        ? undefined
        : `It was ${valueText(from)} and is ${valueText(to)}.`;
  return sentences(`${capital(touchedSummary(of, description, touched))}.`, change);
}
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

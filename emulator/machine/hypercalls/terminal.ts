/** The virtual terminal (PAPR 14.5.3.2). Characters stand in two registers, the first in the most significant byte. */
import { status } from '../../kvm/hypercalls/hypercall';
import { bytesOf, valueOf } from '../../word/byte-order';
import { CONSOLE_UNIT } from '../device-tree/console-unit';
import { userSpaceHypercall } from './user-space-hypercall';

const MOST_CHARACTERS = 16;
/** 0 stands for the first terminal there is. */
const isConsole = (unit: bigint): boolean => unit === 0n || unit === BigInt(CONSOLE_UNIT);

export const hPutTermChar = userSpaceHypercall({
  name: 'H_PUT_TERM_CHAR',
  number: 0x58,
  parameters: ['unit', 'length', 'firstEight', 'nextEight'],
  run({ console }, _vcpu, { unit, length, firstEight, nextEight }) {
    if (!isConsole(unit) || length > BigInt(MOST_CHARACTERS)) return { status: status.parameter };
    const characters = [...bytesOf(firstEight, 8, false), ...bytesOf(nextEight, 8, false)];
    console.write(Uint8Array.from(characters.slice(0, Number(length))));
    return { status: status.success };
  },
});

export const hGetTermChar = userSpaceHypercall({
  name: 'H_GET_TERM_CHAR',
  number: 0x54,
  parameters: ['unit'],
  run({ console }, _vcpu, { unit }) {
    if (!isConsole(unit)) return { status: status.parameter };
    const typed = console.takeTyped(MOST_CHARACTERS);
    const padded = new Uint8Array(MOST_CHARACTERS);
    padded.set(typed);
    const registers = [valueOf(padded.subarray(0, 8), false), valueOf(padded.subarray(8), false)];
    return { status: status.success, results: [BigInt(typed.length), ...registers] };
  },
});

/** Whether characters that arrive interrupt the guest (PAPR 14.5.3.3). */
export const hVioSignal = userSpaceHypercall({
  name: 'H_VIO_SIGNAL',
  number: 0x104,
  parameters: ['unit', 'mode'],
  run({ console }, _vcpu, { unit, mode }) {
    if (!isConsole(unit) || mode > 1n) return { status: status.parameter };
    console.interrupts = mode === 1n;
    return { status: status.success };
  },
});

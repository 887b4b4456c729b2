import { disassemble, hexadecimal, type MachineEvent } from '../../emulator/index';
import { readInstruction, symbolText, type VcpuOfGuest } from '../session/guest';

/** The fields of an event, each with the type that its definition says. */
export class EventFields {
  readonly #fields: MachineEvent['fields'];
  constructor({ fields }: MachineEvent) {
    this.#fields = fields;
  }
  number(name: string): bigint | undefined {
    const value = this.#fields[name];
    return typeof value === 'bigint' ? value : undefined;
  }
  text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : undefined;
  }
  truth(name: string): boolean {
    return this.#fields[name] === true;
  }
  /** A number as an address; empty when it is absent. */
  address(name: string): string {
    const value = this.number(name);
    return value === undefined ? '(unknown)' : hexadecimal(value);
  }
}

/** "load", "store", "instruction fetch". */
export const accessNoun = (fields: EventFields): string =>
  fields.truth('fetch') ? 'instruction fetch' : fields.truth('store') ? 'store' : 'load';

/** "by stb r5,0(r3) at store_to_uart+0x8 (0xc000000000001234)". */
export function instructionWords(of: VcpuOfGuest, address: bigint): string {
  const symbol = symbolText(of, address);
  const place = symbol === undefined ? hexadecimal(address) : `${symbol} (${hexadecimal(address)})`;
  const word = readInstruction(of, address);
  if (word === undefined) return `at ${place}`;
  const { mnemonic, operands } = disassemble(word, address);
  return `by "${`${mnemonic} ${operands}`.trim()}" at ${place}`;
}

export const sentences = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' ');

import type { LevelFrame } from '../../emulator/index';
import type { SourceLine } from '../symbols/line-table';
import { isRealMode, symbolText, type VcpuOfGuest } from './guest';
import { unwind, type GuestFrame } from './unwind';
import { hexadecimal } from '../../emulator/index';

/** A frame of the one call stack: the levels that hold a trapped access, innermost first, then the guest's own. */
export type Frame =
  | { readonly kind: 'level'; readonly name: string; readonly level: LevelFrame }
  | {
      readonly kind: 'guest';
      readonly name: string;
      readonly guest: GuestFrame;
      readonly source: SourceLine | undefined;
    };

export function callStack(of: VcpuOfGuest): readonly Frame[] {
  const levels = [...of.vcpu.levels].reverse().map((level): Frame => ({ kind: 'level', name: level.name, level }));
  return [...levels, ...unwind(of).map((frame, index) => guestFrame(of, frame, index > 0))];
}

function guestFrame(of: VcpuOfGuest, guest: GuestFrame, isCaller: boolean): Frame {
  // A return address may belong to the next line, or even to the next function, already.
  const name = symbolText(of, isCaller ? guest.address - 4n : guest.address);
  return {
    kind: 'guest',
    name: name === undefined ? hexadecimal(guest.address) : isCaller ? (symbolText(of, guest.address) ?? name) : name,
    guest,
    source: sourceOf(of, isCaller ? guest.address - 4n : guest.address),
  };
}

/** The line of an instruction. */
export const sourceOf = (of: VcpuOfGuest, address: bigint): SourceLine | undefined =>
  of.program.lines.lineAt(linkedAddress(of, address));

/** The address at which an instruction is linked, for what the program's own tables say about it. */
export function linkedAddress({ program, vcpu }: VcpuOfGuest, address: bigint): bigint {
  const place = program.symbols.at(address, isRealMode(vcpu));
  return place ? place.start + place.offset : address;
}

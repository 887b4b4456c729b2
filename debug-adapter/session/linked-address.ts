import { isRealMode, type VcpuOfGuest } from './guest';

/** The address at which an instruction is linked, for what the program's own tables say about it. */
export function linkedAddress({ program, vcpu }: VcpuOfGuest, address: bigint): bigint {
  const place = program.symbols.at(address, isRealMode(vcpu));
  return place ? place.start + place.offset : address;
}

import type { MmioExit } from '../../emulator/index';
import { errors } from '../errors';
import { instructionText } from '../session/disassembly';
import { bytesOf, isLittleEndian, numberOf, symbolText, type VcpuOfGuest } from '../session/guest';
import { bytesText, hexadecimal, sizeText } from './format';
import { named, type NamedValue } from './named-value';

/** The Pending MMIO exit scope: what KVM hands to user space, and what will be handed back. */
export function mmioExitValues(of: VcpuOfGuest, exit: MmioExit): readonly NamedValue[] {
  const { guestPhysicalAddress, length, isWrite, instructionAddress } = exit;
  const place = symbolText(of, instructionAddress);
  return [
    named('guest physical address', hexadecimal(guestPhysicalAddress), {
      memoryReference: { space: 'gpa', address: guestPhysicalAddress },
    }),
    named('length', sizeText(BigInt(length))),
    named('direction', isWrite ? 'store' : 'load'),
    dataValue(of, exit),
    named('instruction', instructionText(of, exit.instruction, instructionAddress), {
      memoryReference: instructionAddress,
    }),
    named(
      'instruction address',
      place === undefined ? hexadecimal(instructionAddress) : `${hexadecimal(instructionAddress)} <${place}>`,
      { memoryReference: instructionAddress },
    ),
    named('effective address', hexadecimal(exit.effectiveAddress), { memoryReference: exit.effectiveAddress }),
    named('HPTE', hexadecimal(exit.hpteIndex), {
      memoryReference: { space: 'hpte', address: BigInt(exit.hpteIndex) },
      watch: `hpte:${hexadecimal(exit.hpteIndex)}`,
    }),
    named('memory slot', exit.slot === undefined ? 'none: that is why it left' : String(exit.slot)),
    named('device', exit.device ?? 'none: nothing in user space answers there'),
  ];
}

/** The value of a load may be supplied by hand. A number is taken in the guest's byte order. */
function dataValue(of: VcpuOfGuest, exit: MmioExit): NamedValue {
  const { data } = exit;
  const littleEndian = isLittleEndian(of.vcpu);
  const value =
    data === undefined
      ? 'not supplied yet: the device will be asked'
      : `${hexadecimal(numberOf(data, littleEndian))} (bytes ${bytesText(data)})`;
  return named('data', value, { assign: (given) => supplyData(of, exit, given) });
}

/** What a load will return, or what a store writes instead; a number in the guest's byte order. */
export function supplyData(of: VcpuOfGuest, { length }: MmioExit, given: bigint): void {
  if (given >= 1n << BigInt(8 * length))
    throw errors.badValue(hexadecimal(given), `a number of ${sizeText(BigInt(length))}`);
  of.target.supplyMmioData(of.vcpu.number, bytesOf(given, length, isLittleEndian(of.vcpu)));
}

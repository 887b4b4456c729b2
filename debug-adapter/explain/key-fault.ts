import { dsisr, hexadecimal, type MachineEvent } from '../../emulator/index';
import type { VcpuOfGuest } from '../session/guest';
import { barredText } from '../variables/decision';
import { setBitNames } from '../variables/bit-fields';
import { addressRegister, statusBits } from '../variables/fault';
import { register32, register64 } from '../variables/format';
import { accessNoun, EventFields, instructionWords, sentences } from './words';

/** Says in words why a storage key refused an access, and whose key it is. */
export function explainKeyFault(of: VcpuOfGuest, event: MachineEvent): string {
  const fields = new EventFields(event);
  return fields.text('cause') === 'reserved-key' ? explainReservedKey(of, fields) : explainOwnKey(of, fields);
}

/** The key that the hypervisor keeps for itself: the page has no memory, so the access is to be emulated. */
function explainReservedKey(of: VcpuOfGuest, fields: EventFields): string {
  const { pendingExit } = of.vcpu;
  const slot = fields.number('slot');
  const noun = accessNoun(fields);
  const memory =
    slot === undefined
      ? `which no memory slot covers`
      : `which lies in memory slot ${slot}, but the hypervisor finds no memory there`;
  const exit =
    pendingExit &&
    `It leaves the guest as an MMIO exit (KVM_EXIT_MMIO): a ${pendingExit.isWrite ? 'store' : 'load'} of ${plural(pendingExit.length, 'byte')} at guest physical address ${hexadecimal(pendingExit.guestPhysicalAddress)}, for ${pendingExit.device === undefined ? 'no device that user space knows' : `the device "${pendingExit.device}"`}.`;
  return sentences(
    `The guest's ${noun} at ${fields.address('ea')} ${instructionWords(of, fields.number('pc') ?? 0n)} met storage key 31, which the hypervisor reserves for pages without memory.`,
    `HPTE ${fields.address('hpte')} maps the page to guest physical address ${fields.address('gpa')}, ${memory}.`,
    hardwareWords(of, fields),
    exit,
  );
}

/** What the hardware said: an ABSENT entry is not valid for it, so that it never gets to see the key. */
function hardwareWords(of: VcpuOfGuest, fields: EventFields): string {
  const { fault } = of.vcpu;
  const status = fault?.status ?? fields.number('status') ?? 0n;
  const register = fault?.statusRegister ?? 'HDSISR';
  const bits = `${register} ${register32(status)} (${setBitNames(statusBits(fault ?? { access: 'load' }), status)})`;
  if ((status & dsisr.mask.KEYFAULT) !== 0n)
    return `The entry is valid, and the hardware reported the key itself: ${bits}.`;
  return `The hypervisor keeps the entry ABSENT, not valid for the hardware, which therefore reported NOHPTE and not KEYFAULT: ${bits}. The key was found by the hypervisor in the entry.`;
}

/** A key that the guest's own AMR or IAMR bars. */
function explainOwnKey(of: VcpuOfGuest, fields: EventFields): string {
  const { fault } = of.vcpu;
  const protection = fault?.decision.protection;
  const isFetch = fields.truth('fetch');
  const register = fields.text('cause') === 'iamr' ? 'IAMR' : 'AMR';
  const holds =
    protection &&
    `${register} ${register64(protection.keyRegisterValue)} holds ${protection.barred.toString(2).padStart(2, '0')} for key ${protection.classKey}, which ${barredText(protection.barred, isFetch)}.`;
  const reported =
    fault &&
    `The hardware reported ${fault.statusRegister} ${register32(fault.status)} (${setBitNames(statusBits(fault), fault.status)}) with ${addressRegister(fault)} ${hexadecimal(fault.effectiveAddress)}, as interrupt ${hexadecimal(fault.vector)} to the ${fault.to === 'host' ? `hypervisor; it was ${fault.outcome}` : 'guest'}.`;
  return sentences(
    `The guest's ${accessNoun(fields)} at ${fields.address('ea')} ${instructionWords(of, fields.number('pc') ?? 0n)} was refused by storage key ${fields.number('key') ?? 'unknown'}, which the guest's own ${register} bars.`,
    holds,
    reported,
  );
}

export const plural = (count: number | bigint, noun: string): string =>
  `${count} ${noun}${Number(count) === 1 ? '' : 's'}`;

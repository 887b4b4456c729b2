import { dsisr, instructionStorage, type FaultView } from '../../emulator/index';
import { symbolText, type VcpuOfGuest } from '../session/guest';
import { beyondTheHardware } from '../explain/access';
import { bitFields, setBitNames } from './bit-fields';
import { decisionValues, verdictText } from './decision';
import { hexadecimal, register32 } from './format';
import { named, type NamedValue } from './named-value';

/** Where the hardware leaves the address of a refused access. */
export const addressRegister = ({ statusRegister }: FaultView): string =>
  ({ DSISR: 'DAR', HDSISR: 'HDAR', SRR1: 'SRR0', HSRR1: 'HSRR0' })[statusRegister];

/** The bits that the status register of a fault may have. */
export const statusBits = ({ access }: Pick<FaultView, 'access'>): typeof dsisr | typeof instructionStorage =>
  access === 'fetch' ? instructionStorage : dsisr;

/** The Fault scope: the last access that was refused, as the hardware reported it and as it was decided. */
export function faultValues(of: VcpuOfGuest, fault: FaultView): readonly NamedValue[] {
  const { status, effectiveAddress, instructionAddress, vector, to, decision } = fault;
  const bits = statusBits(fault);
  const place = symbolText(of, instructionAddress);
  const values = [
    named('access', fault.access),
    named(fault.statusRegister, `${register32(status)} (${setBitNames(bits, status)})`, {
      children: () => bitFields(bits, status),
    }),
    named(addressRegister(fault), hexadecimal(effectiveAddress), { memoryReference: effectiveAddress }),
    named('instruction', `${hexadecimal(instructionAddress)}${place === undefined ? '' : ` <${place}>`}`, {
      memoryReference: instructionAddress,
    }),
    named('interrupt', `${hexadecimal(vector)}, to the ${to === 'host' ? 'hypervisor' : 'guest'}`),
    named('outcome', fault.outcome),
    named('decision', verdictText(decision), { children: () => decisionValues(decision) }),
    ...beyondTheHardware(of, decision),
  ];
  return values;
}

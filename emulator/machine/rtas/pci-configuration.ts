/** Configuration space of devices on the PCI bus (PAPR 7.3.4). */
import type { PciFunction } from '../pci/pci-function';
import { BRIDGE_UNIT, type HostBridge } from '../pci/host-bridge';
import { rtasCall, rtasStatus, succeeded, type RtasResult } from './rtas-call';

const SPACE = 256;
const failed: RtasResult = { status: rtasStatus.hardwareError };

/** The function that a call means; undefined: there is none. */
export function functionOf(
  pci: HostBridge | undefined,
  { address, unitHigh, unitLow }: { address: number; unitHigh: number; unitLow: number },
): PciFunction | undefined {
  const unit = (BigInt(unitHigh) << 32n) | BigInt(unitLow);
  return unit === BRIDGE_UNIT ? pci?.functionAt(address) : undefined;
}

/** A register's offset: its low byte, and four bits of what is beyond 256 bytes, where nothing is. */
const offsetOf = (address: number): number => ((address >>> 20) & 0xf00) | (address & 0xff);

/** Registers that can be reached in one access. */
const isReachable = (address: number, size: number): boolean =>
  [1, 2, 4].includes(size) && address % size === 0 && offsetOf(address) + size <= SPACE;

function read(found: PciFunction | undefined, address: number, size: number): RtasResult {
  if (!found || !isReachable(address, size)) return failed;
  const bytes = new Uint8Array(4);
  bytes.set(found.readConfiguration(offsetOf(address), size));
  return { status: rtasStatus.success, results: [new DataView(bytes.buffer).getUint32(0, true)] };
}
function write(found: PciFunction | undefined, address: number, size: number, value: number): RtasResult {
  if (!found || !isReachable(address, size)) return failed;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  found.writeConfiguration(offsetOf(address), bytes.subarray(0, size));
  return succeeded;
}

export const readPciConfig = rtasCall({
  name: 'read-pci-config',
  token: 0x2014,
  parameters: ['address', 'size'],
  run: ({ pci }, _vcpu, { address, size }) => read(pci?.functionAt(address), address, size),
});
export const writePciConfig = rtasCall({
  name: 'write-pci-config',
  token: 0x2015,
  parameters: ['address', 'size', 'value'],
  run: ({ pci }, _vcpu, { address, size, value }) => write(pci?.functionAt(address), address, size, value),
});
export const ibmReadPciConfig = rtasCall({
  name: 'ibm,read-pci-config',
  token: 0x2016,
  parameters: ['address', 'unitHigh', 'unitLow', 'size'],
  run: ({ pci }, _vcpu, args) => read(functionOf(pci, args), args.address, args.size),
});
export const ibmWritePciConfig = rtasCall({
  name: 'ibm,write-pci-config',
  token: 0x2017,
  parameters: ['address', 'unitHigh', 'unitLow', 'size', 'value'],
  run: ({ pci }, _vcpu, args) => write(functionOf(pci, args), args.address, args.size, args.value),
});

/** The PCI host bridge and its functions, as firmware leaves them (PAPR appendix B.6; IEEE 1275 PCI binding). */
import { header, type BaseAddress, type Space } from '../pci/configuration-space';
import { BRIDGE_UNIT, DMA_WINDOW, type HostBridge, windows } from '../pci/host-bridge';
import { lineOfSlot } from '../pci/interrupt-sources';
import type { PciFunction } from '../pci/pci-function';
import { doubleCell, type DeviceTreeNode } from './flattened-device-tree';

/** The first cell of a PCI address: which space, and of which register of which function. */
const spaces = { io: 0x0100_0000, narrow: 0x0200_0000, wide: 0x0300_0000 } as const satisfies Record<Space, number>;
const PREFETCHABLE = 0x4000_0000;
const FIXED = 0x8000_0000;
const LEVEL_TRIGGERED = 1;
const INTERRUPT_A = 1;

const spaceOf = ({ space, prefetchable }: BaseAddress): number => spaces[space] | (prefetchable ? PREFETCHABLE : 0);
const registerCell = ({ deviceFunction }: PciFunction, range: BaseAddress): number =>
  (deviceFunction << 8) | (header.baseAddress + 4 * range.register);

function functionNode(one: PciFunction): DeviceTreeNode {
  const { identity, configuration, ranges } = one;
  const sized = ranges.flatMap((range) => [spaceOf(range) | registerCell(one, range), 0, 0, ...doubleCell(range.size)]);
  const assigned = ranges.flatMap((range) => [
    (FIXED | spaceOf(range) | registerCell(one, range)) >>> 0,
    ...doubleCell(configuration.baseAddress(range)),
    ...doubleCell(range.size),
  ]);
  return {
    properties: {
      'vendor-id': [identity.vendor],
      'device-id': [identity.device],
      'revision-id': [identity.revision],
      'class-code': [identity.classCode],
      'subsystem-vendor-id': [identity.subsystemVendor],
      'subsystem-id': [identity.subsystem],
      'min-grant': [0],
      'max-latency': [0],
      'devsel-speed': [0],
      interrupts: [INTERRUPT_A],
      'ibm,loc-code': one.name,
      ...(one.messages && { 'ibm,req#msi-x': [one.messages.vectors.length] }),
      reg: [one.deviceFunction << 8, 0, 0, 0, 0, ...sized],
      'assigned-addresses': assigned,
    },
  };
}

/** A line of the bridge's ranges. */
const range = (space: Space): readonly number[] => [
  spaces[space],
  ...doubleCell(windows[space].bus),
  ...doubleCell(windows[space].processor),
  ...doubleCell(windows[space].size),
];

export const bridgeNodeName = `pci@${BRIDGE_UNIT.toString(16)}`;

/** `controller`: the interrupt controller's phandle. */
export function bridgeNode({ functions, table, messageSources }: HostBridge, controller: number): DeviceTreeNode {
  return {
    properties: {
      device_type: 'pci',
      compatible: 'IBM,Logical_PHB',
      reg: [...doubleCell(BRIDGE_UNIT), 0, 0],
      'bus-range': [0, 0xff],
      '#address-cells': [3],
      '#size-cells': [2],
      ranges: [...range('io'), ...range('narrow'), ...range('wide')],
      'used-by-rtas': new Uint8Array(0),
      'ibm,pci-config-space-type': [1],
      'ibm,pe-total-#msi': [messageSources.count],
      '#interrupt-cells': [1],
      'interrupt-map-mask': [0xf800, 0, 0, 0xffff_ffff],
      'interrupt-map': functions.flatMap(({ deviceFunction, slot }) => [
        ...[deviceFunction << 8, 0, 0, INTERRUPT_A],
        ...[controller, lineOfSlot(slot), LEVEL_TRIGGERED],
      ]),
      'ibm,#dma-address-cells': [2],
      'ibm,#dma-size-cells': [2],
      'ibm,dma-window': [table.bus, 0, 0, ...doubleCell(DMA_WINDOW)],
    },
    children: Object.fromEntries(functions.map((one) => [`${one.node}@${one.slot.toString(16)}`, functionNode(one)])),
  };
}

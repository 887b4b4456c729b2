/** The device tree of a pseries guest (facts: what Linux and small kernels look for; PAPR). */
import { doubleCell, type DeviceTreeNode, flattenDeviceTree } from './flattened-device-tree';
import type { MachineConfiguration } from '../configuration';
import { NON_VOLATILE_BYTES } from '../rtas/non-volatile-memory';
import { interruptSources } from '../xics/interrupt-sources';
import { CONSOLE_UNIT } from './console-unit';
import type { HostBridge } from '../pci/host-bridge';
import { bridgeNode, bridgeNodeName } from './pci-nodes';
import { processorNodes } from './processor-nodes';
import { rtasNode } from './rtas-node';

/** What the tree tells beside the configuration. */
export interface MachineMap {
  readonly pageTableOrder: number;
  /** Of the host's pages behind the guest's memory. */
  readonly largestPageShift: number;
  readonly rtas: { readonly base: number; readonly size: number };
  readonly initrd: { readonly start: number; readonly end: number } | undefined;
  /** Undefined: there is no PCI bus. */
  readonly pci: HostBridge | undefined;
  /** Devices, each with its place in the guest's physical memory. */
  readonly devices: readonly {
    readonly node: string;
    readonly compatible: string;
    readonly address: bigint;
    readonly size: bigint;
  }[];
}

/** The interrupt controller's, to which others refer. */
const INTERRUPT_CONTROLLER = 1;
const NON_VOLATILE_UNIT = CONSOLE_UNIT + 1;

function chosen({ append }: MachineConfiguration, { initrd }: MachineMap): DeviceTreeNode {
  return {
    properties: {
      bootargs: append,
      'linux,pci-probe-only': [0],
      'linux,stdout-path': `/vdevice/vty@${CONSOLE_UNIT.toString(16)}`,
      'stdout-path': `/vdevice/vty@${CONSOLE_UNIT.toString(16)}`,
      ...(initrd && {
        'linux,initrd-start': doubleCell(initrd.start),
        'linux,initrd-end': doubleCell(initrd.end),
      }),
    },
  };
}

const interruptController = ({ smp }: MachineConfiguration): DeviceTreeNode => ({
  properties: {
    device_type: 'PowerPC-External-Interrupt-Presentation',
    compatible: 'IBM,ppc-xicp',
    'interrupt-controller': new Uint8Array(0),
    'ibm,interrupt-server-ranges': [0, smp],
    '#interrupt-cells': [2],
    phandle: [INTERRUPT_CONTROLLER],
    'linux,phandle': [INTERRUPT_CONTROLLER],
  },
});

/** Each with its interrupt source, of which the second cell says that it sends messages. */
const virtualDevices: DeviceTreeNode = {
  properties: {
    device_type: 'vdevice',
    compatible: 'IBM,vdevice',
    '#address-cells': [1],
    '#size-cells': [0],
    '#interrupt-cells': [2],
    'interrupt-controller': new Uint8Array(0),
  },
  children: {
    [`vty@${CONSOLE_UNIT.toString(16)}`]: {
      properties: {
        device_type: 'serial',
        compatible: 'hvterm1',
        name: 'vty',
        reg: [CONSOLE_UNIT],
        interrupts: [interruptSources.console, 0],
      },
    },
    [`nvram@${NON_VOLATILE_UNIT.toString(16)}`]: {
      properties: {
        device_type: 'nvram',
        compatible: 'key31,nvram',
        reg: [NON_VOLATILE_UNIT],
        '#bytes': [NON_VOLATILE_BYTES],
        interrupts: [interruptSources.nonVolatileMemory, 0],
      },
    },
  },
};

export function deviceTree(configuration: MachineConfiguration, map: MachineMap): Uint8Array {
  const devices = map.devices.map(({ node, compatible, address, size }): [string, DeviceTreeNode] => [
    `${node}@${address.toString(16)}`,
    { properties: { compatible, reg: [...doubleCell(address), ...doubleCell(size)] } },
  ]);
  const root: DeviceTreeNode = {
    properties: {
      device_type: 'chrp',
      model: 'Key31 pseries',
      compatible: 'key31,pseries',
      '#address-cells': [2],
      '#size-cells': [2],
    },
    children: {
      chosen: chosen(configuration, map),
      cpus: processorNodes(configuration, map),
      'memory@0': {
        properties: {
          device_type: 'memory',
          reg: [0, 0, ...doubleCell(configuration.memory)],
          'ibm,associativity': [4, 0, 0, 0, 0],
        },
      },
      rtas: rtasNode(map.rtas),
      'interrupt-controller': interruptController(configuration),
      vdevice: virtualDevices,
      ...(map.pci && { [bridgeNodeName]: bridgeNode(map.pci, INTERRUPT_CONTROLLER) }),
      ...Object.fromEntries(devices),
    },
  };
  return flattenDeviceTree(root, 0, [map.rtas]);
}

/** The device tree of a pseries guest (facts: what Linux and small kernels look for; PAPR). */
import { doubleCell, type DeviceTreeNode, flattenDeviceTree } from './flattened-device-tree';
import type { MachineConfiguration } from './configuration';
import { processorModels, TIMEBASE_FREQUENCY } from './processor-models';
import { rtasTokens } from './rtas';

/** What the tree tells beside the configuration. */
export interface MachineMap {
  readonly pageTableOrder: number;
  readonly rtas: { readonly base: number; readonly size: number };
  readonly initrd: { readonly start: number; readonly end: number } | undefined;
  /** Devices, each with its place in the guest's physical memory. */
  readonly devices: readonly {
    readonly node: string;
    readonly compatible: string;
    readonly address: bigint;
    readonly size: bigint;
  }[];
}

export const CONSOLE_UNIT = 0x7100_0000;
const CACHE_BLOCK = 128;

/** base shift, SLB encoding, then pairs of actual shift and HPTE encoding (ibm,segment-page-sizes). */
const segmentPageSizes = [12, 0, 3, 12, 0, 16, 7, 24, 0x38, 16, 0x110, 2, 16, 1, 24, 8, 24, 0x100, 1, 24, 0];

function processors({ cpu, smp }: MachineConfiguration, pageTableOrder: number): DeviceTreeNode {
  const model = processorModels[cpu];
  const node = (number: number): DeviceTreeNode => ({
    properties: {
      device_type: 'cpu',
      reg: [number],
      status: 'okay',
      'cpu-version': [Number(model.pvr)],
      'timebase-frequency': [TIMEBASE_FREQUENCY],
      'clock-frequency': [1_000_000_000],
      'd-cache-block-size': [CACHE_BLOCK],
      'i-cache-block-size': [CACHE_BLOCK],
      'd-cache-line-size': [CACHE_BLOCK],
      'i-cache-line-size': [CACHE_BLOCK],
      'd-cache-size': [0x8000],
      'i-cache-size': [0x8000],
      'ibm,slb-size': [32],
      'slb-size': [32],
      'ibm,pft-size': [0, pageTableOrder],
      'ibm,ppc-interrupt-server#s': [number],
      'ibm,segment-page-sizes': segmentPageSizes,
      'ibm,processor-segment-sizes': [28, 40, 0xffff_ffff, 0xffff_ffff],
      'ibm,processor-storage-keys': [32, model.isa === '2.07' ? 32 : 0],
      '64-bit': new Uint8Array(0),
    },
  });
  return {
    properties: { '#address-cells': [1], '#size-cells': [0] },
    children: Object.fromEntries(
      Array.from({ length: smp }, (_, number) => [`${model.name}@${number.toString(16)}`, node(number)]),
    ),
  };
}

function chosen({ append }: MachineConfiguration, { initrd }: MachineMap): DeviceTreeNode {
  return {
    properties: {
      bootargs: append,
      'linux,stdout-path': `/vdevice/vty@${CONSOLE_UNIT.toString(16)}`,
      'stdout-path': `/vdevice/vty@${CONSOLE_UNIT.toString(16)}`,
      ...(initrd && {
        'linux,initrd-start': doubleCell(initrd.start),
        'linux,initrd-end': doubleCell(initrd.end),
      }),
    },
  };
}

const rtasNode = ({ base, size }: MachineMap['rtas']): DeviceTreeNode => ({
  properties: {
    'linux,rtas-base': [base],
    'linux,rtas-entry': [base],
    'rtas-size': [size],
    'ibm,hypertas-functions': ['hcall-pft', 'hcall-term', 'hcall-set-mode'],
    ...Object.fromEntries(Object.entries(rtasTokens).map(([name, number]) => [name, [number]])),
  },
});

const virtualDevices: DeviceTreeNode = {
  properties: { device_type: 'vdevice', compatible: 'IBM,vdevice', '#address-cells': [1], '#size-cells': [0] },
  children: {
    [`vty@${CONSOLE_UNIT.toString(16)}`]: {
      properties: { device_type: 'serial', compatible: 'hvterm1', name: 'vty', reg: [CONSOLE_UNIT] },
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
      cpus: processors(configuration, map.pageTableOrder),
      'memory@0': { properties: { device_type: 'memory', reg: [0, 0, ...doubleCell(configuration.memory)] } },
      rtas: rtasNode(map.rtas),
      vdevice: virtualDevices,
      ...Object.fromEntries(devices),
    },
  };
  return flattenDeviceTree(root, 0);
}

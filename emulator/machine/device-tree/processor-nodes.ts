/** /cpus of a pseries (PAPR appendix C.6.1): what a guest is told of its processors and of the MMU. */
import type { MachineConfiguration } from '../configuration';
import { processorModels, TIMEBASE_FREQUENCY, type ProcessorModel } from '../processor-models';
import type { DeviceTreeNode } from './flattened-device-tree';

const CACHE_BLOCK = 128;
const CACHE_BYTES = 0x8000;
const SLB_ENTRIES = 32;

/** Page sizes by base size: shift, the SLB's encoding of it, and actual sizes with the HPTE's encodings. */
const segmentPageSizes = [
  { shift: 12, encoding: 0, actual: [[12, 0] as const, [16, 7] as const, [24, 0x38] as const] },
  { shift: 16, encoding: 0x110, actual: [[16, 1] as const, [24, 8] as const] },
  { shift: 24, encoding: 0x100, actual: [[24, 0] as const] },
] as const;

/** ibm,segment-page-sizes, without what is larger than the pages that the host has behind the guest's memory. */
function pageSizes(largestShift: number): readonly number[] {
  return segmentPageSizes
    .filter(({ shift }) => shift <= largestShift)
    .flatMap(({ shift, encoding, actual }) => {
      const sizes = actual.filter(([one]) => one <= largestShift);
      return [shift, encoding, sizes.length, ...sizes.flat()];
    });
}

/**
 * ibm,pa-features: a byte count, a kind of 0, then bits of what the processor can do. Byte 22 has transactional memory,
 * which is left out: no transaction ever begins here.
 */
const processorFeatures: Readonly<Record<ProcessorModel['isa'], readonly number[]>> = {
  '2.06': [6, 0, 0xf6, 0x3f, 0xc7, 0, 0x80, 0xc0],
  '2.07': [
    24,
    0,
    0xf6,
    0x3f,
    0xc7,
    0xc0,
    0x80,
    0xf0,
    0x80,
    ...Array<number>(9).fill(0),
    0x80,
    0,
    0x80,
    0,
    0x80,
    0,
    0,
    0,
  ],
};

interface MmuOfGuest {
  readonly pageTableOrder: number;
  readonly largestPageShift: number;
}

function core(model: ProcessorModel, first: number, threads: readonly number[], mmu: MmuOfGuest): DeviceTreeNode {
  return {
    properties: {
      device_type: 'cpu',
      reg: [first],
      status: 'okay',
      'cpu-version': [Number(model.pvr)],
      'timebase-frequency': [TIMEBASE_FREQUENCY],
      'clock-frequency': [1_000_000_000],
      'd-cache-block-size': [CACHE_BLOCK],
      'i-cache-block-size': [CACHE_BLOCK],
      'd-cache-line-size': [CACHE_BLOCK],
      'i-cache-line-size': [CACHE_BLOCK],
      'd-cache-size': [CACHE_BYTES],
      'i-cache-size': [CACHE_BYTES],
      'ibm,slb-size': [SLB_ENTRIES],
      'slb-size': [SLB_ENTRIES],
      'ibm,purr': [1],
      'ibm,spurr': [1],
      'ibm,vmx': [2],
      'ibm,dfp': [1],
      'ibm,pa-features': Uint8Array.from(processorFeatures[model.isa]),
      'ibm,chip-id': [0],
      'ibm,pft-size': [0, mmu.pageTableOrder],
      'ibm,ppc-interrupt-server#s': threads,
      'ibm,ppc-interrupt-gserver#s': threads.flatMap((thread) => [thread, 0]),
      'ibm,segment-page-sizes': pageSizes(mmu.largestPageShift),
      'ibm,processor-segment-sizes': [28, 40, 0xffff_ffff, 0xffff_ffff],
      'ibm,processor-storage-keys': [32, model.isa === '2.07' ? 32 : 0],
      '64-bit': new Uint8Array(0),
    },
  };
}

/** A node a core, each with its threads. */
export function processorNodes({ cpu, smp, threads }: MachineConfiguration, mmu: MmuOfGuest): DeviceTreeNode {
  const model = processorModels[cpu];
  const cores = Array.from({ length: Math.ceil(smp / threads) }, (_, number): [string, DeviceTreeNode] => {
    const first = number * threads;
    const numbers = Array.from({ length: Math.min(threads, smp - first) }, (_one, thread) => first + thread);
    return [`${model.name}@${first.toString(16)}`, core(model, first, numbers, mmu)];
  });
  return { properties: { '#address-cells': [1], '#size-cells': [0] }, children: Object.fromEntries(cores) };
}

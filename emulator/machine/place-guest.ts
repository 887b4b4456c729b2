/** Puts program, RTAS, initial RAM disk and device tree into the guest's memory, none of them over another. */
import { usableSlot, type Kvm } from '../kvm/kvm';
import { ConfigurationError, type MachineConfiguration } from './configuration';
import { deviceTree } from './device-tree/device-tree';
import type { EmulatedDevice } from './devices/device';
import type { ElfFile } from './elf';
import type { HostBridge } from './pci/host-bridge';
import type { GuestMemory } from './guest-memory';
import { passedThroughPlace, type HostOfGuest } from './host-of-guest';
import { physicalAddress } from './load-program';
import { rtasCode } from './rtas/rtas';

const MEBIBYTE = 2 ** 20;
/** Linux reads them before it knows of more memory than this. */
const MOST_TOP = 256 * MEBIBYTE;
/** From the end of the guest's memory (or of its first 256 MiB) down. */
const treeFromTop = 2 * MEBIBYTE;
const RTAS_BYTES = 0x10000;
const rtasFromTop = treeFromTop + RTAS_BYTES;
const initrdAlignment = 0x10000;

/** A stretch of guest physical memory that is taken, by whom. */
interface Taken {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}
const hexadecimal = (value: number): string => `0x${value.toString(16)}`;

/** Puts the segments where their physical addresses say. */
function loadSegments({ segments }: ElfFile, memory: GuestMemory, memorySize: number): readonly Taken[] {
  const loaded = segments.filter(({ memorySize: size }) => size > 0n);
  const taken = loaded.map(({ physicalAddress: address, memorySize: size }) => {
    const start = Number(physicalAddress(address));
    return { what: 'the program', start, end: start + Number(size) };
  });
  const end = Math.max(0, ...taken.map((one) => one.end));
  if (end > memorySize)
    throw new ConfigurationError(
      'memory',
      `the program's segments end at ${hexadecimal(end)}, beyond the guest's ${hexadecimal(memorySize)} bytes.`,
    );
  for (const { physicalAddress: address, bytes } of loaded) memory.write(physicalAddress(address), bytes);
  return taken;
}

/** Refuses to lay one thing over another: a guest would find either of them spoilt. */
function take(all: readonly Taken[], field: string, one: Taken): readonly Taken[] {
  const other = all.find(({ start, end }) => start < one.end && one.start < end);
  if (!other) return [...all, one];
  const place = `${hexadecimal(one.start)} to ${hexadecimal(one.end)}`;
  throw new ConfigurationError(
    field,
    `${one.what} would lie at ${place}, over ${other.what} at ${hexadecimal(other.start)} to ` +
      `${hexadecimal(other.end)}; give the guest more memory.`,
  );
}

function placeInitrd(initrd: Uint8Array | undefined, below: number, memory: GuestMemory) {
  if (!initrd) return undefined;
  const start = Math.floor((below - initrd.length) / initrdAlignment) * initrdAlignment;
  if (start < 0)
    throw new ConfigurationError('initrd', `is larger than the guest's memory below ${hexadecimal(below)}.`);
  return { start, end: start + initrd.length, write: () => memory.write(BigInt(start), initrd) };
}

/** Bytes of the host's pages behind the guest's memory. */
const hostPageSize = (kvm: Kvm): number =>
  kvm.process.areaAt(usableSlot(kvm, 0n)?.hostVirtualAddress ?? 0n)?.pageSize ?? 1;

/** Returns where the device tree is. */
export function placeGuest(
  configuration: MachineConfiguration,
  program: ElfFile,
  { kvm, hardware }: HostOfGuest,
  memory: GuestMemory,
  devices: readonly EmulatedDevice[],
  pci: HostBridge | undefined,
): bigint {
  const segments = loadSegments(program, memory, configuration.memory);
  const top = Math.min(configuration.memory, MOST_TOP);
  const rtas = { base: top - rtasFromTop, size: RTAS_BYTES };
  const treeStart = top - treeFromTop;
  const withRtas = take(segments, 'program', { what: 'RTAS', start: rtas.base, end: treeStart });
  const withTree = take(withRtas, 'program', { what: 'the device tree', start: treeStart, end: top });
  const initrd = placeInitrd(configuration.initrd, rtas.base, memory);
  if (initrd) take(withTree, 'initrd', { what: 'the initial RAM disk', ...initrd });
  initrd?.write();
  memory.write(BigInt(rtas.base), rtasCode);
  const tree = deviceTree(configuration, {
    pageTableOrder: kvm.table.order,
    largestPageShift: Math.log2(hostPageSize(kvm)),
    rtas,
    initrd,
    pci,
    devices: [
      ...devices.map(({ address, size }) => ({ node: 'serial', compatible: 'ns16550a', address, size })),
      ...hardware.map(({ size }) => ({
        node: 'device',
        compatible: 'key31,passed-through-device',
        address: passedThroughPlace.address,
        size,
      })),
    ],
  });
  if (tree.length > treeFromTop)
    throw new ConfigurationError('append', 'is too long: the device tree that holds it may have 2 MiB.');
  memory.write(BigInt(treeStart), tree);
  return BigInt(treeStart);
}

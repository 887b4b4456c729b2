/** A guest with a PCI bus, driven from outside: the hypercalls and RTAS calls that its kernel would make. */
import { createMachine, defaultConfiguration, type DebugTarget, type DeviceConfiguration } from '../../emulator/index';
import { hypercall, MEBIBYTE, nop, programOf } from './emulator-guest';
import { cellsOf, readDeviceTree, type ReadNode } from './emulator-device-tree';
import { type DriverPorts, littleEndian, numberOf } from './virtio-driver';

export const H = {
  getTce: 0x1c,
  putTce: 0x20,
  ciLoad: 0x3c,
  ciStore: 0x40,
  eoi: 0x64,
  cppr: 0x68,
  xirr: 0x74,
  stuffTce: 0x138,
  putTceIndirect: 0x13c,
  rtas: 0xf000,
} as const;
/** Where RTAS arguments are put. */
const ARGUMENTS = 0x9000n;
const swapped = (value: bigint, length: number): bigint => BigInt(numberOf(littleEndian(value, length).reverse()));

export class PciGuest {
  readonly machine: DebugTarget;
  readonly tree: ReadNode;
  readonly bridge: ReadNode;
  readonly liobn: bigint;
  readonly #unit: readonly number[];

  constructor(devices: readonly DeviceConfiguration[]) {
    this.machine = createMachine({
      ...defaultConfiguration,
      memory: 16 * MEBIBYTE,
      program: programOf({ code: [nop] }),
      devices,
    });
    const at = this.machine.vcpus[0]!.registers.gpr(3);
    const size = new DataView(this.machine.readGuestPhysical(at, 8).buffer).getUint32(4);
    this.tree = readDeviceTree(this.machine.readGuestPhysical(at, size)).root;
    const [bridge] = [...this.tree.children].filter(([name]) => name.startsWith('pci@')).map(([, node]) => node);
    if (!bridge) throw new Error('there is no host bridge');
    this.bridge = bridge;
    this.liobn = BigInt(cellsOf(bridge.properties.get('ibm,dma-window'))[0]!);
    this.#unit = cellsOf(bridge.properties.get('reg')).slice(0, 2);
  }

  call(number: number, ...args: readonly (bigint | number)[]) {
    return hypercall(this.machine, number, ...args.map(BigInt));
  }
  /** Calls RTAS by the token that the device tree gives. The results, the status first. */
  rtas(name: string, results: number, ...args: readonly number[]): number[] {
    const token = cellsOf(this.tree.children.get('rtas')!.properties.get(name))[0]!;
    const words = [token, args.length, results, ...args, ...Array.from({ length: results }, () => 0)];
    const bytes = new Uint8Array(4 * words.length);
    const view = new DataView(bytes.buffer);
    words.forEach((word, i) => view.setUint32(4 * i, word));
    this.write(ARGUMENTS, bytes);
    this.call(H.rtas, ARGUMENTS);
    const answer = this.machine.readGuestPhysical(ARGUMENTS + BigInt(4 * (3 + args.length)), 4 * results);
    return Array.from({ length: results }, (_, i) => new DataView(answer.buffer, answer.byteOffset).getInt32(4 * i));
  }
  /** Of the slot's function; what a little-endian register holds. Undefined: RTAS refuses. */
  readConfiguration(slot: number, offset: number, size: number): number | undefined {
    const [status, value] = this.rtas('ibm,read-pci-config', 2, (slot << 11) | offset, ...this.#unit, size);
    return status === 0 ? value! >>> 0 : undefined;
  }
  writeConfiguration(slot: number, offset: number, size: number, value: number): boolean {
    return this.rtas('ibm,write-pci-config', 1, (slot << 11) | offset, ...this.#unit, size, value)[0] === 0;
  }
  changeMsi(slot: number, kind: number, count: number): number[] {
    return this.rtas('ibm,change-msi', 4, slot << 11, ...this.#unit, kind, count, 1);
  }
  queryInterrupt(slot: number, vector: number): number[] {
    return this.rtas('ibm,query-interrupt-source-number', 3, slot << 11, ...this.#unit, vector);
  }

  /** Guest physical memory. */
  write(address: bigint, bytes: Uint8Array): void {
    if (this.machine.writeMemory(0, address, bytes) < bytes.length) throw new Error('this is no memory');
  }
  read(address: bigint, length: number): Uint8Array {
    return this.machine.readGuestPhysical(address, length);
  }
  /** A little-endian register of a device, by H_LOGICAL_CI_LOAD. */
  load(address: bigint, size: number): bigint {
    const { status, results } = this.call(H.ciLoad, size, address);
    if (status !== 0n) throw new Error(`H_LOGICAL_CI_LOAD said ${status}`);
    return swapped(results[0]!, size);
  }
  store(address: bigint, size: number, value: bigint): void {
    const { status } = this.call(H.ciStore, size, address, swapped(value, size));
    if (status !== 0n) throw new Error(`H_LOGICAL_CI_STORE said ${status}`);
  }

  /** The node of the function in a slot. */
  node(slot: number): ReadNode {
    const found = [...this.bridge.children].find(([name]) => name.endsWith(`@${slot.toString(16)}`));
    if (!found) throw new Error(`there is nothing in slot ${slot}`);
    return found[1];
  }
  /** Where the processor reaches a base address register's range, by assigned-addresses and ranges. */
  range(slot: number, register: number): bigint {
    const assigned = cellsOf(this.node(slot).properties.get('assigned-addresses'));
    for (let i = 0; i < assigned.length; i += 5) {
      if ((assigned[i]! & 0xff) !== 0x10 + 4 * register) continue;
      const space = assigned[i]! & 0x0300_0000;
      const address = (BigInt(assigned[i + 1]!) << 32n) | BigInt(assigned[i + 2]!);
      return this.#processorAddress(space, address);
    }
    throw new Error(`slot ${slot} has no base address register ${register}`);
  }
  #processorAddress(space: number, address: bigint): bigint {
    const ranges = cellsOf(this.bridge.properties.get('ranges'));
    const wide = (at: number) => (BigInt(ranges[at]!) << 32n) | BigInt(ranges[at + 1]!);
    for (let i = 0; i < ranges.length; i += 7) {
      const offset = address - wide(i + 1);
      if ((ranges[i]! & 0x0300_0000) === space && offset >= 0n && offset < wide(i + 5)) return wide(i + 3) + offset;
    }
    throw new Error('no range of the bridge leads there');
  }
  interruptOf(slot: number): number {
    const map = cellsOf(this.bridge.properties.get('interrupt-map'));
    for (let i = 0; i < map.length; i += 7) if (map[i] === slot << 11 && map[i + 3] === 1) return map[i + 5]!;
    throw new Error(`slot ${slot} has no interrupt`);
  }

  /** Lets a source through to vCPU 0, which takes what comes at once. */
  enableInterrupt(source: number): void {
    this.rtas('ibm,set-xive', 1, source, 0, 5);
    this.call(H.cppr, 0xff);
  }
  /** The pending interrupt's source, taken and ended; undefined: there is none. */
  takeInterrupt(): number | undefined {
    const xirr = this.call(H.xirr).results[0]!;
    const source = Number(xirr & 0xff_ffffn);
    if (source === 0) return undefined;
    this.call(H.eoi, xirr);
    return source;
  }

  /** A virtio driver's way to the device in a slot. Bus addresses are guest physical: map them first. */
  portsOf(slot: number): DriverPorts {
    const base = this.range(slot, 4);
    return {
      readRegisters: (offset, length) => littleEndian(this.load(base + BigInt(offset), length), length),
      writeRegisters: (offset, bytes) =>
        this.store(
          base + BigInt(offset),
          bytes.length,
          bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n),
        ),
      readMemory: (address, length) => this.read(BigInt(address), length),
      writeMemory: (address, bytes) => this.write(BigInt(address), bytes),
    };
  }
  /** Maps pages of the bus to the same guest physical addresses. `access`: 1 read, 2 write. */
  map(address: number, length: number, access: 0 | 1 | 2 | 3 = 3): void {
    for (let at = address & -0x1000; at < address + length; at += 0x1000)
      this.call(H.putTce, this.liobn, at, at | access);
  }
}

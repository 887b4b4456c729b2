import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { flattenDeviceTree } from '../support/qemu-device-tree';
import { qemuIsInstalled, qemuIsMissing, rtasInFirmware, runOnQemu } from '../support/qemu-pseries';

/** QEMU is the independent witness here: what it prints is what the Power ISA and PAPR prescribe, not what Key31 does. */

const samples = join(import.meta.dirname, '../../extension/samples/mmio-trap');

const guests = [
  { elf: 'mmio-trap.be.elf', endianness: 'big-endian' },
  { elf: 'mmio-trap.le.elf', endianness: 'little-endian' },
] as const;

const processors = [
  { cpu: 'power7', version: '0x3f0203' },
  { cpu: 'power8', version: '0x4d0200' },
] as const;

const everyRun = guests.flatMap((guest) => processors.map((processor) => ({ ...guest, ...processor })));

/** Nothing of QEMU's answers there, so what is read is not checked; it is not RAM, so that H_ENTER takes it as a device. */
const nobodysAddress = 0x80000000;

const treeWithDevicesAndRtas = flattenDeviceTree({
  name: '',
  properties: { '#address-cells': [2], '#size-cells': [2] },
  children: [
    { name: 'memory@0', properties: { device_type: 'memory', reg: [0, 0, 0, 0x10000000] } },
    { name: 'cpus', children: [{ name: 'cpu@0', properties: { device_type: 'cpu', 'ibm,pft-size': [0, 21] } }] },
    {
      name: 'rtas',
      properties: { 'linux,rtas-base': [rtasInFirmware], 'linux,rtas-entry': [rtasInFirmware], 'power-off': [0x2003] },
    },
    { name: 'serial@80000100', properties: { compatible: 'ns16550a', reg: [0, nobodysAddress + 0x100, 0, 8] } },
    {
      name: 'device@80010000',
      properties: { compatible: 'key31,passed-through-device', reg: [0, nobodysAddress + 0x10000, 0, 0x10000] },
    },
  ],
});

if (!qemuIsInstalled) console.log(qemuIsMissing);

describe.skipIf(!qemuIsInstalled)('the sample guest mmio-trap on QEMU', { timeout: 70_000 }, () => {
  it.each(everyRun)('tells its story to the end: $elf on $cpu', async ({ elf, endianness, cpu, version }) => {
    const result = await runOnQemu(join(samples, elf), { cpu });

    expect(result.console.split('\n')).toEqual([
      `Key31 sample guest mmio-trap, ${endianness}`,
      `processor: version register ${version}`,
      'memory: 256 MiB, hashed page table of 16384 groups',
      'translation: on',
      'entry 0x6060: H_ENTER was given 0xc0c0c005 0x1010',
      // Referenced (0x100) and changed (0x80) in addition.
      'entry 0x6060: H_READ said 0 and gives 0xc0c0c005 0x1190',
      'uart: not in the device tree',
      'passed-through device: not in the device tree',
      'page fault: loading from 0xd000000000030128, which has no entry',
      'page fault: DAR 0xd000000000030128, DSISR 0x40000000',
      'page fault: after H_ENTER the load gave 0x4b65793331',
      'protection fault: storing to 0xd000000000040010, which is read-only',
      'protection fault: DAR 0xd000000000040010, DSISR 0xa000000',
      'protection fault: the page still holds 0x4b65793331',
      'key fault: loading from 0xd000000000050128, whose key 5 the AMR denies',
      'key fault: DAR 0xd000000000050128, DSISR 0x200000',
      'key fault: after clearing the AMR the load gave 0x4b65793331',
      'segment miss: loading from 0xe000000000070128, whose segment has no SLB entry',
      'segment miss: DAR 0xe000000000070128',
      'segment miss: after slbmte the load gave 0x4b65793331',
      "key 31: accepted, H_READ shows key 31 in the guest's view",
      'key 31: H_REMOVE said 0',
      'mmio-trap: done',
      '',
    ]);
    expect(result.exitCode).toBe(0);
  });

  it.each(guests)('maps the devices that its tree names and powers off by entering RTAS: $elf', async ({ elf }) => {
    const result = await runOnQemu(join(samples, elf), { cpu: 'power8', deviceTree: treeWithDevicesAndRtas });

    expect(result.console).toContain('uart: H_ENTER of guest address 0x80000100 at 0xd000000000010000 said 0\n');
    expect(result.console).toContain('uart: scratch register reads ');
    expect(result.console).toContain(
      'passed-through device: H_ENTER of guest address 0x80010000 at 0xd000000000020000 said 0\n',
    );
    expect(result.console).toMatch(/mmio-trap: done\n$/);
    expect(result.exitCode).toBe(0);
  });
});

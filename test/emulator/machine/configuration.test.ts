import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  createMachine,
  defaultConfiguration,
  type MachineConfiguration,
} from '../../../emulator/index';
import { buildElf } from '../../support/adapter-elf-builder';
import { cellsOf, readDeviceTree, textOf, type ReadNode } from '../../support/emulator-device-tree';
import { hypercall, MEBIBYTE, nop, programOf, quiet, startGuest } from '../../support/emulator-guest';

const program = programOf({ code: [nop] });
const slot = { slot: 2, guestPhysicalAddress: 0x8000_0000n, size: 0x1_0000n, vma: 'anonymous', flags: 0n } as const;

describe('a configuration that no machine can be made from', () => {
  it.each<[string, Partial<MachineConfiguration>, string, string]>([
    ['no ELF file', { program: new Uint8Array(100) }, 'program', 'is not an ELF file'],
    ['a program for another machine', { program: buildElf({ machine: 62 }) }, 'program', 'x86-64'],
    ['no memory', { memory: 0 }, 'memory', 'must be a multiple of 16 MiB from 16 MiB to 3 GiB.'],
    [
      'an odd size of memory',
      { memory: 20 * MEBIBYTE },
      'memory',
      'must be a multiple of 16 MiB from 16 MiB to 3 GiB.',
    ],
    ['half a byte', { memory: 16 * MEBIBYTE + 0.5 }, 'memory', 'must be a multiple of 16 MiB from 16 MiB to 3 GiB.'],
    ['too much memory', { memory: 3088 * MEBIBYTE }, 'memory', 'must be a multiple of 16 MiB from 16 MiB to 3 GiB.'],
    ['no vCPU', { smp: 0 }, 'smp', 'must be a whole number from 1 to 8.'],
    ['a vCPU and a half', { smp: 1.5 }, 'smp', 'must be a whole number from 1 to 8.'],
    ['nine vCPUs', { smp: 9 }, 'smp', 'must be a whole number from 1 to 8.'],
    [
      'a contiguous area of a size that RMLS cannot say',
      { realMode: 'rma', memory: 48 * MEBIBYTE },
      'memory',
      'with kvm.realMode "rma" must be 32, 64, 128 or 256 MiB, or 1 GiB.',
    ],
    [
      'a program beyond the guest’s memory',
      {
        program: buildElf({ segments: [{ virtualAddress: 0x200_0000n, bytes: new Uint8Array(16) }] }),
        memory: 16 * MEBIBYTE,
      },
      'memory',
      "the program's segments end at 0x2000010, beyond the guest's 0x1000000 bytes.",
    ],
    [
      'an initrd larger than memory',
      { initrd: new Uint8Array(17 * MEBIBYTE), memory: 16 * MEBIBYTE },
      'initrd',
      "is larger than the guest's memory below 0xdf0000.",
    ],
    [
      'an initrd that reaches the program',
      { initrd: new Uint8Array(14 * MEBIBYTE - 0x2_0000), memory: 16 * MEBIBYTE },
      'initrd',
      'the initial RAM disk would lie at 0x10000 to 0xdf0000, over the program at 0x10000 to 0x10004; give the guest more memory.',
    ],
    [
      'a program where RTAS has to be',
      {
        program: buildElf({ segments: [{ virtualAddress: 0xdf_0000n, bytes: new Uint8Array(16) }] }),
        memory: 16 * MEBIBYTE,
      },
      'program',
      'RTAS would lie at 0xdf0000 to 0xe00000, over the program at 0xdf0000 to 0xdf0010; give the guest more memory.',
    ],
    [
      'a program where the device tree has to be',
      {
        program: buildElf({ segments: [{ virtualAddress: 0xe0_0000n, bytes: new Uint8Array(16) }] }),
        memory: 16 * MEBIBYTE,
      },
      'program',
      'the device tree would lie at 0xe00000 to 0x1000000, over the program at',
    ],
    ['no quantum', { quantum: 0 }, 'quantum', 'must be a whole number of instructions, at least 1.'],
    ['three threads', { threads: 3 }, 'threads', 'must be 1, 2, 4 or 8.'],
    [
      'a slot over the guest’s memory',
      { memorySlots: [slot, { ...slot, slot: 3, guestPhysicalAddress: 0n }] },
      'memorySlots[1]',
      'slot 3 cannot be made: it overlaps slot 0 (EEXIST).',
    ],
    [
      'a slot number twice, with another size',
      { memorySlots: [{ ...slot, slot: 0 }] },
      'memorySlots[0]',
      'slot 0 cannot be made: the size of a slot cannot change (EINVAL).',
    ],
    [
      'a read-only slot',
      { memorySlots: [{ ...slot, flags: 2n }] },
      'memorySlots[0]',
      'slot 2 cannot be made: the flags are not ones that may be set (EINVAL).',
    ],
    [
      'a slot of half a page',
      { memorySlots: [{ ...slot, size: 0x1000n }] },
      'memorySlots[0]',
      'slot 2 cannot be made: the size is not a number of whole pages (EINVAL).',
    ],
    [
      'slots larger than the host',
      { memorySlots: [{ ...slot, size: 1n << 33n }] },
      'memorySlots',
      'have more memory than the modelled host, which has 4 GiB for all.',
    ],
  ])('is told of in one sentence: %s', (_what, changed, field, message) => {
    let error: unknown;
    try {
      createMachine({ ...defaultConfiguration, program, ...changed });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    if (!(error instanceof ConfigurationError)) return;
    expect(error.field).toBe(field);
    expect(error.message).toContain(`${field}: `);
    expect(error.message).toContain(message);
  });

  it.each([
    ['16 MiB', { memory: 16 * MEBIBYTE }],
    ['a contiguous area', { memory: 32 * MEBIBYTE, realMode: 'rma' }],
    ['eight vCPUs', { smp: 8 }],
    [
      'slots of both kinds',
      { memorySlots: [slot, { ...slot, slot: 31, guestPhysicalAddress: 0x9000_0000n, vma: 'device' }] },
    ],
  ] as const)('is not %s', (_what, changed) => {
    expect(createMachine({ ...defaultConfiguration, program, ...changed }).run(1, quiet)).toEqual({ kind: 'budget' });
  });
});

it('a slot’s memory is all there, however large', () => {
  const machine = startGuest({ code: [nop], memorySlots: [{ ...slot, size: 256n * 2n ** 20n }] });
  const bytes = Uint8Array.of(1, 2, 3);
  const first = ((0x111n << 28n) >> 16n) | 1n;
  for (let page = 0n; page < 4096n; page += 64n) {
    expect(
      hypercall(machine, 0x08, 0n, (page % 100n) * 8n, first, (slot.guestPhysicalAddress + page * 0x1_0000n) | 0x12n)
        .status,
    ).toBe(0n);
  }
  expect(machine.readGuestPhysical(slot.guestPhysicalAddress + 0xfff_0000n, 16)).toEqual(new Uint8Array(16));
  expect(machine.writeMemory(0, 0x8000n, bytes)).toBe(3);
});

describe('the device tree', () => {
  const configured = {
    memory: 64 * MEBIBYTE,
    smp: 3,
    append: 'console=hvc0 quiet',
    initrd: new Uint8Array(5000).fill(7),
  };
  const machine = startGuest({ code: [nop], ...configured });
  const address = machine.vcpus[0]!.registers.gpr(3);
  const head = machine.readGuestPhysical(address, 8);
  const bytes = machine.readGuestPhysical(address, new DataView(head.buffer, head.byteOffset).getUint32(4));
  const { root, bootCpu } = readDeviceTree(bytes);
  const child = (node: ReadNode, ...path: string[]): ReadNode =>
    path.reduce((one, name) => {
      const next = one.children.get(name);
      if (!next) throw new Error(`no ${name} among ${[...one.children.keys()].join(', ')}`);
      return next;
    }, node);
  const cells = (node: ReadNode, name: string) => cellsOf(node.properties.get(name));
  const text = (node: ReadNode, name: string) => textOf(node.properties.get(name));

  it('is a chrp, for Linux’s pSeries_probe', () => {
    expect([text(root, 'device_type'), cells(root, '#address-cells'), cells(root, '#size-cells')]).toEqual([
      'chrp',
      [2],
      [2],
    ]);
    expect(bootCpu).toBe(0);
  });

  it('has each processor with what facts 7 asks of it', () => {
    const processors = [...child(root, 'cpus').children];
    expect(processors.map(([name]) => name)).toEqual(['PowerPC,POWER8@0', 'PowerPC,POWER8@1', 'PowerPC,POWER8@2']);
    processors.forEach(([, node], number) => {
      expect(text(node, 'device_type')).toBe('cpu');
      expect(cells(node, 'reg')).toEqual([number]);
      expect(cells(node, 'timebase-frequency')).toEqual([512_000_000]);
      expect(cells(node, 'ibm,slb-size')).toEqual([32]);
      expect(cells(node, 'ibm,pft-size')).toEqual([0, machine.pageTable.order]);
      expect(cells(node, 'ibm,ppc-interrupt-server#s')).toEqual([number]);
      expect(cells(node, 'ibm,processor-segment-sizes')).toEqual([28, 40, 0xffff_ffff, 0xffff_ffff]);
      expect(cells(node, 'ibm,segment-page-sizes')).toEqual([
        // The host has pages of 64 KiB, and KVM offers no larger ones than those.
        ...[12, 0, 2, 12, 0, 16, 7],
        ...[16, 0x110, 1, 16, 1],
      ]);
      expect(text(node, 'status')).toBe('okay');
    });
  });

  it('says where memory, the initrd and RTAS are', () => {
    expect(cells(child(root, 'memory@0'), 'reg')).toEqual([0, 0, 0, 64 * MEBIBYTE]);
    const chosen = child(root, 'chosen');
    expect(text(chosen, 'bootargs')).toBe('console=hvc0 quiet');
    const [start, end] = ['linux,initrd-start', 'linux,initrd-end'].map((name) => cells(chosen, name)[1] ?? 0);
    expect((end ?? 0) - (start ?? 0)).toBe(5000);
    expect(machine.readGuestPhysical(BigInt(start ?? 0), 5000)).toEqual(configured.initrd);
    const rtas = child(root, 'rtas');
    const [entry = 0] = cells(rtas, 'linux,rtas-entry');
    // facts 7: r4 = r3; r3 = H_RTAS; sc 1; blr.
    const code = Buffer.from(machine.readGuestPhysical(BigInt(entry), 20)).toString('hex');
    expect(code).toBe('7c641b783c6000006063f000440000224e800020');
    expect(textOf(rtas.properties.get('ibm,hypertas-functions')).split('\0')).toEqual(
      expect.arrayContaining(['hcall-pft', 'hcall-term', 'hcall-set-mode']),
    );
  });

  it('names the console where stdout-path leads', () => {
    const path = text(child(root, 'chosen'), 'linux,stdout-path').split('/').slice(1);
    const terminal = child(root, ...path);
    expect([text(terminal, 'device_type'), text(terminal, 'compatible'), cells(terminal, 'reg')]).toEqual([
      'serial',
      'hvterm1',
      [0x7100_0000],
    ]);
  });

  it('gives the devices at their places in the guest’s memory', () => {
    expect(cells(child(root, 'serial@10080000000'), 'reg')).toEqual([0x100, 0x8000_0000, 0, 0x1000]);
    expect(cells(child(root, 'device@10090000000'), 'reg')).toEqual([0x100, 0x9000_0000, 0, 0x1_0000]);
  });

  const dtc = spawnSync('dtc', ['--version']).status === 0;
  if (!dtc) console.log('skipped: dtc is not installed (Debian package device-tree-compiler)');
  it.skipIf(!dtc)('is read by the device tree compiler without an error', () => {
    const { status, stdout, stderr } = spawnSync('dtc', ['-I', 'dtb', '-O', 'dts', '-'], {
      input: bytes,
      encoding: 'utf8',
    });
    expect(stderr).not.toContain('ERROR');
    expect(status).toBe(0);
    expect(stdout).toContain('PowerPC,POWER8@2');
  });
});

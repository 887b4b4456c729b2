import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const qemu = 'qemu-system-ppc64';

export const qemuIsInstalled = spawnSync(qemu, ['--version']).status === 0;

/** Printed by every test file that needs QEMU and does without. */
export const qemuIsMissing = `skipped: ${qemu} is not installed (Debian package qemu-system-ppc)`;

export interface QemuRun {
  readonly cpu: 'power7' | 'power8';
  /** Given to the guest in place of QEMU's own, which has no emulated UART and names no RTAS entry. */
  readonly deviceTree?: Uint8Array;
  readonly timeoutMilliseconds?: number;
  /** More of QEMU's options, such as -icount. */
  readonly options?: readonly string[];
  /** Told of what the guest writes to its console as it comes. */
  readonly heard?: (text: string) => void;
}

export interface QemuResult {
  /** Lines end in a line feed alone, whatever the guest sent. */
  readonly console: string;
  /** null if QEMU had to be killed. */
  readonly exitCode: number | null;
}

/** Mitigations that this processor model cannot offer under emulation; QEMU refuses to start with their defaults. */
const machine = 'pseries,accel=tcg,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off';

/** QEMU enters a flat image given as firmware here, with r3 = device tree. */
const firmwareEntry = 0x100;
const deviceTreeInFirmware = 0x100000;
/** Where a device tree may say that RTAS is: the firmware has this hypervisor call (H_RTAS) there. */
export const rtasInFirmware = 0x180000;

/** QEMU moves a kernel's physical addresses up by this much. */
const kernelUpper16Bits = 0x40;

const keepQemusDeviceTree = 0x60000000; // nop
const useOwnDeviceTree = 0x3c600000 | (deviceTreeInFirmware >> 16); // lis r3, …

/** Hands over as a loader without Open Firmware does: 64-bit, real mode, registers other than r3 zero. */
function startOfKernel(deviceTree: Uint8Array | undefined): number[] {
  return [
    deviceTree === undefined ? keepQemusDeviceTree : useOwnDeviceTree,
    0x38800001, // li     r4, 1
    0x7884f806, // sldi   r4, r4, 63
    0x60841000, // ori    r4, r4, 0x1000: MSR = SF | ME
    0x7c9b03a6, // mtsrr1 r4
    0x3c800000 | kernelUpper16Bits, // lis r4, …
    0x7c9a03a6, // mtsrr0 r4
    0x38800000, // li     r4, 0
    0x4c000024, // rfid
  ];
}

const rtas = [
  0x7c641b78, // mr     r4, r3
  0x38600000, // li     r3, 0
  0x6063f000, // ori    r3, r3, 0xf000: H_RTAS
  0x44000022, // sc     1
  0x4e800020, // blr
];

function writeInstructions(image: Buffer, address: number, instructions: readonly number[]): void {
  instructions.forEach((instruction, index) => image.writeUInt32BE(instruction, address + 4 * index));
}

function firmwareImage(deviceTree: Uint8Array | undefined): Buffer {
  const image = Buffer.alloc(rtasInFirmware + 4 * rtas.length);
  writeInstructions(image, firmwareEntry, startOfKernel(deviceTree));
  if (deviceTree !== undefined) image.set(deviceTree, deviceTreeInFirmware);
  writeInstructions(image, rtasInFirmware, rtas);
  return image;
}

interface RawResult {
  readonly console: Buffer;
  readonly exitCode: number | null;
}
function runWithFirmware(firmware: string, run: QemuRun, more: readonly string[]): Promise<RawResult> {
  const commandLine = ['-machine', machine, '-cpu', run.cpu, '-m', '256m', '-nodefaults', '-display', 'none'];
  commandLine.push('-serial', 'stdio', '-bios', firmware, ...more, ...(run.options ?? []));
  return new Promise((resolve, reject) => {
    const child = spawn(qemu, commandLine, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: run.timeoutMilliseconds ?? 60_000,
      killSignal: 'SIGKILL',
    });
    const console: Buffer[] = [];
    let complaints = '';
    child.stdout.on('data', (bytes: Buffer) => {
      console.push(bytes);
      run.heard?.(bytes.toString('latin1'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode !== null && exitCode !== 0)
        reject(new Error(`${qemu} ended with status ${exitCode}: ${complaints}`));
      else resolve({ console: Buffer.concat(console), exitCode });
    });
  });
}

async function withFirmware(image: Uint8Array, run: QemuRun, more: readonly string[]): Promise<RawResult> {
  const directory = await mkdtemp(join(tmpdir(), 'key31-qemu-'));
  try {
    const firmware = join(directory, 'firmware.bin');
    await writeFile(firmware, image);
    return await runWithFirmware(firmware, run, more);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Boots the kernel without Open Firmware, as Key31's own machine does, and waits until it powers off. */
export async function runOnQemu(elfPath: string, run: QemuRun): Promise<QemuResult> {
  const { console, exitCode } = await withFirmware(firmwareImage(run.deviceTree), run, ['-kernel', elfPath]);
  return { console: console.toString('latin1').replaceAll('\r\n', '\n'), exitCode };
}

/** Enters a flat image at its 0x100, and waits until it powers off. What it wrote to its console, byte for byte. */
export async function runImageOnQemu(image: Uint8Array, run: QemuRun): Promise<Uint8Array> {
  const { console, exitCode } = await withFirmware(image, run, []);
  if (exitCode === null) throw new Error(`${qemu} did not end`);
  return console;
}

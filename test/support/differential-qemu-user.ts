/** Runs short pieces of code under QEMU's user mode, each with its own registers, and brings back what they left. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disassembleText } from '../../emulator/isa/table';

/** Where everything lies in the little program. */
export const place = {
  code: 0x1000_0000,
  control: 0x1001_0000,
  pristine: 0x1001_0100,
  window: 0x1002_0000,
  pieces: 0x1100_0000,
  inputs: 0x2000_0000,
  outputs: 0x4000_0000,
} as const;
/** The storage that a piece may use; every one finds it as it was at first. */
export const WINDOW_SIZE = 128;

/** 32 GPRs, CR, XER, LR, and for an input the piece's address; for an output the window follows. */
export const record = { cr: 32, xer: 33, lr: 34, piece: 35, inputWords: 36, window: 35 } as const;
/** As `record`, with FPSCR, VSCR (the second of two doublewords) and the 64 VSRs, two doublewords each. */
export const wideRecord = {
  ...record,
  fpscr: 35,
  vscr: 37,
  vsr: 38,
  piece: 166,
  inputWords: 167,
  window: 166,
} as const;
export type RecordLayout = typeof record | typeof wideRecord;
export const inputSizeOf = (layout: RecordLayout): number => layout.inputWords * 8;
export const outputSizeOf = (layout: RecordLayout): number => layout.window * 8 + WINDOW_SIZE;
export const inputSize = inputSizeOf(record);
export const outputSize = outputSizeOf(record);

const d = (opcode: number, t: number, a: number, immediate: number) =>
  ((opcode << 26) | (t << 21) | (a << 16) | (immediate & 0xffff)) >>> 0;
const ld = (t: number, offset: number, a: number) => d(58, t, a, offset);
const std = (s: number, offset: number, a: number) => d(62, s, a, offset);
const li = (t: number, value: number) => d(14, t, 0, value);
const addi = (t: number, a: number, value: number) => d(14, t, a, value);
const lis = (t: number, address: number) => d(15, t, 0, address >>> 16);
const x = (t: number, rest: number) => ((31 << 26) | (t << 21) | rest) >>> 0;
const moves = {
  mtcr: (s: number) => x(s, (0xff << 12) | (144 << 1)),
  mfcr: (t: number) => x(t, 19 << 1),
  mtxer: (s: number) => x(s, (1 << 16) | (467 << 1)),
  mfxer: (t: number) => x(t, (1 << 16) | (339 << 1)),
  mtlr: (s: number) => x(s, (8 << 16) | (467 << 1)),
  mflr: (t: number) => x(t, (8 << 16) | (339 << 1)),
  mtctr: (s: number) => x(s, (9 << 16) | (467 << 1)),
  mfctr: (t: number) => x(t, (9 << 16) | (339 << 1)),
};
const wide = {
  lxvd2x: (t: number, b: number) => x(t & 31, (b << 11) | (844 << 1) | (t >> 5)),
  stxvd2x: (s: number, b: number) => x(s & 31, (b << 11) | (972 << 1) | (s >> 5)),
  lfd: (t: number, offset: number, a: number) => d(50, t, a, offset),
  stfd: (s: number, offset: number, a: number) => d(54, s, a, offset),
  /** All 64 bits (L = 1). */
  mtfsf: (b: number) => ((63 << 26) | (1 << 25) | (b << 11) | (711 << 1)) >>> 0,
  mffs: (t: number) => ((63 << 26) | (t << 21) | (583 << 1)) >>> 0,
  mtvscr: (b: number) => ((4 << 26) | (b << 11) | 1604) >>> 0,
  mfvscr: (t: number) => ((4 << 26) | (t << 21) | 1540) >>> 0,
};
const sc = 0x4400_0002;
const bctr = 0x4e80_0420;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
export const branch = (from: number, to: number): number => ((18 << 26) | ((to - from) & 0x03ff_fffc)) >>> 0;
const branchUnlessEqual = (from: number, to: number) => d(16, 4, 2, to - from);

/** Numbers that the program keeps, by their offset. */
const control = { input: 0, output: 8, scratch: 16, remaining: 24, length: 32, written: 40 } as const;

const copy = (from: number, to: number, fromOffset: number, toOffset: number) =>
  upTo(WINDOW_SIZE / 8).flatMap((i) => [ld(27, fromOffset + i * 8, from), std(27, toOffset + i * 8, to)]);

const doubleword = (index: number, a: number, t: number) => addi(t, a, index * 8);
/** Register 29 is a place for addresses. */
const loadWide = ({ fpscr, vscr, vsr }: typeof wideRecord) => [
  doubleword(vscr - 1, 30, 29),
  wide.lxvd2x(32, 29),
  wide.mtvscr(0),
  wide.lfd(0, fpscr * 8, 30),
  wide.mtfsf(0),
  ...upTo(64).flatMap((n) => [doubleword(vsr + n * 2, 30, 29), wide.lxvd2x(n, 29)]),
];
const storeWide = ({ fpscr, vscr, vsr }: typeof wideRecord) => [
  ...upTo(64).flatMap((n) => [doubleword(vsr + n * 2, 30, 29), wide.stxvd2x(n, 29)]),
  wide.mffs(0),
  wide.stfd(0, fpscr * 8, 30),
  wide.mfvscr(0),
  doubleword(vscr - 1, 30, 29),
  wide.stxvd2x(32, 29),
];

const before = (layout: RecordLayout) => [
  lis(31, place.control),
  ld(30, control.input, 31),
  ...('vsr' in layout ? loadWide(layout) : []),
  lis(29, place.window),
  addi(28, 31, place.pristine - place.control),
  ...copy(28, 29, 0, 0),
  ld(0, record.cr * 8, 30),
  moves.mtcr(0),
  ld(0, record.xer * 8, 30),
  moves.mtxer(0),
  ld(0, record.lr * 8, 30),
  moves.mtlr(0),
  ld(0, layout.piece * 8, 30),
  moves.mtctr(0),
  ...upTo(30).map((n) => ld(n, n * 8, 30)),
  ld(31, 31 * 8, 30),
  ld(30, 30 * 8, 30),
  bctr,
];
/** Where each piece goes when it is done. */
export const afterPieceOf = (layout: RecordLayout): number => place.code + before(layout).length * 4;
export const afterPiece = afterPieceOf(record);
const after = (layout: RecordLayout) => [
  moves.mtctr(31),
  lis(31, place.control),
  std(30, control.scratch, 31),
  ld(30, control.output, 31),
  ...upTo(30).map((n) => std(n, n * 8, 30)),
  ld(0, control.scratch, 31),
  std(0, 30 * 8, 30),
  moves.mfctr(0),
  std(0, 31 * 8, 30),
  moves.mfcr(0),
  std(0, record.cr * 8, 30),
  moves.mfxer(0),
  std(0, record.xer * 8, 30),
  moves.mflr(0),
  std(0, record.lr * 8, 30),
  lis(29, place.window),
  ...copy(29, 30, 0, layout.window * 8),
  ...('vsr' in layout ? storeWide(layout) : []),
  addi(30, 30, outputSizeOf(layout)),
  std(30, control.output, 31),
  ld(29, control.input, 31),
  addi(29, 29, inputSizeOf(layout)),
  std(29, control.input, 31),
  ld(29, control.remaining, 31),
  d(13, 29, 29, -1),
  std(29, control.remaining, 31),
];
const writeAll = [
  li(0, 4),
  li(3, 1),
  ld(4, control.written, 31),
  ld(5, control.length, 31),
  sc,
  lis(31, place.control),
  ld(4, control.written, 31),
  x(4, (4 << 16) | (3 << 11) | (266 << 1)),
  std(4, control.written, 31),
  ld(5, control.length, 31),
  x(5, (3 << 16) | (5 << 11) | (40 << 1) | 1),
  std(5, control.length, 31),
];

function program(layout: RecordLayout): number[] {
  const words = [...before(layout), ...after(layout)];
  const here = () => place.code + words.length * 4;
  words.push(branchUnlessEqual(here(), place.code));
  const writing = here();
  words.push(...writeAll);
  words.push(branchUnlessEqual(here(), writing), li(0, 1), li(3, 0), sc);
  return words;
}

interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly memorySize: number;
}

/** A static executable of the ELFv2 ABI, in which the entry is where the code starts. */
function executable(segments: readonly Segment[], littleEndian: boolean): Uint8Array {
  const headerSize = 0x40 + segments.length * 0x38;
  const aligned = (value: number) => Math.ceil(value / 0x10000) * 0x10000;
  let offset = aligned(headerSize);
  const placed = segments.map((segment) => {
    const at = offset;
    offset += aligned(segment.bytes.length);
    return { ...segment, at };
  });
  const file = new Uint8Array(offset);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  const half = (at: number, value: number) => view.setUint16(at, value, littleEndian);
  const word = (at: number, value: number) => view.setUint32(at, value, littleEndian);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), littleEndian);
  half(16, 2);
  half(18, 21);
  word(20, 1);
  long(24, place.code);
  long(32, 0x40);
  word(48, 2);
  half(52, 0x40);
  half(54, 0x38);
  half(56, segments.length);
  placed.forEach(({ address, bytes, memorySize, at }, i) => {
    const header = 0x40 + i * 0x38;
    word(header, 1);
    word(header + 4, 7);
    long(header + 8, at);
    long(header + 16, address);
    long(header + 24, address);
    long(header + 32, bytes.length);
    long(header + 40, memorySize);
    long(header + 48, 0x10000);
    file.set(bytes, at);
  });
  return file;
}

export interface QemuRun {
  readonly littleEndian: boolean;
  /** Code from `place.pieces` on. */
  readonly pieces: readonly number[];
  readonly inputs: Uint8Array;
  readonly window: Uint8Array;
  /** What inputs and outputs hold; the integer registers alone unless it says more. */
  readonly layout?: RecordLayout;
}

const commandFor = (littleEndian: boolean) => (littleEndian ? 'qemu-ppc64le' : 'qemu-ppc64');
export const hasQemuUser = (): boolean =>
  [true, false].every((littleEndian) => spawnSync(commandFor(littleEndian), ['--version']).status === 0);

/** The outputs of all cases, one after the other. */
export function runUnderQemu({ littleEndian, pieces, inputs, window, layout = record }: QemuRun): Uint8Array {
  const wordsOf = (words: readonly number[]) => {
    const bytes = new Uint8Array(words.length * 4);
    const view = new DataView(bytes.buffer);
    words.forEach((word, i) => view.setUint32(i * 4, word, littleEndian));
    return bytes;
  };
  const cases = inputs.length / inputSizeOf(layout);
  const controlBytes = new Uint8Array(0x100 + WINDOW_SIZE);
  const controls = new DataView(controlBytes.buffer);
  const set = (at: number, value: number) => controls.setBigUint64(at, BigInt(value), littleEndian);
  set(control.input, place.inputs);
  set(control.output, place.outputs);
  set(control.remaining, cases);
  set(control.length, cases * outputSizeOf(layout));
  set(control.written, place.outputs);
  controlBytes.set(window, place.pristine - place.control);
  const whole = (address: number, bytes: Uint8Array): Segment => ({ address, bytes, memorySize: bytes.length });
  const file = executable(
    [
      whole(place.code, wordsOf(program(layout))),
      whole(place.control, controlBytes),
      { address: place.window, bytes: new Uint8Array(0), memorySize: 0x1000 },
      whole(place.pieces, wordsOf(pieces)),
      whole(place.inputs, inputs),
      { address: place.outputs, bytes: new Uint8Array(0), memorySize: cases * outputSizeOf(layout) },
    ],
    littleEndian,
  );
  const folder = mkdtempSync(join(tmpdir(), 'key31-qemu-user-'));
  try {
    const path = join(folder, 'cases');
    writeFileSync(path, file);
    chmodSync(path, 0o755);
    const run = (...options: string[]) =>
      spawnSync(commandFor(littleEndian), ['-cpu', 'POWER8', ...options, path], { maxBuffer: 2 ** 30 });
    const { stdout } = run();
    if (stdout.length === cases * outputSizeOf(layout)) return stdout;
    // Again, with the address of the instruction that it died of.
    const stop = /si_addr=(0x[0-9a-f]+)/.exec(run('-strace').stderr.toString())?.[1] ?? '0';
    const word = pieces[(Number(stop) - place.pieces) / 4] ?? 0;
    throw new Error(`QEMU died at ${stop}: ${disassembleText(word, BigInt(stop))}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

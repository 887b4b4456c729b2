/**
 * A program for a bare pseries that runs short pieces of privileged code, each from a state that it is given, and keeps
 * what every interrupt finds. It stands at real address 0 and takes the whole machine, under QEMU in place of firmware.
 */
import { assemble } from '../../emulator/isa/assembler';

/** What a piece starts with, a doubleword each: after SRR0, SRR1 and the interrupt mode, the GPRs and these. */
export const startRegisters = [
  'cr',
  'xer',
  'lr',
  'ctr',
  'dar',
  'dsisr',
  'sprg1',
  'sprg2',
  'sprg3',
  'amr',
  'uamor',
  'fscr',
  'fpscr',
] as const;
type StartRegister = (typeof startRegisters)[number];

export interface Piece {
  /** From its first word on; branches in it are relative. */
  readonly words: readonly number[];
  readonly msr: bigint;
  readonly gprs: readonly bigint[];
  readonly start: Readonly<Record<StartRegister, bigint>>;
  /** LPCR[ILE], by H_SET_MODE. */
  readonly littleEndianInterrupts: boolean;
  /** LPCR[AIL] = 3, by H_SET_MODE. */
  readonly alternateLocation: boolean;
}

/** What an interrupt finds, beside the GPRs. `vector` has ALTERNATE set if it was taken there. */
const foundRegisters = [
  'vector',
  'cfar',
  'msr',
  'srr0',
  'srr1',
  'cr',
  'xer',
  'lr',
  'ctr',
  'dar',
  'dsisr',
  'sprg1',
  'sprg2',
  'sprg3',
  'amr',
  'uamor',
  'fscr',
  'fpscr',
] as const;
type FoundRegister = (typeof foundRegisters)[number];
export const ALTERNATE = 0x4000n;
const SLB_ENTRIES = 8;
const slbNames = Array.from({ length: SLB_ENTRIES }, (_, i) => [`slb${i} esid`, `slb${i} vsid`] as const).flat();
/** The places of a record, in order. */
const places: readonly string[] = [...Array.from({ length: 32 }, (_, n) => `r${n}`), ...foundRegisters, ...slbNames];
const RECORD = places.length * 8;
/** Doublewords of an input: address, MSR, ILE, AIL, GPRs, and the rest. */
const input = { msr: 1, endian: 2, location: 3, gprs: 4, rest: 36 } as const;
const INPUT = (input.rest + startRegisters.length) * 8;

export type Found = ReadonlyMap<string, bigint>;

/** Real addresses. All that has to be reached without a base register is below 0x8000. */
const at = {
  reset: 0x100,
  saved0: 0x60,
  savedCfar: 0x68,
  saved1: 0x70,
  savedMsr: 0x78,
  remaining: 0x80,
  input: 0x88,
  alternateVectors: 0x4000,
  bigEndian: 0x5000,
  monitor: 0x6000,
  starting: 0x7000,
  rtas: 0x7f00,
  /** Where little-endian interrupts go on: see `vector`. */
  littleEndianVectors: 0x1_0008,
  littleEndian: 0x1_8000,
  entries: 0x2_0000,
  pieces: 0x4_0000,
  data: 0x10_0000,
  inputs: 0x11_0000,
  log: 0x80_0000,
} as const;
/** Where the count of pieces that have not begun is, as an address and a length. */
export const remaining = [BigInt(at.remaining), 8] as const;
const PAGE = 0x1000;

/** Pages for a piece to touch: which are not there, and what protection those have that are (Book III-S 5.7.10). */
export const dataPages = {
  plain: at.data,
  readOnly: at.data + PAGE,
  supervisorOnly: at.data + 2 * PAGE,
  key5: at.data + 3 * PAGE,
  noExecute: at.data + 4 * PAGE,
  missing: at.data + 5 * PAGE,
} as const;
/** How much of a page a piece may touch. */
const WINDOW = 0x80;
const R_AND_C = 0x180n;
const COHERENT = 0x10n;
const READ_AND_WRITE = 2n;
const secondOf: Readonly<Record<keyof typeof dataPages, bigint | undefined>> = {
  plain: READ_AND_WRITE,
  readOnly: 3n,
  supervisorOnly: 0n,
  key5: READ_AND_WRITE | (5n << 9n),
  noExecute: READ_AND_WRITE | 4n,
  missing: undefined,
};
const VSID = 0x1a5a5n;
/** Kp: problem state has the storage key 1. */
const vsidWord = (VSID << 12n) | 0x400n;
/** Of QEMU's and Key31's table for 256 MiB of memory. */
const GROUPS = 16384;

/** The first of a group, then the two doublewords: what the monitor gives to H_ENTER. */
function pageTableEntries(): bigint[] {
  const enter = (address: number, protection: bigint) => {
    const page = BigInt(address >> 12);
    const group = (VSID ^ page) & BigInt(GROUPS - 1);
    const abbreviated = ((VSID << 28n) | BigInt(address)) >> 23n;
    return [group * 8n, (abbreviated << 7n) | 1n, BigInt(address) | R_AND_C | COHERENT | protection];
  };
  const low = Array.from({ length: at.data / PAGE }, (_, page) => enter(page * PAGE, READ_AND_WRITE)).flat();
  const data = Object.entries(dataPages).flatMap(([name, address]) => {
    const second = secondOf[name as keyof typeof dataPages];
    return second === undefined ? [] : enter(address, second);
  });
  return [...low, ...data];
}

/** A line is an instruction, or a label with a colon. */
function assembleLines(origin: number, lines: readonly string[]): number[] {
  const labels = new Map<string, bigint>();
  const code: string[] = [];
  for (const line of lines)
    if (line.endsWith(':')) labels.set(line.slice(0, -1), BigInt(origin + code.length * 4));
    else code.push(line);
  return code.map((line, i) => {
    const assembled = assemble(line, BigInt(origin + i * 4), labels);
    if (assembled.kind === 'refused') throw new Error(assembled.why);
    return assembled.word;
  });
}
const load = (register: number, value: number) => [
  `lis r${register},${value >>> 16}`,
  `ori r${register},r${register},${value & 0xffff}`,
];

const specialNumbers = {
  srr0: 26,
  srr1: 27,
  dar: 19,
  dsisr: 18,
  sprg1: 273,
  sprg2: 274,
  sprg3: 275,
  amr: 29,
  uamor: 157,
  fscr: 153,
  xer: 1,
  lr: 8,
  ctr: 9,
} as const;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** SPRG0 points to the next record; no piece changes it. */
const keepAll = (atNext: string[]): string[] => {
  const place = (name: string) => places.indexOf(name) * 8;
  const keep = (name: FoundRegister, ...lines: string[]) => [...lines, `std r2,${place(name)}(r1)`];
  const special = (name: keyof typeof specialNumbers) => keep(name, `mfspr r2,${specialNumbers[name]}`);
  return [
    `std r1,${at.saved1}(0)`,
    'mfmsr r1',
    `std r1,${at.savedMsr}(0)`,
    // Translation off, if it was on: IR and DR turned to the end, cut off, and back.
    'rldicr r1,r1,60,61',
    'rldicl r1,r1,4,0',
    'mtmsrd r1',
    'isync',
    'mfspr r1,272',
    ...upTo(30).map((n) => `std r${n + 2},${(n + 2) * 8}(r1)`),
    `std r0,${place('vector')}(r1)`,
    `ld r2,${at.saved0}(0)`,
    'std r2,0(r1)',
    `ld r2,${at.saved1}(0)`,
    'std r2,8(r1)',
    ...keep('cfar', `ld r2,${at.savedCfar}(0)`),
    ...keep('msr', `ld r2,${at.savedMsr}(0)`),
    ...keep('cr', 'mfcr r2'),
    ...(
      ['srr0', 'srr1', 'xer', 'lr', 'ctr', 'dar', 'dsisr', 'sprg1', 'sprg2', 'sprg3', 'amr', 'uamor', 'fscr'] as const
    ).flatMap(special),
    'mfmsr r2',
    'ori r2,r2,0x2000',
    'mtmsrd r2',
    'mffs f0',
    `stfd f0,${place('fpscr')}(r1)`,
    ...upTo(SLB_ENTRIES).flatMap((n) => [
      `li r3,${n}`,
      'slbmfee r2,r3',
      `std r2,${place(`slb${n} esid`)}(r1)`,
      'slbmfev r2,r3',
      `std r2,${place(`slb${n} vsid`)}(r1)`,
    ]),
    `addi r1,r1,${RECORD}`,
    'mtspr 272,r1',
    ...atNext,
  ];
};
/** On to the next piece, big-endian. */
const goOn = [...load(2, at.monitor), 'mtspr 26,r2', 'mfmsr r2', 'rldicr r2,r2,0,62', 'mtspr 27,r2', 'rfid'];

const hypercall = (number: number) => [`li r3,${number}`, 'sc 1'];
const H_ENTER = 8;
const H_PUT_TERM_CHAR = 0x58;
const H_SET_MODE = 0x31c;
const setMode = (resource: number, offset: number) => [
  `ld r4,${offset}(r30)`,
  `li r5,${resource}`,
  'li r6,0',
  'li r7,0',
  ...hypercall(H_SET_MODE),
];
const slbEntry = (index: number) => [`ori r4,r4,${index}`, 'slbmte r5,r4'];

/** The monitor proper. r30 is the piece's input. */
const monitor = (): string[] => {
  const value = (name: StartRegister) => (input.rest + startRegisters.indexOf(name)) * 8;
  const special = (name: keyof typeof specialNumbers & StartRegister) => [
    `ld r3,${value(name)}(r30)`,
    `mtspr ${specialNumbers[name]},r3`,
  ];
  return [
    'next:',
    `ld r4,${at.remaining}(0)`,
    'cmpdi r4,0',
    'beq finish',
    'addi r4,r4,-1',
    `std r4,${at.remaining}(0)`,
    `ld r30,${at.input}(0)`,
    `addi r5,r30,${INPUT}`,
    `std r5,${at.input}(0)`,
    ...setMode(4, input.endian * 8),
    ...setMode(3, input.location * 8),
    // Segments 0 and 0xc00000000 have the same VSID.
    ...load(5, Number(vsidWord)),
    ...upTo(SLB_ENTRIES).flatMap((n) => (n < 2 ? [] : ['li r6,0', `li r4,${n}`, 'slbmte r6,r4'])),
    'slbia',
    'lis r4,0x800',
    'slbmte r5,r4',
    'li r6,3',
    'rldicr r6,r6,62,1',
    'or r4,r4,r6',
    ...slbEntry(1),
    // The start of each data page as it was at first.
    ...Object.values(dataPages).flatMap((page) => [
      ...load(3, page),
      ...upTo(WINDOW / 8).map((n) => `std r3,${n * 8}(r3)`),
    ]),
    'lis r3,0x7fff',
    'mtdec r3',
    'mfmsr r3',
    'ori r3,r3,0x2000',
    'mtmsrd r3',
    `lfd f0,${value('fpscr')}(r30)`,
    'mtfsf 255,f0,1,0',
    ...upTo(32).map((n) => `lfd f${n},${(input.gprs + n) * 8}(r30)`),
    ...(['dar', 'dsisr', 'sprg1', 'sprg2', 'sprg3', 'amr', 'uamor', 'fscr', 'xer', 'lr', 'ctr'] as const).flatMap(
      special,
    ),
    `ld r3,${value('cr')}(r30)`,
    'mtcr r3',
    'ld r3,0(r30)',
    'mtspr 26,r3',
    'ld r3,8(r30)',
    'mtspr 27,r3',
    ...upTo(32)
      .filter((n) => n !== 30)
      .map((n) => `ld r${n},${(input.gprs + n) * 8}(r30)`),
    `ld r30,${(input.gprs + 30) * 8}(r30)`,
    'rfid',

    'finish:',
    ...load(31, at.log),
    'mfspr r30,272',
    'more:',
    'cmpd r31,r30',
    'bge off',
    'li r4,0',
    'li r5,16',
    'ld r6,0(r31)',
    'ld r7,8(r31)',
    ...hypercall(H_PUT_TERM_CHAR),
    'cmpdi r3,0',
    'bne more',
    'addi r31,r31,16',
    'b more',
    'off:',
    ...load(4, at.rtas),
    'li r3,0',
    'ori r3,r3,0xf000',
    'sc 1',
    'b off',
  ];
};
const starting = (): string[] => [
  ...load(3, at.log),
  'mtspr 272,r3',
  ...load(31, at.entries),
  'ld r30,0(r31)',
  'enter:',
  'ld r5,8(r31)',
  'ld r6,16(r31)',
  'ld r7,24(r31)',
  'li r4,0',
  ...hypercall(H_ENTER),
  'addi r31,r31,24',
  'addi r30,r30,-1',
  'cmpdi r30,0',
  'bne enter',
  `b ${at.monitor}`,
];

/**
 * The first word of a vector is `tdi 0,0,0x148` to a big-endian processor, which never traps, and `b .+0x10008` to a
 * little-endian one, so that both find their own handler.
 */
const EITHER_ORDER = 0x0800_0148;
const vectors = [
  0x200, 0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800, 0x900, 0x980, 0xa00, 0xb00, 0xc00, 0xd00, 0xe00, 0xe20,
  0xe40, 0xe60, 0xe80, 0xf00, 0xf20, 0xf40, 0xf60, 0xf80,
];
const handle = (name: number, common: number): string[] => [
  `std r0,${at.saved0}(0)`,
  'mfspr r0,28',
  `std r0,${at.savedCfar}(0)`,
  `li r0,${name}`,
  `b ${common}`,
];

/** How long a piece may be, in words.  */
export const PIECE_WORDS = 24;
export const SYSTEM_CALL = 0x4400_0002;
export const addressOfPiece = (index: number): bigint => BigInt(at.pieces + index * PIECE_WORDS * 4);
const MOST_PIECES = (at.data - at.pieces) / (PIECE_WORDS * 4);

/** The token of that RTAS call, of QEMU and of ours. */
const POWER_OFF = 0x2003;

/** The image, from real address 0 on. */
export function monitorImage(pieces: readonly Piece[]): Uint8Array {
  if (pieces.length > MOST_PIECES) throw new Error(`${pieces.length} pieces are more than ${MOST_PIECES}`);
  const bytes = new Uint8Array(at.inputs + pieces.length * INPUT);
  const view = new DataView(bytes.buffer);
  const put = (address: number, code: readonly number[], littleEndian = false) =>
    code.forEach((word, i) => view.setUint32(address + i * 4, word, littleEndian));
  for (const base of [0, at.alternateVectors])
    for (const vector of vectors) {
      const big = base + vector;
      const little = base + vector - 8 + at.littleEndianVectors;
      put(big, [EITHER_ORDER, ...assembleLines(big + 4, handle(big, at.bigEndian))]);
      put(little, assembleLines(little, handle(big, at.littleEndian)), true);
    }
  put(at.bigEndian, assembleLines(at.bigEndian, keepAll(goOn)));
  put(at.littleEndian, assembleLines(at.littleEndian, keepAll(goOn)), true);
  put(at.monitor, assembleLines(at.monitor, monitor()));
  put(at.starting, assembleLines(at.starting, starting()));
  put(at.reset, assembleLines(at.reset, [`b ${at.starting}`]));
  put(at.rtas, [POWER_OFF, 2, 1, 0, 0, 0]);
  const entries = pageTableEntries();
  const wide = (address: number, values: readonly bigint[]) =>
    values.forEach((value, i) => view.setBigUint64(address + i * 8, BigInt.asUintN(64, value)));
  wide(at.entries, [BigInt(entries.length / 3), ...entries]);
  wide(at.remaining, [BigInt(pieces.length), BigInt(at.inputs)]);
  pieces.forEach((piece, i) => {
    put(Number(addressOfPiece(i)), piece.words);
    wide(at.inputs + i * INPUT, [
      addressOfPiece(i),
      piece.msr,
      piece.littleEndianInterrupts ? 1n : 0n,
      piece.alternateLocation ? 3n : 0n,
      ...piece.gprs,
      ...startRegisters.map((name) => piece.start[name]),
    ]);
  });
  return bytes;
}

/** The records of a run's console, in the order in which the interrupts came. */
export function readRecords(console: Uint8Array): Found[] {
  const view = new DataView(console.buffer, console.byteOffset, console.length);
  return upTo(Math.floor(console.length / RECORD)).map((n) => {
    const vectorAt = n * RECORD + places.indexOf('vector') * 8;
    const littleEndian = view.getUint32(vectorAt) !== 0;
    return new Map(places.map((name, i) => [name, view.getBigUint64(n * RECORD + i * 8, littleEndian)]));
  });
}

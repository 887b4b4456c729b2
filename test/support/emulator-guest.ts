/** Small guests, assembled by hand, on a whole machine. */
import type { DebugTarget, MachineEvent, RunOutcome, Watch } from '../../emulator/index';
import {
  createMachine,
  defaultConfiguration,
  eventDefinitions,
  type EventKind,
  type MachineConfiguration,
} from '../../emulator/index';
import { buildElf } from './adapter-elf-builder';
import { H_ENTER, H_EXACT, HPTE_R_M } from './emulator-kvm';
import { homeOf, type WorldSegment } from './emulator-mmu-world';

export const MEBIBYTE = 2 ** 20;
/** Where a program begins. */
export const ENTRY = 0x1_0000;
/** `sc 1`, for calls that a test makes in the guest's place. */
const CALL = 0x8000;

export const everyEvent: ReadonlySet<EventKind> = new Set(Object.keys(eventDefinitions) as EventKind[]);

/** Instruction words, by the forms of the Power ISA. */
export const form = {
  d: (opcode: number, rt: number, ra: number, d: number) =>
    ((opcode << 26) | (rt << 21) | (ra << 16) | (d & 0xffff)) >>> 0,
  x: (extended: number, rt: number, ra: number, rb: number) =>
    ((31 << 26) | (rt << 21) | (ra << 16) | (rb << 11) | (extended << 1)) >>> 0,
  spr: (extended: number, rt: number, spr: number) =>
    ((31 << 26) | (rt << 21) | ((spr & 31) << 16) | ((spr >> 5) << 11) | (extended << 1)) >>> 0,
};
export const li = (rt: number, value: number) => form.d(14, rt, 0, value);
export const lis = (rt: number, value: number) => form.d(15, rt, 0, value);
export const ori = (ra: number, rs: number, value: number) => form.d(24, rs, ra, value);
export const addi = (rt: number, ra: number, value: number) => form.d(14, rt, ra, value);
export const branch = (displacement: number) => ((18 << 26) | (displacement & 0x3ff_fffc)) >>> 0;
export const mtspr = (spr: number, rs: number) => form.spr(467, rs, spr);
export const mfspr = (rt: number, spr: number) => form.spr(339, rt, spr);
export const mtmsrd = (rs: number, l: 0 | 1) => ((31 << 26) | (rs << 21) | (l << 16) | (178 << 1)) >>> 0;
export const sc1 = 0x4400_0022;
export const nop = 0x6000_0000;
export const DEC = 22;
export const TB = 268;

const wordBytes = (words: readonly number[], littleEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word, littleEndian));
  return bytes;
};

export interface SmallGuest extends Partial<MachineConfiguration> {
  /** Instructions by address. The first list stands at ENTRY. */
  readonly code: readonly number[];
  readonly elsewhere?: Readonly<Record<number, readonly number[]>>;
  /** How code is laid down; the guest starts big-endian all the same. */
  readonly littleEndian?: boolean;
}

export function programOf({ code, elsewhere = {}, littleEndian = false }: SmallGuest): Uint8Array {
  const parts: [number, Uint8Array][] = [
    [ENTRY, wordBytes(code, littleEndian)],
    [CALL, wordBytes([sc1], false)],
    ...Object.entries(elsewhere).map(([at, words]): [number, Uint8Array] => [
      Number(at),
      wordBytes(words, littleEndian),
    ]),
  ];
  return buildElf({
    entry: BigInt(ENTRY),
    segments: parts.map(([address, bytes]) => ({ virtualAddress: BigInt(address), bytes })),
  });
}

export function startGuest(guest: SmallGuest): DebugTarget {
  const { code: _code, elsewhere: _elsewhere, littleEndian: _littleEndian, ...configuration } = guest;
  return createMachine({
    ...defaultConfiguration,
    memory: 16 * MEBIBYTE,
    ...configuration,
    program: configuration.program ?? programOf(guest),
  });
}

/** A watch that keeps what it is told, and stops at what `stops` says. */
export function recorder(
  options: {
    events?: ReadonlySet<EventKind>;
    breakpoints?: readonly bigint[];
    stops?: (event: MachineEvent) => boolean;
  } = {},
) {
  const events: MachineEvent[] = [];
  const consoleBytes: number[] = [];
  const watch: Watch = {
    breakpoints: new Set(options.breakpoints ?? []),
    events: options.events ?? everyEvent,
    event(event) {
      events.push(event);
      return options.stops?.(event) ?? false;
    },
    console: (bytes) => {
      consoleBytes.push(...bytes);
    },
  };
  return { watch, events, console: () => Buffer.from(consoleBytes).toString('latin1') };
}
export const quiet: Watch = { breakpoints: new Set(), events: new Set(), event: () => false, console: () => undefined };

/** Events as lines of text, to compare whole runs by. */
export const eventLines = (events: readonly MachineEvent[]): string[] =>
  events.map(
    ({ kind, instructionCount, fields }) =>
      `${instructionCount} ${kind} ${JSON.stringify(fields, (_, one: unknown) => (typeof one === 'bigint' ? one.toString(16) : one))}`,
  );

/** Makes a hypercall as the guest's kernel in real mode would, and puts everything back. */
export function hypercall(machine: DebugTarget, number: number, ...args: readonly bigint[]) {
  const { registers } = machine.vcpus[0]!;
  const specials = (['nia', 'msr'] as const).map((name) => [name, registers.special(name)] as const);
  const general = Array.from({ length: 32 }, (_, one) => registers.gpr(one));
  machine.setSpecial(0, 'nia', BigInt(CALL));
  machine.setSpecial(0, 'msr', 0x8000_0000_0000_1000n);
  machine.setGpr(0, 3, BigInt(number));
  args.forEach((value, i) => machine.setGpr(0, 4 + i, value));
  machine.step(0, quiet);
  const results = Array.from({ length: 9 }, (_, i) => registers.gpr(3 + i));
  general.forEach((value, one) => machine.setGpr(0, one, value));
  for (const [name, value] of specials) machine.setSpecial(0, name, value);
  return { status: BigInt.asIntN(64, results[0] ?? 0n), results: results.slice(1) };
}

const kernelSegment: WorldSegment = {
  effectiveAddress: 0n,
  vsidWord: (0x111n << 12n) | 0x110n,
  terabyte: false,
  vsid: 0x111n,
  base: 16,
};
export const sceneSegment: WorldSegment = {
  effectiveAddress: 0xd000_0000_0000_0000n,
  vsidWord: 0xd0dn << 12n,
  terabyte: false,
  vsid: 0xd0dn,
  base: 12,
};

/** Enters a page of one of the two segments. `second` says where it leads, with its rights. */
export function enterPage(
  machine: DebugTarget,
  segment: WorldSegment,
  effectiveAddress: bigint,
  second: bigint,
  slot = 0,
) {
  const { primary, first } = homeOf(segment, effectiveAddress, machine.pageTable.groupCount);
  const large = segment.base === 16 ? 4n : 0n;
  const size = segment.base === 16 ? 0x1000n : 0n;
  const index = BigInt(primary * 8 + slot);
  const { status } = hypercall(machine, H_ENTER, H_EXACT, index, first | large | 1n, second | size);
  if (status !== 0n) throw new Error(`H_ENTER said ${status}`);
  return Number(index);
}

/** Turns translation on: the first 128 KiB at the addresses they have, and an empty segment at 0xd000…. */
export function turnTranslationOn(machine: DebugTarget, littleEndian = false): void {
  const { registers } = machine.vcpus[0]!;
  for (const page of [0n, 0x1_0000n]) enterPage(machine, kernelSegment, page, page | HPTE_R_M | 2n);
  registers.setSlbEntry(0, { esid: 0x0800_0000n, vsid: kernelSegment.vsidWord });
  registers.setSlbEntry(1, { esid: 0xd000_0000_0800_0000n, vsid: sceneSegment.vsidWord });
  machine.setSpecial(0, 'msr', 0x8000_0000_0000_1030n | (littleEndian ? 1n : 0n));
}

/** Puts instructions at an address and the next instruction there. */
export function place(machine: DebugTarget, address: bigint, words: readonly number[], littleEndian = false): void {
  machine.writeMemory(0, address, wordBytes(words, littleEndian));
  machine.setSpecial(0, 'nia', address);
}

export const describeOutcome = (outcome: RunOutcome): string =>
  outcome.kind === 'stuck' ? `stuck: ${outcome.why}` : outcome.kind;

/** Random pieces of problem-state code with registers for them, for comparison with another implementation. */
import { Registers } from '../../emulator/cpu/registers';
import { ReferenceEngine } from '../../emulator/engine/reference';
import type { Instruction } from '../../emulator/isa/instruction';
import { MSR } from '../../emulator/isa/machine-state-register';
import { instructions } from '../../emulator/isa/table';
import { observe } from '../../emulator/isa/observe';
import { VCPU_SIZE } from '../../emulator/state/layout';
import { place, record, wideRecord, WINDOW_SIZE, type RecordLayout } from './differential-qemu-user';
import { EVERY_FACILITY, FlatStorage } from './isa-engine';
import type { Random } from './isa-random';

/** Code that ends by going back; the registers that its instruction reads as an address say where they have to point. */
export interface Piece {
  readonly instruction: Instruction;
  /** Of all that the piece runs, the one that it is there for. */
  readonly word: number;
  readonly words: readonly number[];
  /** Words of the input to show when something differs. */
  readonly shows?: readonly number[];
  /** Changes registers so that the piece means something: addresses, branch targets. */
  readonly prepare: (registers: bigint[], pieceAddress: bigint, random: Random) => void;
}

const edges = [
  0n,
  1n,
  2n,
  2n ** 64n - 1n,
  2n ** 64n - 2n,
  2n ** 63n,
  2n ** 63n - 1n,
  2n ** 63n + 1n,
  0x8000_0000n,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x1_0000_0000n,
  0xffff_ffff_8000_0000n,
  0xffff_ffff_7fff_ffffn,
  31n,
  32n,
  33n,
  63n,
  64n,
  65n,
  127n,
  0x8000_0000_8000_0000n,
  0x0123_4567_89ab_cdefn,
];
function anyValue(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.of(edges);
    case 3:
      return random.wide() >> BigInt(random.below(64));
    case 4:
      return BigInt.asUintN(64, ~(random.wide() >> BigInt(random.below(64))));
    case 5:
      return BigInt(random.next());
    default:
      return random.wide();
  }
}

const fieldsOf = (instruction: Instruction, word: number) => instruction.decode(word);
export const randomWord = (instruction: Instruction, random: Random): number =>
  instruction.encode(instruction.decode((random.next() & ~instruction.mask) | instruction.match));

const named = (mnemonic: string): Instruction => {
  const found = instructions.find((one) => one.mnemonic === mnemonic);
  if (!found) throw new Error(`no ${mnemonic}`);
  return found;
};
const moveToSpr = instructions.find((one) => one.mnemonic === 'mtspr' && one.otherwise)!;
const TAR = 815;
const mtctr = named('mtctr');
const mfctr = named('mfctr');
const addi = named('addi');

/** Points the base of an access of so many bytes into the window. */
export function pointIntoWindow(one: Instruction, word: number, bytes: number, aligned: number): Piece['prepare'] {
  const values = fieldsOf(one, word);
  return (registers, _address, random) => {
    const room = WINDOW_SIZE - bytes;
    const offset = Math.floor(random.below(room + 1) / aligned) * aligned;
    const target = BigInt(place.window + offset);
    const base = values.ra ?? (values.ra0 === 0 ? undefined : values.ra0);
    const displacement = BigInt(values.d ?? values.ds ?? values.dq ?? 0);
    if (values.rb === undefined) {
      if (base !== undefined) registers[base] = BigInt.asUintN(64, target - displacement);
    } else if (base === undefined) registers[values.rb] = target;
    else if (base === values.rb) {
      // Twice the register is the address: even ones only.
      registers[base] = (target & ~1n & BigInt(-2 * aligned)) / 2n;
    } else registers[base] = BigInt.asUintN(64, target - (registers[values.rb] ?? 0n));
  };
}

function memoryPiece(one: Instruction, random: Random, littleEndian: boolean): Piece | undefined {
  let word = randomWord(one, random);
  const values = { ...fieldsOf(one, word) };
  const isMultiple = values.first !== undefined;
  if (isMultiple) {
    // In little-endian mode an alignment interrupt; with the base among the registers loaded an invalid form.
    if (littleEndian) return undefined;
    values.first = 1 + random.below(31);
    values.ra0 = 1 + random.below(values.first);
    if (values.ra0 === values.first) return undefined;
    word = one.encode(values);
  }
  // Without a base register the address would be the displacement itself.
  if (values.rb === undefined && values.ra0 === 0) return undefined;
  // Invalid forms: an update of r0, or of the register that is loaded.
  if (values.ra !== undefined && (values.ra === 0 || values.ra === values.rt)) return undefined;
  const requests = observe(one, word);
  const bytes = requests.reduce((sum, r) => sum + (r.kind === 'load' || r.kind === 'store' ? r.bytes : 0), 0);
  return {
    instruction: one,
    word,
    words: [word],
    prepare: pointIntoWindow(one, word, Math.max(bytes, 1), isMultiple ? 8 : 1),
  };
}

/** lswi and its kin, whose registers go round after r31: the base is none of them. */
function stringPiece(one: Instruction, random: Random, littleEndian: boolean): Piece | undefined {
  // In little-endian mode an alignment interrupt.
  if (littleEndian) return undefined;
  const isIndexed = one.mnemonic.endsWith('x');
  const first = random.below(32);
  const length = isIndexed ? random.below(96) : 1 + random.below(32);
  const runs = Math.max(1, Math.ceil(length / 4));
  const free = Array.from({ length: 32 }, (_, n) => n).filter((n) => n !== 0 && ((n - first) & 31) >= runs);
  const [base, index] = [random.of(free), random.of(free)];
  if (base === index) return undefined;
  const word = one.encode({ first, ra0: base, ...(isIndexed ? { rb: index } : { nb: length & 31 }) });
  const point = pointIntoWindow(one, word, Math.max(length, 1), 1);
  return {
    instruction: one,
    word,
    words: [word],
    prepare: (registers, pieceAddress, source) => {
      point(registers, pieceAddress, source);
      registers[record.xer] = ((registers[record.xer] ?? 0n) & ~0x7fn) | BigInt(isIndexed ? length : 0);
    },
  };
}

/** A quadword, at a place that both find good, with a base that is not loaded. */
function quadwordPiece(one: Instruction, random: Random): Piece | undefined {
  const word = randomWord(one, random);
  const { rtp = 0, ra0 = 0 } = fieldsOf(one, word);
  if (ra0 === 0 || (ra0 & ~1) === rtp) return undefined;
  return { instruction: one, word, words: [word], prepare: pointIntoWindow(one, word, 16, 16) };
}

/** lwarx and stwcx. of one place, of which the second one may be another. */
function reservationPiece(store: Instruction, random: Random): Piece {
  const bytes = { b: 1, h: 2, w: 4, d: 8 }[store.mnemonic[2] as 'b' | 'h' | 'w' | 'd'];
  const load = named(`l${store.mnemonic[2]}arx`);
  const [base, index, target, source] = [3, 4, 5 + random.below(20), 5 + random.below(20)];
  const loadWord = load.encode({ rt: target, ra0: base, rb: index });
  const word = store.encode({ rs: source, ra0: base, rb: index });
  const twice = random.below(3) === 0 ? [word] : [];
  return {
    instruction: store,
    word,
    words: random.below(4) === 0 ? [word] : [loadWord, ...twice, word],
    prepare: pointIntoWindow(store, word, bytes, 8),
  };
}

function branchPiece(one: Instruction, random: Random): Piece {
  const count = 5;
  const target = 10 + random.below(10);
  const counted = addi.encode({ rt: target, ra0: target, si: 1 });
  const word = one.encode({ ...fieldsOf(one, randomWord(one, random)), li: 8, bd: 8 });
  const words = [
    mtctr.encode({ rs: count }),
    ...(one.mnemonic.startsWith('bctar') ? [moveToSpr.encode({ rs: 6, spr: TAR })] : []),
    word,
    counted,
    mfctr.encode({ rt: 7 }),
  ];
  const skipped = words.length - 1;
  return {
    instruction: one,
    word,
    words,
    prepare: (registers, pieceAddress, source) => {
      const destination = pieceAddress + BigInt(skipped * 4 + source.below(4));
      const toCount = one.mnemonic.startsWith('bcctr');
      registers[count] = toCount ? destination : BigInt(source.below(4));
      registers[record.lr] = destination;
      registers[6] = destination;
    },
  };
}

/** A move to a register and back, where the other end has nowhere to show it. */
function moveThrough(to: Instruction, from: Instruction, random: Random): Piece {
  const word = to.encode({ rs: random.below(32) });
  return { instruction: to, word, words: [word, from.encode({ rt: random.below(32) })], prepare: () => undefined };
}

const plainPiece = (one: Instruction, random: Random): Piece => {
  const word = randomWord(one, random);
  return { instruction: one, word, words: [word], prepare: () => undefined };
};

/** What is tried elsewhere, or cannot be tried in this way. */
const leftOut: readonly { readonly reason: string; readonly applies: (one: Instruction) => boolean }[] = [
  { reason: 'numbers of no register', applies: (one) => one.otherwise && one.mnemonic.endsWith('spr') },
  { reason: 'gone in this version', applies: (one) => one.until === '2.06' },
  { reason: 'needs privilege', applies: (one) => /^(rfid|hrfid)$/.test(one.mnemonic) || needsPrivilege(one) },
  {
    reason: 'QEMU 7.2 stores with stqcx. what it should not',
    applies: (one) => /^(lqarx|stqcx\.)$/.test(one.mnemonic),
  },
  {
    reason: 'a program of its own has neither transactions nor events',
    applies: (one) =>
      /^(t(begin|end|abort[wd]?c?i?|sr|reclaim|rechkpt)\.|tcheck|rfebb|clrbhrb|mfbhrbe)$/.test(one.mnemonic),
  },
  { reason: 'leaves the program', applies: (one) => one.mnemonic === 'sc' },
  { reason: 'moves are tried apart', applies: (one) => /^(mt|mf)/.test(one.mnemonic) },
  { reason: 'goes to where there is no code', applies: (one) => one.decode(one.match).aa === 1 },
  { reason: 'QEMU gives POWER8 no mcrxr, though the ISA has it', applies: (one) => one.mnemonic === 'mcrxr' },
  {
    reason: 'QEMU refuses a data stream at RA = 0, an invalid form',
    applies: (one) => /^dst(st)?t?$/.test(one.mnemonic),
  },
  { reason: 'QEMU knows icbt as an embedded instruction only', applies: (one) => one.mnemonic === 'icbt' },
  {
    reason: 'QEMU 7.2 refuses dcbflp, and L = 2 is reserved',
    applies: (one) => one.mnemonic === 'dcbf' && (one.decode(one.match).l2 ?? 0) > 1,
  },
];
function needsPrivilege(one: Instruction): boolean {
  const [first] = observe(one, one.match);
  return first?.kind === 'refuse';
}

const groupsByBaseMnemonic = (): Instruction[][] => {
  const groups = new Map<string, Instruction[]>();
  for (const one of instructions) {
    if (leftOut.some(({ applies }) => applies(one))) continue;
    const key = one.mnemonic.replace(/o?\.?$/, '') + String(one.match >>> 26);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
};
const groups = groupsByBaseMnemonic();
const moves = ['mtlr', 'mtctr', 'mtvrsave'].map((to) => [named(to), named(to.replace('mt', 'mf'))] as const);
const registerMoves = ['mtcrf', 'mtocrf', 'mfcr', 'mfocrf', 'mtxer', 'mfxer', 'mflr', 'mtlr'].map(named);

/** BO values of which the ISA defines no meaning. */
const reservedBo = (bo: number) => bo >= 16 && (bo & 4) !== 0 && bo !== 20;

export function randomPiece(random: Random, littleEndian: boolean): Piece {
  for (;;) {
    if (random.below(40) === 0) return moveThrough(...random.of(moves), random);
    if (random.below(24) === 0) return plainPiece(random.of(registerMoves), random);
    const one = random.of(random.of(groups));
    const requests = observe(one, one.match);
    const accesses = requests.some((r) => r.kind === 'load' || r.kind === 'store' || r.kind === 'probe');
    const { bo } = one.decode(one.match);
    let piece: Piece | undefined;
    if (bo !== undefined) {
      if (reservedBo(bo) || (one.mnemonic.startsWith('bcctr') && !(bo & 4))) continue;
      piece = branchPiece(one, random);
    }
    // A reservation that is left over would be the next piece's.
    else if (one.mnemonic.endsWith('arx')) piece = reservationPiece(named(`st${one.mnemonic[1]}cx.`), random);
    else if (one.mnemonic.endsWith('cx.')) piece = reservationPiece(one, random);
    else if (/^(l|st)sw[ix]$/.test(one.mnemonic)) piece = stringPiece(one, random, littleEndian);
    else if (/^(lq|stq)$/.test(one.mnemonic)) piece = quadwordPiece(one, random);
    else if (accesses) piece = memoryPiece(one, random, littleEndian);
    else piece = plainPiece(one, random);
    // QEMU refuses them with RA = 0, which stands for a zero.
    if (piece && one.mnemonic.startsWith('dst') && one.decode(piece.word).ra0 === 0) continue;
    if (piece) return piece;
  }
}

export const randomRegisters = (random: Random): bigint[] => {
  const registers = Array.from({ length: record.inputWords }, () => anyValue(random));
  registers[record.cr] = BigInt(random.next());
  registers[record.xer] = (BigInt(random.below(8)) << 29n) | BigInt(random.below(128));
  return registers;
};

const PROBLEM_STATE = MSR.SF | MSR.PR | MSR.IR | MSR.DR;

function setWideRegisters(registers: Registers, input: readonly bigint[]): void {
  const { fpscr, vscr, vsr } = wideRecord;
  // As QEMU's user mode has it, where an enabled exception ends the program: such a case is left out.
  const enabled = MSR.FP | MSR.VEC | MSR.VSX | MSR.FE0 | MSR.FE1;
  registers.setSpecial('msr', registers.special('msr') | enabled);
  registers.setSpecial('fpscr', input[fpscr] ?? 0n);
  registers.setSpecial('vscr', input[vscr] ?? 0n);
  for (let n = 0; n < 64; n++)
    for (const half of [0, 1] as const) registers.setVsrDoubleword(n, half, input[vsr + n * 2 + half] ?? 0n);
}
function putWideRegisters(registers: Registers, output: DataView, littleEndian: boolean): void {
  const { fpscr, vscr, vsr } = wideRecord;
  const put = (word: number, value: bigint) => output.setBigUint64(word * 8, value, littleEndian);
  put(fpscr, registers.special('fpscr'));
  put(vscr - 1, 0n);
  put(vscr, registers.special('vscr'));
  for (let n = 0; n < 64; n++)
    for (const half of [0, 1] as const) put(vsr + n * 2 + half, registers.vsrDoubleword(n, half));
}

/** Our engine with the same storage as the program that QEMU runs. */
export class OurMachine {
  readonly registers = new Registers(new DataView(new ArrayBuffer(VCPU_SIZE)), 0);
  readonly #code: FlatStorage;
  readonly #window: FlatStorage;
  readonly #engine: ReferenceEngine;
  readonly #littleEndian: boolean;
  readonly #layout: RecordLayout;

  /** Where the piece under way lies in QEMU's program. */
  #piece = 0n;

  constructor(littleEndian: boolean, layout: RecordLayout = record) {
    this.#littleEndian = littleEndian;
    this.#layout = layout;
    for (const name of ['fscr', 'hfscr'] as const) this.registers.setSpecial(name, EVERY_FACILITY);
    const code = new FlatStorage(BigInt(place.pieces), 64, littleEndian);
    const storage = new FlatStorage(BigInt(place.window), WINDOW_SIZE, littleEndian);
    this.#code = code;
    this.#window = storage;
    this.#engine = new ReferenceEngine(
      this.registers,
      {
        fetch: (address) => code.fetch(address - this.#piece + code.base),
        load: (address, bytes) => storage.load(address, bytes),
        store: (address, bytes, value) => storage.store(address, bytes, value),
        probe: (address, length, access) => storage.probe(address, length, access),
        realAddress: (address, access) => storage.realAddress(address, access),
        contextChanged: () => undefined,
        translationChanged: () => undefined,
      },
      { isa: '2.07', timeBase: () => 0n },
    );
  }

  /** Runs a piece that lies at `address`; false if it was refused. Leaves the result in `output` in QEMU's layout. */
  run(piece: Piece, address: bigint, input: readonly bigint[], window: Uint8Array, output: DataView): boolean {
    const { registers } = this;
    this.#piece = address;
    piece.words.forEach((word, i) => this.#code.view.setUint32(i * 4, word, this.#littleEndian));
    this.#window.bytes.set(window);
    for (let n = 0; n < 32; n++) registers.setGpr(n, input[n] ?? 0n);
    registers.cr = Number(input[record.cr]);
    const xer = input[record.xer] ?? 0n;
    registers.setFlag('so', (xer & (1n << 31n)) !== 0n);
    registers.setFlag('ov', (xer & (1n << 30n)) !== 0n);
    registers.setFlag('ca', (xer & (1n << 29n)) !== 0n);
    registers.setSpecial('xerRest', xer & 0x7fn);
    registers.setSpecial('lr', input[record.lr] ?? 0n);
    registers.setSpecial('ctr', address);
    registers.setSpecial('reservationAddress', 2n ** 64n - 1n);
    registers.setSpecial('msr', PROBLEM_STATE | (this.#littleEndian ? MSR.LE : 0n));
    if ('vsr' in this.#layout) setWideRegisters(registers, input);
    registers.setSpecial('nia', address);
    const end = address + BigInt(piece.words.length * 4);
    while (registers.special('nia') !== end) if (this.#engine.step().kind !== 'retired') return false;
    for (let n = 0; n < 32; n++) output.setBigUint64(n * 8, registers.gpr(n), this.#littleEndian);
    output.setBigUint64(record.cr * 8, BigInt(registers.cr), this.#littleEndian);
    const flags =
      (registers.flag('so') ? 4n : 0n) | (registers.flag('ov') ? 2n : 0n) | (registers.flag('ca') ? 1n : 0n);
    output.setBigUint64(record.xer * 8, (flags << 29n) | registers.special('xerRest'), this.#littleEndian);
    output.setBigUint64(record.lr * 8, registers.special('lr'), this.#littleEndian);
    if ('vsr' in this.#layout) putWideRegisters(registers, output, this.#littleEndian);
    new Uint8Array(output.buffer, output.byteOffset + this.#layout.window * 8, WINDOW_SIZE).set(this.#window.bytes);
    return true;
  }
}

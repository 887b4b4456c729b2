/** Random short sequences that change the state of a processor, or ask what it is. */
import { MSR } from '../../emulator/isa/machine-state-register';
import { assemble } from '../../emulator/isa/assembler';
import type { Random } from './isa-random';
import { dataPages, PIECE_WORDS, startRegisters, SYSTEM_CALL, type Piece } from './privileged-monitor';

export interface NamedPiece extends Piece {
  /** Its instructions, for a message. */
  readonly text: readonly string[];
}

const LONGEST = 14;
/** Registers that hold operands, and those that receive what an instruction reads. */
const firstOperand = 3;
const lastOperand = 19;
const targets = { first: 20, count: 12 } as const;

/** Of the MSR what a piece may set and clear; SE and BE, which interrupt after each instruction, are left alone. */
const switches = [MSR.EE, MSR.FP, MSR.FE0, MSR.FE1, MSR.RI, MSR.VEC, MSR.VSX, MSR.TM] as const;
const AS_A_GUEST = MSR.SF | MSR.ME;

function randomMsr(random: Random): bigint {
  let msr = AS_A_GUEST;
  for (const bit of switches) if (random.below(3) === 0) msr |= bit;
  const translation = random.below(5);
  if (translation !== 1) msr |= MSR.IR;
  if (translation !== 2) msr |= MSR.DR;
  if (translation > 2) msr &= ~(MSR.IR | MSR.DR);
  if (random.below(6) === 0) msr |= MSR.PR;
  if (random.below(6) === 0) msr &= ~MSR.SF;
  // QEMU 7.2 does an instruction of VSX for ever that raises an enabled exception while MSR[FP] is off.
  if ((msr & MSR.FP) === 0n && (msr & MSR.VSX) !== 0n) msr &= ~(MSR.FE0 | MSR.FE1);
  // Bits that a guest cannot have.
  if (random.below(8) === 0) msr |= MSR.HV;
  return msr;
}

const interesting: readonly bigint[] = [
  0n,
  1n,
  -1n,
  0x7fff_ffff_ffff_ffffn,
  1n << 63n,
  0xffff_ffffn,
  0x8000_0000n,
  0x3ff0_0000_0000_0000n,
  0x4008_0000_0000_0000n,
  0x7ff0_0000_0000_0000n,
  0x7ff4_0000_0000_0000n,
];
const randomNumber = (random: Random): bigint =>
  BigInt.asUintN(64, random.below(2) === 0 ? random.of(interesting) : random.wide());

const SEGMENTS = [0x1n, 0x2n, 0x5n, 0xdn, 0x1_0000n, 0xd_0000_0000n];
const KEY_0_ALLOWED = ~(3n << 62n);
/** The segments beyond this are of a terabyte, the others of 256 MiB. */
const ONE_TERABYTE_LONG = 1n << 40n;
const ONE_TERABYTE = 1n << 62n;

/** One piece in the making. */
class Writer {
  readonly random: Random;
  readonly #address: bigint;
  readonly #words: number[] = [];
  readonly text: string[] = [];
  readonly gprs: bigint[];
  #operand = firstOperand;
  /** As far as instructions so far have set it, if none of them has been refused. */
  msr: bigint;

  constructor(random: Random, address: bigint, msr: bigint) {
    this.random = random;
    this.#address = address;
    this.msr = msr;
    this.gprs = Array.from({ length: 32 }, () => randomNumber(random));
  }

  get littleEndian(): boolean {
    return (this.msr & MSR.LE) !== 0n;
  }
  get here(): bigint {
    return this.#address + BigInt(this.#words.length * 4);
  }
  get length(): number {
    return this.#words.length;
  }
  /** How many more operands there are registers for. */
  get room(): number {
    return lastOperand - this.#operand;
  }
  word(word: number, text: string): void {
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setUint32(0, word, this.littleEndian);
    this.#words.push(bytes.getUint32(0));
    this.text.push(`${this.littleEndian ? 'le ' : ''}${text}`);
  }
  line(text: string): void {
    const assembled = assemble(text, this.here);
    if (assembled.kind === 'refused') throw new Error(`${text}: ${assembled.why}`);
    this.word(assembled.word, text);
  }
  /** A register that holds this when the piece starts. */
  operand(value: bigint): string {
    const register = this.#operand++;
    this.gprs[register] = BigInt.asUintN(64, value);
    return `r${register}`;
  }
  get target(): string {
    return `r${targets.first + this.random.below(targets.count)}`;
  }

  finish(): number[] {
    while (this.#words.length < PIECE_WORDS) this.word(SYSTEM_CALL, 'sc');
    this.text.length = LONGEST + 2;
    return this.#words;
  }
}
type Step = (writer: Writer) => void;

const UPPER_WORD = 0xffff_ffff_0000_0000n;
const moveToMsr: Step = (w) => {
  const value = randomMsr(w.random) ^ (w.random.below(4) === 0 ? MSR.ME : 0n);
  const few = w.random.below(2);
  const mnemonic = w.random.of(['mtmsrd', 'mtmsr']);
  w.line(`${mnemonic} ${w.operand(value)},${few}`);
  const kept = MSR.LE | (mnemonic === 'mtmsr' ? UPPER_WORD : 0n);
  if (!few) w.msr = (value & ~kept) | (w.msr & kept);
};
/** Over none or one of the instructions that follow, perhaps in the other byte order. */
const returnFromInterrupt: Step = (w) => {
  if (w.room < 3) return;
  const order = w.random.below(4) === 0 ? !w.littleEndian : w.littleEndian;
  const msr = randomMsr(w.random) | (order ? MSR.LE : 0n);
  const skips = w.random.below(2);
  const low = BigInt(w.random.below(4));
  w.line(`mtspr 26,${w.operand((w.here + 12n + 4n * BigInt(skips)) | low)}`);
  w.line(`mtspr 27,${w.operand(msr)}`);
  w.line('rfid');
  w.msr = msr;
  if (skips) w.line('li r31,1');
};

/** Registers that both processors have, and that come back as they were written. */
const plainNumbers = [8, 9, 18, 19, 26, 27, 273, 274, 275, 256, 1, 29, 13, 157] as const;
const limits: Readonly<Record<number, bigint>> = {
  1: 0xe000_007fn,
  13: KEY_0_ALLOWED,
  18: 0xffff_ffffn,
  29: KEY_0_ALLOWED,
  256: 0xffff_ffffn,
};
const moveSpecial: Step = (w) => {
  const number = w.random.of(plainNumbers);
  const value = randomNumber(w.random);
  // QEMU keeps an AMR of its own behind this number, which it only writes.
  if (w.random.below(2) === 0 && number !== 13) w.line(`mfspr ${w.target},${number}`);
  // The monitor's own pages have key 0, which it needs when interrupts come with translation on.
  else w.line(`mtspr ${number},${w.operand(value & (limits[number] ?? -1n))}`);
};
/** Of the hypervisor, or without a meaning here. All numbers are tried in qemu-special-registers.test.ts. */
const otherNumbers = [25, 318, 304, 314, 186, 48, 17] as const;
const moveOther: Step = (w) => {
  const number = w.random.of(otherNumbers);
  if (w.random.below(2) === 0) w.line(`mfspr ${w.target},${number}`);
  else w.line(`mtspr ${number},${w.operand(BigInt(w.random.below(2)))}`);
};

const segmentAddress = (w: Writer) => (w.random.of(SEGMENTS) << 28n) | BigInt(w.random.next() & 0x0fff_ffff);
/** 0 and 1 are the monitor's own. */
const segmentIndex = (w: Writer) =>
  BigInt(w.random.below(12) === 0 ? w.random.of([31, 32, 40, 4095]) : 2 + w.random.below(6));
const enterSegment: Step = (w) => {
  if (w.room < 2) return;
  const address = segmentAddress(w) & ~0xfff_ffffn;
  const large = address > ONE_TERABYTE_LONG;
  const first = address | (w.random.below(5) === 0 ? 0n : 0x800_0000n) | segmentIndex(w);
  // Ks, Kp, N, L, C, LP
  const flags = BigInt(w.random.below(32) << 7) & 0xe80n;
  const page = w.random.of([0n, 0x100n, 0x110n, 0x110n, 0x010n, 0x130n]);
  const second = (large ? ONE_TERABYTE : 0n) | (BigInt(w.random.next()) << 12n) | flags | page;
  w.line(`slbmte ${w.operand(second)},${w.operand(first)}`);
};
const askSegment: Step = (w) => {
  const which = w.random.below(3);
  const narrow = (w.msr & MSR.SF) === 0n;
  // In 32-bit mode the upper word has to be zero.
  if (which === 2) w.line(`slbfee. ${w.target},${w.operand(segmentAddress(w) & (narrow ? 0xffff_ffffn : -1n))}`);
  else w.line(`${which ? 'slbmfee' : 'slbmfev'} ${w.target},${w.operand(segmentIndex(w))}`);
};
/** With the size of the segment: another's is undefined. */
const leaveSegment: Step = (w) => {
  const address = segmentAddress(w) & ~0xfff_ffffn;
  w.line(`slbie ${w.operand(address | (address > ONE_TERABYTE_LONG ? 1n << 25n : 0n))}`);
};
const invalidate: Step = (w) =>
  w.line(w.random.of([`tlbie ${w.operand(0x5000n)},r0`, `tlbiel ${w.operand(0x5000n)}`, 'tlbsync', 'hrfid']));

const NO_SEGMENT = 0x9000_0000;
const pages = [...Object.values(dataPages), NO_SEGMENT];
const access: Step = (w) => {
  const page = BigInt(w.random.of(pages));
  // QEMU's real mode reaches what has no memory, and reads zeros there.
  if (page === BigInt(NO_SEGMENT) && (w.msr & MSR.DR) === 0n) return;
  const address = page + BigInt(w.random.below(15) * 8);
  const base = w.operand(address);
  const memory = w.random.of([
    'lbz T,0(B)',
    'lwz T,4(B)',
    'ld T,0(B)',
    'stw T,0(B)',
    'std T,8(B)',
    'stb T,3(B)',
    'ldarx T,0,B',
    'lwarx T,0,B',
    'lha T,2(B)',
    'lwa T,0(B)',
    'dcbz 0,B',
    'dcbst 0,B',
    'icbi 0,B',
    'dcbt 0,B',
    'ldbrx T,0,B',
    'sthbrx T,0,B',
  ]);
  w.line(memory.replace('T', w.target).replace('B', base));
};
/** Refused for its alignment, or in this byte order. QEMU 7.2 does stwcx. and lq at any address. */
const misaligned: Step = (w) => {
  const base = w.operand(BigInt(dataPages.plain + 0x40 + w.random.below(16)));
  w.line(
    w.random
      .of([
        'lwarx T,0,B',
        'ldarx T,0,B',
        'ld T,0(B)',
        'lmw r28,0(B)',
        'stmw r30,0(B)',
        'lswi r28,B,7',
        'stswi r29,B,5',
        'lqarx r20,0,B',
      ])
      .replace('T', w.target)
      .replace('B', base),
  );
};
const jump: Step = (w) => {
  const base = w.operand(BigInt(dataPages.noExecute) + BigInt(w.random.below(2)) * 0x1000n);
  if (w.random.below(4) !== 0 || w.length > LONGEST - 4) return;
  w.line(`mtctr ${base}`);
  w.line('bctr');
};

const trapIf: Step = (w) =>
  w.line(w.random.of(['tdi 31,r0,0', 'twi 4,r1,5', 'td 8,r1,r2', 'tw 16,r1,r2', 'tdnei r0,0', 'sc']));
const illegalWords = [
  0,
  0x0400_0000,
  0x1400_0000,
  0x5800_0000 | 0x3fe,
  0x7c00_0000 | (1023 << 1),
  0xec00_0000 | (1 << 1),
  0xfc00_0000 | (31 << 1),
];
const illegal: Step = (w) => {
  const word = w.random.of(illegalWords) >>> 0;
  w.word(word, `.long 0x${word.toString(16)}`);
};
const facility: Step = (w) =>
  w.line(
    w.random.of([
      'fadd f1,f2,f3',
      'fmr f1,f2',
      'mffs f5',
      'fcmpu cr3,f1,f2',
      'vaddubm v1,v2,v3',
      'mfvscr v4',
      'xxlor vs1,vs2,vs3',
      'xvadddp vs40,vs2,vs3',
      'xsadddp vs3,vs4,vs5',
      'dxex f2,f4',
      'tbegin.',
      'mfvsrd r21,f3',
      'xxspltw vs40,vs3,1',
    ]),
  );
const floating: Step = (w) =>
  w.line(
    w.random.of([
      'fdiv f1,f2,f3',
      'fmul f4,f5,f6',
      'fsqrt f7,f8',
      'fadd f9,f10,f11',
      'fctid f12,f13',
      'frsp f14,f15',
      'fcmpo cr2,f3,f4',
      'mtfsb1 27',
      'mtfsb1 24',
      'mtfsb1 21',
      'mtfsfi 6,8',
      'mtfsb0 27',
    ]),
  );
/** Whose result depends on MSR[SF]. */
const arithmetic: Step = (w) =>
  w.line(
    w.random.of([
      'add. r20,r1,r2',
      'addc r21,r1,r2',
      'adde. r22,r0,r1',
      'subf. r23,r1,r2',
      'neg. r24,r2',
      'cmpd cr1,r1,r2',
      'mulld. r25,r0,r1',
      'bl .+4',
      'bcl 20,31,.+4',
      'sradi. r26,r1,3',
      'cntlzd. r27,r2',
      'mflr r28',
      'mfmsr r29',
      'mfxer r31',
      'addo. r20,r0,r2',
      'addic. r21,r2,-1',
      'subfze r22,r1',
      'extsw. r23,r0',
      'rlwinm. r24,r1,3,0,31',
      'lis r25,-32768',
    ]),
  );
/** Skips one instruction, or does not. */
const countDown: Step = (w) => {
  w.line('bdnz .+8');
  w.line('li r31,2');
};

const steps: readonly (readonly [Step, number])[] = [
  [moveToMsr, 6],
  [returnFromInterrupt, 8],
  [moveSpecial, 8],
  [moveOther, 2],
  [enterSegment, 5],
  [askSegment, 5],
  [leaveSegment, 2],
  [invalidate, 1],
  [access, 8],
  [misaligned, 2],
  [jump, 1],
  [trapIf, 1],
  [illegal, 1],
  [facility, 4],
  [floating, 5],
  [arithmetic, 9],
  [countDown, 1],
];
const weighted = steps.flatMap(([step, weight]) => Array.from({ length: weight }, () => step));

export function randomPiece(random: Random, address: bigint): NamedPiece {
  const littleEndian = random.below(4) === 0;
  const msr = randomMsr(random) | (littleEndian ? MSR.LE : 0n);
  const writer = new Writer(random, address, msr);
  const length = 2 + random.below(LONGEST - 4);
  while (writer.length < length && writer.room > 0) random.of(weighted)(writer);
  const text = [...writer.text];
  const words = writer.finish();
  const number = () => randomNumber(random);
  const start = Object.fromEntries(startRegisters.map((name) => [name, number()])) as Piece['start'];
  return {
    text,
    words,
    msr,
    gprs: writer.gprs,
    start: {
      ...start,
      // Some keys are denied, some exceptions enabled, and nothing rounds but to nearest.
      amr: random.below(3) === 0 ? random.wide() & KEY_0_ALLOWED : 0n,
      uamor: random.below(3) === 0 ? random.wide() : BigInt.asUintN(64, -1n),
      fpscr: BigInt(random.below(3) === 0 ? random.below(32) << 3 : 0),
      fscr: BigInt(random.below(2) * 0x104),
      xer: BigInt(random.below(8)) << 29n,
      lr: number() & ~3n,
      dsisr: BigInt(random.next()),
    },
    littleEndianInterrupts: random.below(3) === 0,
    alternateLocation: random.below(4) === 0,
  };
}

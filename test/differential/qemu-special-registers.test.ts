/** All 1,024 numbers of mfspr and mtspr, in problem state and in a guest's privileged state, here and under QEMU. */
import { expect, test } from 'vitest';
import { specialPurposeRegisters } from '../../emulator/isa/special-purpose-registers';
import { MSR } from '../../emulator/isa/machine-state-register';
import { recordCounts } from '../support/differential-counts';
import { startRegisters, SYSTEM_CALL, type Found, type Piece } from '../support/privileged-monitor';
import { runOurs, runQemu } from '../support/privileged-run';
import { qemuIsInstalled, qemuIsMissing } from '../support/qemu-pseries';

const NUMBERS = 1024;
/** The monitor's own. */
const SPRG0 = 272;
const forms = { mfspr: 339, mtspr: 467 } as const;
const states = { problem: MSR.PR | MSR.IR | MSR.DR, privileged: 0n } as const;
const SOURCE = 5;
const TARGET = 3;
const UNTOUCHED = 0x7777_7777n;

interface Case {
  readonly form: keyof typeof forms;
  readonly state: keyof typeof states;
  readonly number: number;
}
const named = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];
const cases: readonly Case[] = named(states).flatMap((state) =>
  named(forms).flatMap((form) =>
    Array.from({ length: NUMBERS }, (_, number) => ({ form, state, number })).filter(
      ({ number }) => form === 'mfspr' || number !== SPRG0,
    ),
  ),
);

function pieceOf({ form, state, number }: Case): Piece {
  const register = form === 'mfspr' ? TARGET : SOURCE;
  const halves = ((number & 31) << 16) | ((number >> 5) << 11);
  return {
    words: [((31 << 26) | (register << 21) | halves | (forms[form] << 1)) >>> 0, SYSTEM_CALL],
    msr: MSR.SF | MSR.ME | states[state],
    gprs: Array.from({ length: 32 }, (_, n) => (n === SOURCE ? 0n : UNTOUCHED)),
    start: Object.fromEntries(startRegisters.map((name) => [name, 0n])) as Piece['start'],
    littleEndianInterrupts: false,
    alternateLocation: false,
  };
}

/** What became of it: done, with or without a value, or the interrupt and its cause. */
const CAUSES = 0x783f_0000n;
function outcome({ form }: Case, found: Found): string {
  const of = (place: string) => found.get(place) ?? 0n;
  if (of('vector') !== 0xc00n) return `interrupt ${of('vector').toString(16)} ${(of('srr1') & CAUSES).toString(16)}`;
  return form === 'mfspr' && of(`r${TARGET}`) === UNTOUCHED ? 'does nothing' : 'done';
}
const PRIVILEGED = 'interrupt 700 40000';
const ILLEGAL = 'interrupt 700 80000';

type Cpu = 'power7' | 'power8';
interface Judged {
  readonly cpu: Cpu;
  readonly one: Case;
  readonly ours: string;
  readonly theirs: string;
}
interface KnownDifference {
  readonly reason: string;
  readonly excuses: (judged: Judged) => boolean;
}
const registersOf = (cpu: Cpu, number: number) =>
  specialPurposeRegisters.filter(
    ({ number: own, since = '2.06', until = '2.07' }) =>
      own === number && (cpu === 'power7' ? since === '2.06' : until === '2.07'),
  );
const access = (cpu: Cpu, { form, number }: Case) =>
  registersOf(cpu, number).map(({ read, write }) => (form === 'mfspr' ? read : write))[0];

/** Everything in which QEMU 7.2 may differ from us, and why. The sections are of Book III-S, version 2.07. */
const differences: readonly KnownDifference[] = [
  {
    reason:
      'a number that belongs to no register is an emulation assistance interrupt (4.4.4), so illegal; not privileged',
    excuses: ({ ours, theirs }) => ours === ILLEGAL && theirs === PRIVILEGED,
  },
  {
    reason:
      'a register that is only read, or only written, is no register for the other instruction, which does nothing (4.4.4)',
    excuses: ({ cpu, one, ours, theirs }) =>
      access(cpu, one) === 'none' &&
      (ours === (one.form === 'mfspr' ? 'does nothing' : 'done') || (ours === PRIVILEGED && one.state === 'problem')) &&
      (theirs === PRIVILEGED || theirs === 'done'),
  },
  {
    reason: 'PURR and SPURR are privileged (4.4.4); QEMU shows them to problem state',
    excuses: ({ one, ours, theirs }) =>
      (one.number === 308 || one.number === 309) && one.form === 'mfspr' && ours === PRIVILEGED && theirs === 'done',
  },
  {
    reason: 'version 2.07 has DSCR under the number 3 and PPR32, of which QEMU knows nothing',
    excuses: ({ cpu, one }) => cpu === 'power8' && (one.number === 3 || one.number === 898),
  },
  {
    reason: 'registers of the hypervisor that QEMU does not have, so that they do nothing, or leaves to the supervisor',
    excuses: ({ cpu, one, ours, theirs }) =>
      one.state === 'privileged' && access(cpu, one) === 'hypervisor' && ours === PRIVILEGED && theirs !== PRIVILEGED,
  },
  {
    reason: 'QEMU’s POWER7 has HFSCR, MMCRC and what else came with version 2.07',
    excuses: ({ cpu, one, theirs }) =>
      cpu === 'power7' && registersOf(cpu, one.number).length === 0 && theirs === 'done',
  },
];

const full = process.env['KEY31_FULL'] !== undefined;
if (!qemuIsInstalled) console.log(qemuIsMissing);

test.skipIf(!qemuIsInstalled).for<Cpu>(full ? ['power7', 'power8'] : ['power8'])(
  'every special-purpose register lets in whom QEMU lets in, %s',
  { timeout: 300_000 },
  async (cpu) => {
    const pieces = cases.map(pieceOf);
    const ours = runOurs(pieces, cpu);
    const theirs = await runQemu(pieces, cpu);
    expect([ours.length, theirs.length]).toEqual([cases.length, cases.length]);
    const none: Found = new Map();
    const counts: Record<string, number> = { executed: cases.length };
    const wrong = cases.flatMap((one, i) => {
      const judged = { cpu, one, ours: outcome(one, ours[i] ?? none), theirs: outcome(one, theirs[i] ?? none) };
      if (judged.ours === judged.theirs) return [];
      const known = differences.find(({ excuses }) => excuses(judged));
      if (!known) return [`${one.form} ${one.number} in ${one.state} state: ${judged.ours}, QEMU ${judged.theirs}`];
      counts[known.reason] = (counts[known.reason] ?? 0) + 1;
      return [];
    });
    recordCounts(`QEMU pseries, special-purpose registers of ${cpu}`, counts);
    expect(wrong).toEqual([]);
  },
);

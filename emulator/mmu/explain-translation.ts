/** The evidence of a translation, put into the words of the Power ISA for whoever shows it. */
import { HOST_MEMORY, slb } from '../state/layout';
import type { Evidence, ReadableMemory } from './explain';
import { Explain, type ExplainSorts } from './explain';
import { HPTE_BYTES, pageProtection } from './hashed-page-table-entry';
import { lpcr, msr } from './special-register-bits';
import { segmentShift, virtualSegment } from './segment';
import type { Access } from './storage-fault';
import { translate } from './translate';
import { verdicts, type Verdict } from './verdict';

export type TranslationMode = 'relocated' | 'virtual real mode' | 'real mode offset' | 'hypervisor real mode';

export interface SegmentEvidence {
  /** Index in the SLB, or undefined for the segment that KVM lends to real mode. */
  readonly slbIndex: number | undefined;
  readonly vsidWord: bigint;
  readonly vsid: bigint;
  readonly segmentShift: 28 | 40;
  readonly basePageShift: number;
}
export interface EntryEvidence {
  readonly index: number;
  readonly first: bigint;
  /** Not looked at when the first doubleword already refused. */
  readonly second: bigint | undefined;
  /** The first part that differed; undefined for the entry that was taken. */
  readonly refused: string | undefined;
}
export interface GroupEvidence {
  readonly which: 'primary' | 'secondary';
  readonly number: number;
  readonly entries: readonly EntryEvidence[];
}
export interface ProtectionEvidence {
  readonly storageKey: 0 | 1;
  readonly pp: bigint;
  readonly rights: 'none' | 'read' | 'read-write';
  readonly classKey: bigint;
  readonly keyRegister: 'AMR' | 'IAMR';
  readonly keyRegisterValue: bigint;
  /** The two bits that the register holds for the class key, and whether the mode lets them count. */
  readonly barred: bigint;
}

/** Everything that decided about one access: design.md's "decision one can read". */
export interface TranslationDecision {
  readonly effectiveAddress: bigint;
  readonly access: Access;
  readonly mode: TranslationMode;
  readonly verdict: Verdict;
  /** DSISR or SRR1 bits, if refused. */
  readonly status: bigint;
  readonly msr: bigint;
  readonly lpcr: bigint;
  readonly segment: SegmentEvidence | undefined;
  readonly hash: bigint | undefined;
  readonly groups: readonly GroupEvidence[];
  readonly entry: { readonly index: number; readonly first: bigint; readonly second: bigint } | undefined;
  readonly protection: ProtectionEvidence | undefined;
  readonly actualPageShift: number | undefined;
  readonly realAddress: bigint | undefined;
}

const search = (evidence: Evidence, what: string) => evidence.searches.find((one) => one.what === what)?.tries ?? [];

function modeOf(state: bigint, partition: bigint, access: Access): TranslationMode {
  if ((state & (access === 'fetch' ? msr.mask.IR : msr.mask.DR)) !== 0n) return 'relocated';
  if ((state & msr.mask.HV) !== 0n) return 'hypervisor real mode';
  return (partition & lpcr.mask.VPM0) !== 0n ? 'virtual real mode' : 'real mode offset';
}

function segmentOf(evidence: Evidence): SegmentEvidence | undefined {
  const { slb_v: vsidWord, segment, 'base page shift': basePageShift } = evidence.notes;
  if (vsidWord === undefined) return undefined;
  const tries = search(evidence, 'slb');
  return {
    slbIndex: segment === undefined ? undefined : (tries.at(-1)?.index ?? slb.entries),
    vsidWord,
    vsid: virtualSegment(vsidWord),
    segmentShift: segmentShift(vsidWord),
    basePageShift: Number(basePageShift ?? 0n),
  };
}

function groupsOf(evidence: Evidence): readonly GroupEvidence[] {
  return search(evidence, 'group').map((group) => {
    const number = Number(group.evidence.notes['group'] ?? 0n);
    return {
      which: group.index === 0 ? 'primary' : 'secondary',
      number,
      entries: search(group.evidence, 'slot').map((slot) => ({
        index: number * 8 + slot.index,
        first: slot.evidence.notes['hpte_v'] ?? 0n,
        second: slot.evidence.notes['hpte_r'],
        refused: slot.refused,
      })),
    };
  });
}

function protectionOf({ notes }: Evidence, access: Access): ProtectionEvidence | undefined {
  const { pp, 'storage key': storageKey, 'class key': classKey, barred } = notes;
  if (pp === undefined || storageKey === undefined || classKey === undefined || barred === undefined) return undefined;
  const key = storageKey === 1n ? 1 : 0;
  return {
    storageKey: key,
    pp,
    rights: pageProtection(key, pp),
    classKey,
    keyRegister: access === 'fetch' ? 'IAMR' : 'AMR',
    keyRegisterValue: notes[access === 'fetch' ? 'iamr' : 'amr'] ?? 0n,
    barred,
  };
}

/** Runs the walk without effect. `base` is the vCPU's block of state. */
export function explainTranslation(
  memory: ReadableMemory,
  base: number,
  effectiveAddress: bigint,
  access: Access,
): TranslationDecision {
  const evidence = Explain.run(memory, base, (op) => {
    translate<ExplainSorts>(op, effectiveAddress, access);
  });
  const { notes } = evidence;
  const state = notes['msr'] ?? 0n;
  const partition = notes['lpcr'] ?? 0n;
  const groups = groupsOf(evidence);
  const taken = groups.at(-1)?.entries.at(-1);
  return {
    effectiveAddress,
    access,
    mode: modeOf(state, partition, access),
    verdict: verdicts[evidence.verdict] ?? 'no-such-real-address',
    status: notes['status'] ?? 0n,
    msr: state,
    lpcr: partition,
    segment: segmentOf(evidence),
    hash: notes['hash'],
    groups,
    entry:
      notes['entry'] === undefined || taken === undefined
        ? undefined
        : { index: taken.index, first: taken.first, second: taken.second ?? 0n },
    protection: protectionOf(evidence, access),
    actualPageShift: notes['actual page shift'] === undefined ? undefined : Number(notes['actual page shift']),
    realAddress: notes['real address'],
  };
}
/** Index of the HPTE at a place in linear memory, in a table at a host real address. */
export const entryIndexAt = (address: bigint, tableAddress: bigint): number =>
  Number(address - tableAddress - BigInt(HOST_MEMORY)) / HPTE_BYTES;

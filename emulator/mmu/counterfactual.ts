/** What would have to be otherwise for a refused access to get through: every change of one field that is enough. */
import { HOST_MEMORY, slb, specialOffsets } from '../state/layout';
import type { Special } from '../state/special-names';
import type { ReadableMemory } from './explain';
import { explainTranslation, type TranslationDecision } from './explain-translation';
import { ENTRIES_IN_GROUP, HPTE_BYTES, hpteFirst, hpteSecond } from './hashed-page-table-entry';
import { slbEsidWord, slbVsidWord } from './segment';
import { lpcr, msr } from './special-register-bits';
import type { Access } from './storage-fault';

/** The two words of an SLB entry, as slbmte gives them. */
interface SlbEntry {
  readonly esid: bigint;
  readonly vsid: bigint;
}

/** The state after a change, whole words of it. */
export type ChangedState =
  | { readonly kind: 'register'; readonly name: Special; readonly value: bigint }
  | { readonly kind: 'slb'; readonly index: number; readonly entry: SlbEntry }
  | { readonly kind: 'hpte'; readonly index: number; readonly first: bigint; readonly second: bigint };
/** One field that has another value. */
export interface Change {
  /** By the name that the field's word has in word and mask: "PR", "protection". */
  readonly field: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly state: ChangedState;
}

/** Fields wider than this are numbers of pages and segments: their other values are other questions. */
const WIDEST_FIELD = 5;

interface Word {
  readonly mask: Readonly<Record<string, bigint>>;
  readonly value: bigint;
  readonly state: (value: bigint) => ChangedState;
}

const bitsOf = (mask: bigint): bigint[] =>
  Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit)).filter((one) => (mask & one) !== 0n);
const gather = (word: bigint, bits: readonly bigint[]): bigint =>
  bits.reduce((value, one, index) => ((word & one) === 0n ? value : value | (1n << BigInt(index))), 0n);
const scatter = (value: bigint, bits: readonly bigint[]): bigint =>
  bits.reduce((word, one, index) => (((value >> BigInt(index)) & 1n) === 0n ? word : word | one), 0n);

/** Every other value of the named fields of a word. */
function* changesOf({ mask, value, state }: Word, fields: readonly string[]): Generator<Change> {
  for (const field of fields) {
    const bits = bitsOf(mask[field] ?? 0n);
    if (bits.length === 0 || bits.length > WIDEST_FIELD) continue;
    const from = gather(value, bits);
    for (let to = 0n; to < 1n << BigInt(bits.length); to++)
      if (to !== from) yield { field, from, to, state: state((value & ~(mask[field] ?? 0n)) | scatter(to, bits)) };
  }
}

/** Where the words are that translation looks at. */
export interface MachineWords {
  readonly memory: ReadableMemory;
  /** The vCPU's block of state, and the linear address of the table. */
  readonly base: number;
  readonly tableAddress: number;
}

function register({ memory, base }: MachineWords, name: Special, mask: Word['mask']): Word {
  const value = memory.getBigUint64(base + specialOffsets[name], true);
  return { mask, value, state: (changed) => ({ kind: 'register', name, value: changed }) };
}
function* registerChanges(words: MachineWords, { protection }: TranslationDecision): Generator<Change> {
  yield* changesOf(register(words, 'msr', msr.mask), ['PR', 'IR', 'DR', 'HV']);
  yield* changesOf(register(words, 'lpcr', lpcr.mask), ['VPM0', 'VRMASD', 'RMLS']);
  if (!protection) return;
  const { classKey, keyRegister } = protection;
  const field = `key ${classKey}`;
  const name = keyRegister === 'AMR' ? 'amr' : 'iamr';
  yield* changesOf(register(words, name, { [field]: 3n << (62n - 2n * classKey) }), [field]);
}

function* segmentChanges({ memory, base }: MachineWords): Generator<Change> {
  for (let index = 0; index < slb.entries; index++) {
    const at = base + slb.offset + index * slb.entrySize;
    const esid = memory.getBigUint64(at + slb.esid, true);
    const vsid = memory.getBigUint64(at + slb.vsid, true);
    const first: Word = {
      mask: slbEsidWord.mask,
      value: esid,
      state: (word) => ({ kind: 'slb', index, entry: { esid: word, vsid } }),
    };
    const second: Word = {
      mask: slbVsidWord.mask,
      value: vsid,
      state: (word) => ({ kind: 'slb', index, entry: { esid, vsid: word } }),
    };
    yield* changesOf(first, ['valid']);
    if (slbEsidWord.decode(esid).valid)
      yield* changesOf(second, ['segmentSize', 'ks', 'kp', 'noExecute', 'large', 'pageSizeSelector']);
  }
}

function* entryChanges(
  { memory, tableAddress }: MachineWords,
  { groups, entry }: TranslationDecision,
): Generator<Change> {
  for (const { number } of groups)
    for (let slot = 0; slot < ENTRIES_IN_GROUP; slot++) {
      const index = number * ENTRIES_IN_GROUP + slot;
      const at = tableAddress + index * HPTE_BYTES;
      const first = memory.getBigUint64(at);
      const second = memory.getBigUint64(at + 8);
      const changed = (words: { first?: bigint; second?: bigint }): ChangedState => ({
        kind: 'hpte',
        index,
        first,
        second,
        ...words,
      });
      yield* changesOf({ mask: hpteFirst.mask, value: first, state: (word) => changed({ first: word }) }, [
        'valid',
        'secondaryHash',
        'segmentSize',
        'large',
      ]);
      // What the entry allows counts only for the one that is taken.
      if (index === entry?.index)
        yield* changesOf({ mask: hpteSecond.mask, value: second, state: (word) => changed({ second: word }) }, [
          'protection',
          'key',
          'noExecute',
          'wimg',
        ]);
    }
}

/** Memory with some of its doublewords replaced. */
class PatchedMemory implements ReadableMemory {
  readonly #memory: ReadableMemory;
  /** By address, as big-endian numbers. */
  readonly #words = new Map<number, bigint>();

  constructor(memory: ReadableMemory, { base, tableAddress }: MachineWords, state: ChangedState) {
    this.#memory = memory;
    switch (state.kind) {
      case 'register':
        this.#words.set(base + specialOffsets[state.name], reversed(state.value));
        break;
      case 'slb': {
        const at = base + slb.offset + state.index * slb.entrySize;
        this.#words.set(at + slb.esid, reversed(state.entry.esid)).set(at + slb.vsid, reversed(state.entry.vsid));
        break;
      }
      case 'hpte': {
        const at = tableAddress + state.index * HPTE_BYTES;
        this.#words.set(at, state.first).set(at + 8, state.second);
      }
    }
  }

  getBigUint64(at: number, little = false): bigint {
    const word = this.#words.get(at);
    if (word === undefined) return this.#memory.getBigUint64(at, little);
    return little ? reversed(word) : word;
  }
  getUint32(at: number, little = false): number {
    return this.#memory.getUint32(at, little);
  }
  getUint8(at: number): number {
    const word = this.#words.get(at - (at & 7));
    return word === undefined ? this.#memory.getUint8(at) : Number((word >> BigInt(8 * (7 - (at & 7)))) & 0xffn);
  }
}
function reversed(word: bigint): bigint {
  let result = 0n;
  for (let byte = 0n; byte < 8n; byte++) result = (result << 8n) | ((word >> (8n * byte)) & 0xffn);
  return result;
}

/**
 * Every change of one field (of five bits at most) that lets an access through that is refused now. `answers` says
 * whether anything is at a real address. Nothing is written.
 */
export function changesThatLetThrough(
  words: MachineWords,
  effectiveAddress: bigint,
  access: Access,
  answers: (realAddress: bigint) => boolean,
): readonly Change[] {
  const decision = explainTranslation(words.memory, words.base, effectiveAddress, access);
  if (decision.verdict === 'mapped') return [];
  const candidates = [...registerChanges(words, decision), ...segmentChanges(words), ...entryChanges(words, decision)];
  return candidates.filter(({ state }) => {
    const patched = new PatchedMemory(words.memory, words, state);
    const { verdict, realAddress } = explainTranslation(patched, words.base, effectiveAddress, access);
    return verdict === 'mapped' && realAddress !== undefined && answers(realAddress);
  });
}
export const linearAddressOfTable = (tableAddress: number): number => HOST_MEMORY + tableAddress;

import {
  lpcr,
  msr,
  segmentPageShift,
  segmentShift,
  slbEsidWord,
  slbVsidWord,
  virtualSegment,
  type SlbEntry,
} from '../../emulator/index';
import type { VcpuOfGuest } from '../session/guest';
import { bitFields, setBitNames } from './bit-fields';
import { hexadecimal, pageSizeText, register64 } from './format';
import { named, type NamedValue } from './named-value';

/** The MMU scope: all of a vCPU's state that takes part in translation. */
export const mmuValues = (of: VcpuOfGuest): readonly NamedValue[] => [
  wordWithBits(of, 'msr', msr),
  wordWithBits(of, 'lpcr', lpcr),
  lookasideBuffer(of),
  keyRegister(of, 'amr', dataRights),
  keyRegister(of, 'iamr', fetchRights),
  pageTableRegister(of),
  ...(['rmor', 'amor', 'uamor', 'lpid'] as const).map((name) =>
    named(name, hexadecimal(of.vcpu.registers.special(name)), settable(of, name)),
  ),
];

type Word = 'msr' | 'lpcr' | 'amr' | 'iamr' | 'sdr1' | 'rmor' | 'amor' | 'uamor' | 'lpid';
const settable = ({ target, vcpu }: VcpuOfGuest, name: Word) => ({
  evaluateName: name,
  assign: (value: bigint) => {
    target.setSpecial(vcpu.number, name, value);
  },
});

function wordWithBits(of: VcpuOfGuest, name: 'msr' | 'lpcr', bits: typeof msr | typeof lpcr): NamedValue {
  const word = of.vcpu.registers.special(name);
  const shared = settable(of, name);
  return named(name, `${register64(word)} (${setBitNames(bits, word)})`, {
    ...shared,
    children: () =>
      bitFields(bits, of.vcpu.registers.special(name), shared.assign).map((field) => ({
        ...field,
        watch: `${name}.${field.name}`,
      })),
  });
}

const SLB_ENTRIES = 32;
function lookasideBuffer({ vcpu }: VcpuOfGuest): NamedValue {
  const entries = Array.from({ length: SLB_ENTRIES }, (_, index) => ({ index, ...vcpu.registers.slbEntry(index) }));
  const valid = entries.filter(({ esid }) => slbEsidWord.decode(esid).valid);
  return named('slb', `${valid.length} of ${SLB_ENTRIES} entries valid`, {
    children: () => valid.map((entry) => ({ ...segmentEntry(`[${entry.index}]`, entry), watch: `slb:${entry.index}` })),
  });
}

/** An SLB entry in the fields that slbmte gives it. */
function segmentEntry(name: string, { esid, vsid }: SlbEntry): NamedValue {
  const { esid: segment } = slbEsidWord.decode(esid);
  const address = hexadecimal(segment << 28n);
  const { size, id, page } = segmentOf(vsid);
  return named(name, `${address}, ${size}, VSID ${hexadecimal(id)}, ${page} pages`, {
    children: () => [
      named('effective segment', `${hexadecimal(segment)} (from ${address})`),
      ...segmentFields(vsid),
      named('ESID word', register64(esid)),
      named('VSID word', register64(vsid)),
    ],
  });
}

const segmentOf = (vsidWord: bigint): { size: string; id: bigint; page: string } => ({
  size: segmentShift(vsidWord) === 40 ? '1 TiB' : '256 MiB',
  id: virtualSegment(vsidWord),
  page: pageSizeText(segmentPageShift(vsidWord)),
});

/** The fields of the second word of an SLB entry. */
export function segmentFields(vsidWord: bigint): readonly NamedValue[] {
  const word = slbVsidWord.decode(vsidWord);
  const { size, id, page } = segmentOf(vsidWord);
  return [
    named('B', `${word.segmentSize} (${size})`),
    named('VSID', hexadecimal(id)),
    named('Ks', word.ks ? '1' : '0'),
    named('Kp', word.kp ? '1' : '0'),
    named('N', word.noExecute ? '1 (no execute)' : '0'),
    named('L', word.large ? '1' : '0'),
    named('LP', hexadecimal(word.pageSizeSelector)),
    named('base page size', page),
    named('C', word.class ? '1' : '0'),
  ];
}

const KEYS = 32;
const keyBits = (word: bigint, key: number): number => Number((word >> BigInt(62 - 2 * key)) & 3n);
/** What the two bits of a key in the AMR allow (Power ISA, Book III-S 5.7.9.5): the left one bars stores, the right one loads. */
const dataRights = ['loads and stores', 'stores only', 'loads only', 'nothing'] as const;
const fetchRights = ['execution', 'no execution', 'execution', 'no execution'] as const;

function keyRegister(of: VcpuOfGuest, name: 'amr' | 'iamr', rights: readonly string[]): NamedValue {
  const word = of.vcpu.registers.special(name);
  const barring = Array.from({ length: KEYS }, (_, key) => key).filter((key) => keyBits(word, key) !== 0);
  const summary =
    barring.length === 0
      ? 'bars nothing'
      : barring.length > 8
        ? `bars ${barring.length} keys`
        : `bars key ${barring.join(', ')}`;
  const shared = settable(of, name);
  return named(name, `${register64(word)} (${summary})`, {
    ...shared,
    children: () =>
      keyFields(of.vcpu.registers.special(name), rights, shared.assign).map((field, key) => ({
        ...field,
        watch: `${name}.key${key}`,
      })),
  });
}

const keyFields = (word: bigint, rights: readonly string[], assign: (word: bigint) => void): readonly NamedValue[] =>
  Array.from({ length: KEYS }, (_, key) => {
    const bits = keyBits(word, key);
    const shift = BigInt(62 - 2 * key);
    return named(`key ${key}`, `${bits.toString(2).padStart(2, '0')} (${rights[bits] ?? ''})`, {
      assign: (value) => assign((word & ~(3n << shift)) | ((value & 3n) << shift)),
    });
  });

const HTABORG = 0x0fff_ffff_fffc_0000n;
function pageTableRegister(of: VcpuOfGuest): NamedValue {
  const word = of.vcpu.registers.special('sdr1');
  const order = Number(word & 0x1fn) + 18;
  return named('sdr1', register64(word), {
    ...settable(of, 'sdr1'),
    children: () => [
      named('HTABORG', hexadecimal(word & HTABORG)),
      named('HTABSIZE', `${word & 0x1fn} (2^${order} bytes)`),
    ],
  });
}

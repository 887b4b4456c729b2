import type { EntryEvidence, GroupEvidence, TranslationDecision } from '../../emulator/index';
import { hpteFirst, hpteSecond } from '../../emulator/index';
import { segmentFields } from './mmu';
import { hexadecimal, pageSizeText, register64 } from './format';
import { named, type NamedValue } from './named-value';

/** A translation as a tree: each step that was taken, with what it looked at and why it went on. */
export function decisionValues(decision: TranslationDecision): readonly NamedValue[] {
  const { hash, groups, entry, actualPageShift, realAddress } = decision;
  return [
    named('access', `${decision.access} at ${hexadecimal(decision.effectiveAddress)}`),
    named('mode', decision.mode),
    segmentValue(decision),
    ...(hash === undefined ? [] : [named('hash', hexadecimal(hash))]),
    ...groups.map(groupValue),
    ...(entry ? [takenEntry(entry, actualPageShift)] : []),
    ...protectionValues(decision),
    ...(realAddress === undefined ? [] : [named('real address', hexadecimal(realAddress))]),
    named('verdict', verdictText(decision)),
  ];
}

function segmentValue({ segment, mode, verdict }: TranslationDecision): NamedValue {
  if (!segment) {
    return named('segment', verdict === 'segment-miss' ? 'no SLB entry for the address' : `not needed in ${mode}`);
  }
  const { slbIndex, vsidWord } = segment;
  const origin =
    slbIndex === undefined ? 'lent to real mode by the hypervisor (LPCR[VRMASD])' : `SLB entry ${slbIndex}`;
  const size = segment.segmentShift === 40 ? '1 TiB' : '256 MiB';
  return named(
    'segment',
    `${origin}: VSID ${hexadecimal(segment.vsid)}, ${size}, ${pageSizeText(segment.basePageShift)} pages`,
    {
      children: () => segmentFields(vsidWord),
    },
  );
}

function groupValue({ which, number, entries }: GroupEvidence): NamedValue {
  const taken = entries.find(({ refused }) => refused === undefined);
  const result = taken ? `entry ${hexadecimal(taken.index)} taken` : 'no entry for the page';
  return named(`${which} group`, `${hexadecimal(number)}: ${result}`, { children: () => entries.map(entryValue) });
}

function entryValue({ index, first, second, refused }: EntryEvidence): NamedValue {
  return named(`[${hexadecimal(index)}]`, refused === undefined ? 'taken' : `refused: ${refused}`, {
    children: () => [
      named('first doubleword', register64(first)),
      ...(second === undefined ? [] : [named('second doubleword', register64(second))]),
    ],
  });
}

function takenEntry(
  { index, first, second }: NonNullable<TranslationDecision['entry']>,
  shift: number | undefined,
): NamedValue {
  const { realPage, key, protection } = hpteSecond.decode(second);
  return named('entry', `${hexadecimal(index)}: RPN ${hexadecimal(realPage << 12n)}, key ${key}, pp ${protection}`, {
    children: () => [
      named('valid', hpteFirst.decode(first).valid ? '1' : '0'),
      ...(shift === undefined ? [] : [named('page size', pageSizeText(shift))]),
      named('first doubleword', register64(first)),
      named('second doubleword', register64(second)),
    ],
  });
}

function protectionValues({ protection, access }: TranslationDecision): readonly NamedValue[] {
  if (!protection) return [];
  const { storageKey, pp, rights, classKey, keyRegister, keyRegisterValue, barred } = protection;
  const bars = barredText(barred, access === 'fetch');
  return [
    named('protection', `pp ${pp} with storage key bit ${storageKey} allows ${rights === 'none' ? 'nothing' : rights}`),
    named('class key', `${keyRegister} bits ${barred.toString(2).padStart(2, '0')} for key ${classKey}: ${bars}`, {
      children: () => [named(keyRegister, register64(keyRegisterValue))],
    }),
  ];
}

/** What the two bits of a class key bar. */
export function barredText(barred: bigint, isFetch: boolean): string {
  if (isFetch) return (barred & 1n) === 0n ? 'bars nothing' : 'bars execution';
  return ['bars nothing', 'bars loads', 'bars stores', 'bars loads and stores'][Number(barred)] ?? '';
}

/** What a translation came to, in words. */
export function verdictText({ verdict, realAddress }: TranslationDecision): string {
  switch (verdict) {
    case 'mapped':
      return realAddress === undefined ? 'mapped' : `mapped to real address ${hexadecimal(realAddress)}`;
    case 'segment-miss':
      return 'no SLB entry for the segment';
    case 'segment-no-execute':
      return 'the segment bars execution';
    case 'no-entry':
      return 'neither group holds a valid entry for the page';
    case 'refused':
      return 'the entry refuses this access';
    case 'beyond-real-mode-limit':
      return 'beyond the limit of real mode';
    case 'no-such-real-address':
      return 'nothing is at that real address';
  }
}

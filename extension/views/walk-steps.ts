import type { WalkData } from '../../debug-adapter/custom-protocol';
import { hexadecimal, sizeText } from './sizes';

/** One stage of a walk, as it is drawn. */
export interface WalkStep {
  readonly title: string;
  readonly text: string;
  /** Whether the walk went on here; what only KVM does follows the hardware's own steps. */
  readonly outcome: 'passed' | 'refused' | 'not reached';
  readonly level: 'hardware' | 'hypervisor';
  readonly details: readonly string[];
  /** The entries of a group, in order. */
  readonly cells?: readonly { readonly label: string; readonly text: string; readonly outcome: 'taken' | 'refused' }[];
}

/** A walk from the effective address to the host's page, each refusal where it happened. */
export function walkSteps(walk: WalkData): readonly WalkStep[] {
  return [
    address(walk),
    segment(walk),
    hash(walk),
    ...walk.groups.map((group) => groupStep(walk, group)),
    entry(walk),
    protection(walk),
    real(walk),
    ...hostSteps(walk),
  ].flatMap((step) => step ?? []);
}

const step = (title: string, text: string, more: Partial<WalkStep> = {}): WalkStep => ({
  title,
  text,
  outcome: 'passed',
  level: 'hardware',
  details: [],
  ...more,
});

const address = ({ effectiveAddress, access, mode }: WalkData): WalkStep =>
  step('Effective address', effectiveAddress, { details: [`${access}, ${mode}`] });

function segment({ segment: found, mode, verdict }: WalkData): WalkStep {
  if (found)
    return step('Segment', `VSID ${found.vsid}`, { details: [found.origin, `${found.size}, ${found.pageSize} pages`] });
  return mode === 'relocated'
    ? step('Segment', 'refused', { outcome: 'refused', details: [verdict] })
    : step('Segment', `not needed: ${mode}`);
}

const hash = ({ hash: value }: WalkData): WalkStep | undefined =>
  value === undefined ? undefined : step('Hash', value);

function groupStep({ host }: WalkData, { which, number, entries }: WalkData['groups'][number]): WalkStep {
  const taken = entries.some(({ refused }) => refused === undefined);
  const isAbsent = entries.some(({ index }) => index === host?.entryIndex) && host?.state === 'absent';
  return step(`${which === 'primary' ? 'Primary' : 'Secondary'} group`, hexadecimal(BigInt(number)), {
    outcome: taken ? 'passed' : 'refused',
    details: taken
      ? []
      : [
          'no valid entry for the page',
          ...(isAbsent ? ['KVM’s absent entry is here: valid for the guest, not for the hardware'] : []),
        ],
    cells: entries.map(({ index, refused }) => ({
      label: hexadecimal(BigInt(index)),
      text: entryText(refused, index === host?.entryIndex),
      outcome: refused === undefined ? 'taken' : 'refused',
    })),
  });
}

/** Why an entry was passed over: by the field that differs, or because it is not valid. */
function entryText(refused: string | undefined, isGuests: boolean): string {
  if (refused === undefined) return 'taken';
  const reason = refused === 'V' ? 'not valid' : `${refused} differs`;
  return isGuests ? `${reason} for the hardware: the guest’s entry, absent` : reason;
}

const entry = ({ entry: found }: WalkData): WalkStep | undefined =>
  found &&
  step('HPTE', hexadecimal(BigInt(found.index)), { details: [`first ${found.first}`, `second ${found.second}`] });

function protection({ protection: texts, mapped, verdict }: WalkData): WalkStep | undefined {
  if (texts.length === 0) return undefined;
  return step('Protection', mapped ? 'allowed' : 'refused', {
    outcome: mapped ? 'passed' : 'refused',
    details: [...texts, ...(mapped ? [] : [verdict])],
  });
}

const real = ({ realAddress, verdict }: WalkData): WalkStep =>
  realAddress === undefined
    ? step('Real address', 'none', { outcome: 'refused', details: [verdict] })
    : step('Real address', realAddress);

/** What KVM looks at when the hardware has refused, or would if it did. */
function hostSteps({ host }: WalkData): readonly WalkStep[] {
  if (!host) return [];
  const { entryIndex, state, key, guestPhysicalAddress, slot, hostVirtualAddress, area } = host;
  const of = (title: string, text: string, more: Partial<WalkStep> = {}) =>
    step(title, text, { level: 'hypervisor', ...more });
  const reserved = key === RESERVED_KEY ? ['key 31: the hypervisor’s own, for pages without memory'] : [];
  return [
    of('Guest’s entry', hexadecimal(BigInt(entryIndex)), { details: [state, `key ${key}`, ...reserved] }),
    of('Guest physical address', guestPhysicalAddress),
    slot === undefined
      ? of('Memory slot', 'none', { outcome: 'refused', details: ['the access leaves as an MMIO exit to user space'] })
      : of('Memory slot', String(slot)),
    ...(hostVirtualAddress === undefined ? [] : [of('Host virtual address', hostVirtualAddress)]),
    ...(slot === undefined
      ? []
      : [
          area
            ? of('VMA', area.kind, {
                details: [
                  area.name,
                  `${area.start} to ${area.end}`,
                  `${sizeText(BigInt(area.pageSize))} pages`,
                  area.flagNames.join(' '),
                ].filter((one) => one !== ''),
              })
            : of('VMA', 'none', { outcome: 'refused' }),
        ]),
  ];
}
const RESERVED_KEY = 31;
